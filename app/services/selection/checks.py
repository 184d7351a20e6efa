"""Steps by which a second person confirms what another did: nothing is confirmed that was not looked at, point by point."""

from app.domain.errors import InvalidValues
from app.domain.fields import Field, Value, Values
from app.engine.types import Variable
from app.services.casework.case_work import CaseWork
from app.services.registry import Recorder


def record_checks(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Refuse the expected decision (the first one of the form) while a box or a point of a list is not ticked. Writes nothing.

    Any other decision needs no ticks: what is wrong is what they would have stood for.
    """
    form = work.loaded.form_of(work.node) if work.node else None
    fields = form.every if form else ()
    expected = next((field for field in fields if field.is_decision), None)
    if expected is None or values.get(expected.key) != expected.options[0].value:
        return {}
    open_points = {
        field.key: f"请逐项核对后勾选“{field.label}”；有一项对不上的，请改选其他结论。"
        for field in fields
        if field.kind in ("checkbox", "checklist") and not _complete(field, values.get(field.key))
    }
    if open_points:
        raise InvalidValues("checks.open", "还有没有核对的事项，已填内容没有丢失。", fields=open_points)
    return {}


def _complete(field: Field, value: Value) -> bool:
    if field.kind == "checkbox":
        return value is True
    return {option.value for option in field.options} <= set(map(str, value if isinstance(value, list) else []))


RECORDERS = (Recorder("record_checks", "逐项核对", "作出肯定结论前，须勾选全部核对事项。", record_checks, ()),)
