"""Sample values for what a form asks for, so that a rehearsal of a long form need not be typed. Nobody has these numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.domain.fields import Field, FormSpec, Value, Values
from app.formkit.patterns import matches
from app.formkit.sources import Sources, expand
from app.formkit.vocabulary import is_flat

_TYPED = {
    "id_number": "11010519491231002X",  # the example of GB 11643
    "uscc": "91350100M000100Y43",
    "mobile": "13800138000",
    "phone": "027-83210000",
    "bank_card": "6222020000000000000",
    "email": "sample@example.com",
    "name": "示例甲",
}
_SHAPED = ("2026-01", "SL-2026-0001", "示例〔2026〕1号", "027-83210000", "83210000", "2026", "1", "A1", "A", "GJ")
"""What forms often prescribe by a pattern: the first that fits is taken."""


def sample_values(spec: FormSpec, *, sources: Sources, today: date) -> Values:
    """Return values for the fields that have to be filled in. The decision is left to be made."""
    return _level(expand(spec, sources=sources).fields, sources, today)


def _level(fields: Sequence[Field], sources: Sources, today: date) -> Values:
    found: Values = {}
    for field in fields:
        if is_flat(field):
            found |= _level(field.fields, sources, today)
        elif field.kind == "group":
            found[field.key] = _level(field.fields, sources, today)
        elif field.kind == "list":
            fewest = field.min_length or (1 if field.required else 0)
            rows: list[Value] = [_level(field.fields, sources, today) for _ in range(fewest)]
            found |= {field.key: rows} if rows else {}
        elif field.required and not (field.readonly or field.is_decision):
            found[field.key] = sample_of(field, sources=sources, today=today)
    return found


def sample_of(field: Field, *, sources: Sources, today: date) -> Value:
    """Return something that a field of this kind takes, as far as its rules can be read from the form."""
    if field.kind in ("radio", "select", "checklist"):
        return _choice(field, sources)
    by_kind: Mapping[str, Value] = {
        "number": _number(field),
        "date": today.isoformat(),
        "datetime": f"{today.isoformat()}T17:30",
        "checkbox": True,
    }
    return by_kind[field.kind] if field.kind in by_kind else _text(field)


def _choice(field: Field, sources: Sources) -> Value:
    keys = [item.key for item in sources.get(field.options_source or "", ())] or [option.value for option in field.options]
    first = keys[0] if keys else None
    return [first] if field.kind == "checklist" and first is not None else first


def _number(field: Field) -> str:
    low, high = (Decimal(one) if one is not None else None for one in (field.minimum, field.maximum))
    wanted = Decimal(1) if low is None else max(low, Decimal(1))
    return str(wanted if high is None else min(wanted, high))


def _text(field: Field) -> str:
    known = _TYPED.get(field.properties.get("valueType", ""))
    if known is None and field.pattern:
        known = next((one for one in _SHAPED if matches(field.pattern, one)), None)
    if known is not None:
        return known
    text = f"{field.label}（示例）"
    while len(text) < (field.min_length or 0):
        text += "示例内容"
    return text[: field.max_length or None]
