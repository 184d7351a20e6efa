"""Quotas and ranked recommendation lists (handbook 1.3)."""

import pytest

from app.domain.errors import DomainError
from app.domain.quota import QuotaState, check_quota


def test_within_quota() -> None:
    state = check_quota(1, quota=3)
    assert (state.used, state.total, state.left) == (2, 3, 1)
    assert check_quota(3, quota=3, supplementary=1).left == 0
    assert QuotaState(used=4, total=3).left == 0


@pytest.mark.parametrize(("used", "quota", "supplementary"), [(2, 2, 0), (0, 0, 0), (3, 2, 1)])
def test_over_quota_is_refused_with_the_numbers(used: int, quota: int, supplementary: int) -> None:
    with pytest.raises(DomainError, match=f"已用{used}/{quota + supplementary}") as refused:
        check_quota(used, quota=quota, supplementary=supplementary)
    assert refused.value.code == "quota.exceeded"
