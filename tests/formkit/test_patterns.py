"""Patterns of form files: the subset, and that none of them can stop a worker."""

import time

import pytest

from app.formkit.patterns import MAX_MATCHED_TEXT, PatternRefused, check_pattern, matches


def is_accepted(pattern: str) -> bool:
    """Tell whether a form may ask for a pattern."""
    try:
        check_pattern(pattern)
    except PatternRefused:
        return False
    return True


@pytest.mark.parametrize(
    "pattern",
    [
        "^[YS]\\d{21}$",
        "^1[3-9]\\d{9}$",
        "^\\d+(\\.\\d{1,2})?$",
        "^(a|b)$",
        "^[\\u4e00-\\u9fa5]{2,20}$",
        "^0\\d{2,3}-?\\d{7,8}(-\\d{1,4})?$",
    ],
)
def test_ordinary_patterns_are_accepted(pattern: str) -> None:
    assert is_accepted(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|a)*b", "(a*)*", "a*a*a*a*b", "(?=a)", "(a)\\1", "(?P<n>a)", "a**", "a+?", "(", ")", "[z-a]", "a{5,2}", "\\",
     "", "a" * 201, "(?i)a", "(.+){2,9}$"],
)  # fmt: skip
def test_dangerous_or_foreign_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        check_pattern(pattern)


def test_the_worst_accepted_pattern_is_quick() -> None:
    check_pattern("\\d*\\d*[0-9]?x")
    began = time.process_time()
    assert not matches("\\d*\\d*[0-9]?x", "1" * MAX_MATCHED_TEXT)
    assert time.process_time() - began < 2


def test_digits_mean_what_they_mean_in_a_browser() -> None:
    assert matches("^\\d$", "5")
    assert not matches("^\\d$", "５")
