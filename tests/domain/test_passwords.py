"""Rules for passwords."""

import pytest

from app.domain.errors import InvalidValues
from app.domain.passwords import check_password


def test_a_good_password_passes() -> None:
    assert check_password("Kuai-4-Hongqi", username="wang.fang") is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    "password", ["Short-1a", "onlylowercaseletters", "ALLUPPER-LOWER", "Wang.Fang-2026", "My-Password-2026", "X1" + "a" * 130]
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidValues) as refused:
        check_password(password, username="wang.fang")
    assert "new" in refused.value.fields
