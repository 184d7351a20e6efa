"""Quotas and ranked recommendation lists (handbook 1.3)."""

import pytest

from app.domain.errors import DomainError, InvalidValues
from app.domain.quota import QuotaState, check_quota, check_ranks


def test_within_quota() -> None:
    state = check_quota(1, quota=3)
    assert (state.phrase, state.left) == ("已用2/3", 1)
    assert check_quota(3, quota=3, supplementary=1).left == 0
    assert QuotaState(used=4, total=3).left == 0


@pytest.mark.parametrize(("used", "quota", "supplementary"), [(2, 2, 0), (0, 0, 0), (3, 2, 1)])
def test_over_quota_is_refused_with_the_numbers(used: int, quota: int, supplementary: int) -> None:
    with pytest.raises(DomainError, match=f"已用{used}/{quota + supplementary}") as refused:
        check_quota(used, quota=quota, supplementary=supplementary)
    assert refused.value.code == "quota.exceeded"


@pytest.mark.parametrize("ranks", [[], [1], [2, 1, 3]])
def test_complete_ranking_passes(ranks: list[int | None]) -> None:
    assert check_ranks(ranks) is None


@pytest.mark.parametrize(
    ("ranks", "told"),
    [
        ([1, 1], "第1名重复，没有第2名"),
        ([1, 3], "没有第2名，不应有第3名"),
        ([None], "没有第1名"),
        ([0, 1], "没有第2名，不应有第0名"),
    ],
)
def test_gaps_and_doubles_are_told(ranks: list[int | None], told: str) -> None:
    with pytest.raises(InvalidValues, match=told):
        check_ranks(ranks)
