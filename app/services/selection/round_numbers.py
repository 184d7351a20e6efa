"""The number of a round: typed, or read off its name; papers print it, so that name and number must not contradict each other."""

import re

from sqlalchemy import select

from app.persistence.models import SelectionRound
from app.services.casework.form_values import refusal
from app.services.context import Transaction
from app.services.issuing.papers import ordinal

_NAMED = re.compile(r"第([零一二三四五六七八九十]{1,3}|\d{1,2})届")
_NUMBERS = {ordinal(number): number for number in range(1, 100)}
EARLIEST, LATEST = 2020, 2100
"""The years that a round may be of, as the plan's form asks for them."""


def number_in(title: str) -> int | None:
    """Return which of the rounds a name says that it is, e.g. 5 for 第五届“临空港工匠”评选; None where it says nothing."""
    found = _NAMED.search(title)
    if found is None:
        return None
    word = found[1]
    return (int(word) or None) if word.isdigit() else _NUMBERS.get(word)


def new_number(tx: Transaction, *, procedure: str, title: str, wanted: int | None) -> int:
    """Return the number of a new round: the typed one, that of its name, or the next. `InvalidValues` for one that is taken."""
    used = tx.session.scalars(select(SelectionRound.round_no).where(SelectionRound.procedure == procedure)).all()
    number = wanted or number_in(title) or max(used, default=0) + 1
    require_same(title, number)
    if number in used:
        raise refusal("round_no" if wanted else "title", f"第{number}届已经有了，请填写新的届次。")
    return number


def require_same(title: str, number: int) -> None:
    """Refuse a number that the name contradicts."""
    named = number_in(title)
    if named is not None and named != number:
        raise refusal("round_no", f"名称写的是第{ordinal(named)}届，届次是{number}。文书按届次印制，请改成一致。")


def require_year(year: int) -> None:
    """Refuse a year that no round can be of."""
    if not EARLIEST <= year <= LATEST:
        raise refusal("year", f"年份应在{EARLIEST}到{LATEST}之间，请填写四位数字。")
