"""Reading what a form hands over: JSON values whose shape the form has checked, and refusals that point at a field."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from app.domain.errors import InvalidValues
from app.domain.fields import Value, Values


def text(values: Mapping[str, Value], key: str) -> str:
    """Return a text, empty when there is none."""
    value = values.get(key)
    return "" if value is None or isinstance(value, list | dict) else str(value).strip()


def whole(values: Mapping[str, Value], key: str) -> int:
    """Return a whole number, 0 when there is none. Raises `InvalidValues` for anything else."""
    given = text(values, key)
    if not given:
        return 0
    try:
        return int(given)
    except ValueError:
        raise refusal(key, "请填写整数。") from None


def number(values: Mapping[str, Value], key: str) -> Decimal | None:
    """Return an exact number, None when there is none. Raises `InvalidValues` for anything else."""
    given = text(values, key)
    if not given:
        return None
    try:
        found = Decimal(given)
    except InvalidOperation:
        raise refusal(key, "请填写数字，不加单位。") from None
    if not found.is_finite():
        raise refusal(key, "请填写数字，不加单位。")
    return found


def day(values: Mapping[str, Value], key: str) -> date:
    """Return a day. Raises `InvalidValues` when it is missing or not a day."""
    try:
        return date.fromisoformat(text(values, key))
    except ValueError:
        raise refusal(key, "请填写日期，例如 2026-11-20。") from None


def flag(values: Mapping[str, Value], key: str) -> bool:
    """Tell whether a box is ticked."""
    return values.get(key) is True


def ids(values: Mapping[str, Value], key: str) -> list[int]:
    """Return the ids of what was chosen from a named list, each once, in order."""
    given = values.get(key)
    chosen = given if isinstance(given, list) else [] if given in (None, "") else [given]
    try:
        return list(dict.fromkeys(int(str(each)) for each in chosen))
    except ValueError:
        raise refusal(key, "请从列表中选择。") from None


def rows(values: Mapping[str, Value], key: str) -> list[Values]:
    """Return the rows of a list."""
    given = values.get(key)
    return [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []


def group(values: Mapping[str, Value], key: str) -> Values:
    """Return the values of a group, empty when there is none."""
    given = values.get(key)
    return given if isinstance(given, dict) else {}


def refusal(key: str, sentence: str, *, code: str = "form.value") -> InvalidValues:
    """Return the refusal of one field."""
    return InvalidValues(code, sentence, fields={key: sentence})
