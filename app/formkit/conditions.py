"""The few FEEL comparisons that may hide a field, and what they come to."""

import re

from app.domain.fields import Condition

_TERM = r"""\s*([A-Za-z]\w*)\s*(!=|=)\s*(?:"([^"\\]{0,200})"|(true|false))\s*"""
_FIRST = re.compile("=" + _TERM, re.ASCII)
_NEXT = re.compile(r"\b(or|and)\b" + _TERM, re.ASCII)


class ConditionRefused(ValueError):
    """The expression is FEEL outside of the subset."""


def parse_condition(text: str) -> Condition:
    """Read `=key = "a" or key = "b"`, `=key != "a" and key != "b"`, one key only. Raises `ConditionRefused`."""
    found = _FIRST.match(text)
    if found is None or len(text) > 1000:
        raise ConditionRefused
    key, sign = found.group(1), found.group(2)
    values = [_value(found)]
    while found.end() < len(text):
        at = found.end()
        found = _NEXT.match(text, at)
        if found is None or found.group(2) != key or found.group(3) != sign:
            raise ConditionRefused
        if found.group(1) != ("or" if sign == "=" else "and"):
            raise ConditionRefused
        values.append(found.group(4) if found.group(4) is not None else found.group(5))
    return Condition(key=key, values=tuple(values), hide_when_in=sign == "=")


def _value(found: re.Match[str]) -> str:
    return str(found.group(3) if found.group(3) is not None else found.group(4))


def hides(condition: Condition, present: str) -> bool:
    """Say whether the condition hides its field while the other field holds `present` (empty text: nothing, or hidden itself)."""
    return (present in condition.values) == condition.hide_when_in
