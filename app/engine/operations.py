"""The parameters of operations, by which service tasks reach the application: their types, and what is wrong with given ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.engine.types import EngineError, Variable

ParamType = Literal["text", "number", "integer", "boolean", "list", "dict", "any"]
"""What a parameter may be. `number` takes whole numbers too; no type but `any` takes None unless the parameter is optional."""

_TYPES: dict[ParamType, tuple[type, ...]] = {
    "text": (str,), "number": (int, float), "integer": (int,), "boolean": (bool,), "list": (list,), "dict": (dict,),
}  # fmt: skip
TYPE_TITLES: dict[ParamType, str] = {
    "text": "文字", "number": "数字", "integer": "整数", "boolean": "是或否", "list": "列表", "dict": "字典", "any": "任意值",
}  # fmt: skip


@dataclass(frozen=True)
class ParamSpec:
    """One parameter of an operation; `title` is what the modeler's panel shows."""

    type: ParamType
    title: str
    required: bool = True


def check_params(
    name: str, params: Mapping[str, Variable], *, specs: Mapping[str, ParamSpec], node_id: str | None = None
) -> None:
    """Raise `EngineError` unless the parameters of a call are those of the operation and of their types."""
    faults = [f"没有名为“{key}”的参数" for key in params if key not in specs]
    for key, spec in specs.items():
        value = params.get(key)
        if value is None:
            faults += [f"缺少参数“{key}”（{spec.title}）"] if spec.required else []
        elif not fits(value, spec.type):
            faults.append(f"参数“{key}”（{spec.title}）应当是{TYPE_TITLES[spec.type]}")
    if faults:
        raise EngineError("engine.parameters", f"业务操作“{name}”的参数不对：{'；'.join(faults)}。", node_id=node_id)


def fits(value: Variable, kind: ParamType) -> bool:
    """Tell whether a value is of the type that a parameter wants."""
    if kind == "any":
        return True
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
