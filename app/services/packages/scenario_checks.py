"""What a scenario says of people: who does a step, and with which values. Both have to fit the diagram and the form."""

from collections.abc import Mapping
from typing import Any

from app.domain.fields import Field, FormSpec
from app.domain.lists import listed
from app.domain.procedure import Procedure
from app.domain.rounds import RoundSettings
from app.engine.types import NodeInfo

_MANY = frozenset({"checklist", "taglist"})


def value_faults(form: FormSpec, values: Mapping[str, Any], *, recorded: tuple[str, ...]) -> list[str]:
    """Return what is wrong with the values of a step, in sentences without a full stop; `recorded` are given by the recorder.

    What is not written down is not missed: a scenario names what decides, not all that a form asks for.
    """
    fields = {field.key: field for field in form.every if field.key}
    faults = [f"表单“{form.title}”里没有“{key}”这一项" for key in values if key not in fields and key not in recorded]
    for key, value in values.items():
        if key in fields and value is not None and (why := _why_not(fields[key], value)):
            faults.append(f"“{fields[key].label or key}”{why}")
    return faults


def _why_not(field: Field, value: Any) -> str:
    if field.options and not field.options_source:
        known = {option.value for option in field.options}
        given = value if field.kind in _MANY and isinstance(value, list) else [value]
        strange = [one for one in given if not isinstance(one, str) or one not in known]
        return f"没有“{strange[0]}”这个选项" if strange else ""
    if field.kind == "number" and not _is_number(value):
        return f"应当是数字，不是“{value}”"
    if field.kind == "checkbox" and not isinstance(value, bool):
        return "应当是真或假"
    if field.max_length is not None and isinstance(value, str) and len(value) > field.max_length:
        return f"超过 {field.max_length} 个字"
    return ""


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return float(value) == float(value)  # not a number is no number
    except ValueError:
        return False


def person_faults(procedure: Procedure, node: NodeInfo, step: Mapping[str, Any], *, done_by: Mapping[str, str]) -> list[str]:
    """Return what is wrong with who does a step: `role` is the role of its lane, `by` a person, who may be barred from it.

    `done_by` says who did which task before.
    """
    faults = []
    role = procedure.lanes.get(node.lane or "")
    if "role" in step and (role is None or step["role"] != role.value):
        faults.append(f"“{node.name or node.node_id}”不由“{step['role']}”办理")
    barred = [
        other for other in listed(node.properties.get("not_same_as", "")) if "by" in step and done_by.get(other) == step["by"]
    ]
    if barred:
        faults.append(f"“{node.name or node.node_id}”不得与“{barred[0]}”由同一人办理，两步都是“{step['by']}”")
    return faults


def unknown_settings(settings: Mapping[str, Any]) -> list[str]:
    """Return the names that no setting of a round has."""
    return [name for name in settings if name.startswith("_") or name not in RoundSettings.__dataclass_fields__]
