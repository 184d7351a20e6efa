"""What the editors offer in their lists: everything that a package and the house have to name, in words that people read."""

import ast
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from app.domain.actors import ROLE_TITLES
from app.domain.errors import DomainError
from app.domain.fields import Field, FormSpec
from app.domain.procedure import ITEM_ACTIONS, Procedure
from app.domain.rounds import RoundSettings
from app.engine.drawing import readings_of
from app.engine.expressions import ExpressionError, parse
from app.engine.trial import Trial, try_table
from app.engine.types import EngineError, Variable
from app.formkit.schema import exportable_keys
from app.services.packages.package_forms import read_forms_leniently
from app.services.packages.package_letters import FOLDER
from app.services.packages.package_manifest import read_manifest
from app.services.packages.scenario_player import BEGIN, functions_at
from app.services.registry import Registry
from app.services.studio.procedure_exchanges import MessageSettings, deliveries, read_messages
from app.services.studio.table_context import tables_of

FUNCTION_TITLES = {
    "workdays": "若干个工作日之后，如 workdays(5)", "deadline": "本轮次的时限，如 deadline(\"nomination_close\")",
    "setting": "本轮次的设置，如 setting(\"review_days\")", "now": "现在", "duration": "时长，如 duration(\"P3D\")", "len": "个数", "min": "最小",
    "max": "最大", "sum": "合计", "round": "四舍五入", "abs": "绝对值", "any": "有一个成立", "all": "全部成立", "int": "整数", "str": "文字",
    "bool": "真假",
}  # fmt: skip

ACTION_WORDS = {
    "return_to": "退给前面办过的一步，写明原因。", "transfer": "交给同一单位、有同样角色的另一个人。",
    "add_signer": "办理中再请一个人会签。", "remove_signer": "办理中减去一个还没有办的会签人。",
}  # fmt: skip


def editor_context(files: Mapping[str, bytes], *, registry: Registry) -> dict[str, Any]:
    """Return the lists of the diagram editor as plain JSON values; addresses are the page's to add.

    A manifest that cannot be read leaves only what the house has; a form that does not build is left out.
    """
    house = _house(registry)
    try:
        procedure = read_manifest(files)
    except DomainError:
        return house  # the editor opens all the same: the gate tells what is wrong with the manifest
    forms, _, _ = read_forms_leniently(procedure)
    labels = {field.key: field for form in forms.values() for field in form.every if field.key}
    return {
        **house,
        "lanes": [{"name": name, "role": role.value if role else "system"} for name, role in procedure.lanes.items()],
        "forms": [_form(key, form) for key, form in forms.items()],
        "messages": [_message(procedure, one, registry) for one in read_messages(procedure)],
        "kinds": [{"id": kind.id, "title": kind.title, "process": kind.process} for kind in procedure.case_kinds.values()],
        "deliveries": _deliveries(procedure, registry),
        "texts": [
            {
                "name": PurePosixPath(path).stem,
                "title": content.decode("utf-8-sig", "replace").partition("\n")[0].strip(),
                "file": path,
            }
            for path, content in files.items()
            if path.startswith(FOLDER)
        ],
        "stages": {
            kind.process: [{"id": stage.id, "title": stage.title} for stage in kind.stages]
            for kind in procedure.case_kinds.values()
        },
        "processes": [{"id": kind.process, "title": kind.title} for kind in procedure.case_kinds.values()],
        "settings": [{"key": key, "title": _label(labels, key)} for key in _plain_settings()],
        "deadlines": [{"name": name, "title": name} for name in _deadlines(files)],
        "tables": tables_of(procedure, registry=registry, forms=forms, labels=labels),
        "variables": {
            kind.process: [_variable(name, value, labels) for name, value in kind.variables.items()]
            for kind in procedure.case_kinds.values()
        },
    }


def _house(registry: Registry) -> dict[str, Any]:
    return {
        "roles": [{"role": role.value, "title": title} for role, title in ROLE_TITLES.items()],
        "operations": [_operation(operation) for operation in registry.operations.values()],
        "recorders": [
            {"name": one.name, "title": one.title, "description": one.description, "exports": list(one.exports)}
            for one in registry.recorders.values()
        ],
        "actions": [{"id": key, "title": title, "help": ACTION_WORDS[key]} for key, title in ITEM_ACTIONS.items()],
        "functions": [{"name": name, "title": title} for name, title in FUNCTION_TITLES.items()],
        "sources": [{"name": one.name, "title": one.title} for one in registry.sources.values()],
    }


def try_a_table(content: bytes, *, inputs: Mapping[str, Variable]) -> Trial:
    """Return what a decision table says for some values. `DomainError` (table.trial) when it says nothing, and why."""
    try:
        return try_table(content, inputs=inputs, functions=functions_at(BEGIN, settings={}, deadlines={}))
    except EngineError as error:
        raise DomainError("table.trial", error.message) from error


def _operation(operation: Any) -> dict[str, Any]:
    params = [
        {"name": name, "type": param.type, "title": param.title, "required": param.required}
        for name, param in operation.params.items()
    ]
    return {
        "name": operation.name, "title": operation.title, "description": operation.description, "returns": "", "params": params,
    }  # fmt: skip


def _form(key: str, form: FormSpec) -> dict[str, Any]:
    single = exportable_keys(form)
    return {
        "key": key,
        "title": form.title,
        "fields": [
            {
                "key": field.key,
                "label": field.label,
                "kind": field.kind,
                "exportable": field.key in single,
                "options": _options(field),
            }
            for field in form.every
            if field.key
        ],
    }


def _options(field: Field) -> list[dict[str, str]] | None:
    return [{"value": option.value, "label": option.label} for option in field.options] or None


def _message(procedure: Procedure, one: MessageSettings, registry: Registry) -> dict[str, Any]:
    addresser = registry.addressers.get(procedure.messages[one.name].addressed_by or "")
    kinds = procedure.case_kinds
    return {
        "name": one.name, "title": one.title, "delivery": one.delivery, "from_kind": one.source, "to_kind": one.target,
        "from": kinds[one.source].process if one.source in kinds else "", "to": kinds[one.target].process,
        "payload": list(addresser.payload) if addresser else [],
    }  # fmt: skip


def _deliveries(procedure: Procedure, registry: Registry) -> list[dict[str, Any]]:
    groups = deliveries(procedure, addressers={one.name: one.title for one in registry.addressers.values()})
    return [{"title": title, "options": [list(pair) for pair in options]} for title, options in groups]


def _variable(name: str, value: object, labels: Mapping[str, Field]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "title": _label(labels, name)}
    if isinstance(value, bool | list):
        found["kind"] = "boolean" if isinstance(value, bool) else "list"
    if name in labels and labels[name].options:
        found["options"] = _options(labels[name])
    return found


def _label(labels: Mapping[str, Field], key: str) -> str:
    return (labels[key].label or key) if key in labels else key


def _plain_settings() -> list[str]:
    defaults = RoundSettings()
    return [name for name in RoundSettings.__dataclass_fields__ if isinstance(getattr(defaults, name), str | int | bool)]


def _deadlines(files: Mapping[str, bytes]) -> list[str]:
    """Return the names of the deadlines that the diagrams ask for."""
    names: dict[str, None] = {}
    try:
        texts = readings_of(files)
    except EngineError:
        return []
    for _, _, text in texts:
        try:
            tree = parse(text).tree
        except ExpressionError:
            continue  # the gate tells
        for call in ast.walk(tree):
            named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "deadline"
            if named and isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                names[str(call.args[0].value)] = None
    return list(names)
