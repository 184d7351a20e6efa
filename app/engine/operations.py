"""The tables through which a diagram reaches the application: operations of service tasks, and recorders of user tasks.

The tables hold names, documentation and callables; what the callables do is the services' business.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

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


@dataclass(frozen=True)
class OperationSpec:
    """What a service task may call: `returns` says in words what the result variable holds, empty for nothing."""

    name: str
    title: str
    description: str
    params: Mapping[str, ParamSpec] = field(default_factory=dict)
    returns: str = ""


@dataclass(frozen=True)
class RecorderSpec:
    """What the `records` property of a user task may name: turns a submission into rows; `exports` are the variables it gives."""

    name: str
    title: str
    description: str
    exports: tuple[str, ...] = ()


Entry = TypeVar("Entry", OperationSpec, RecorderSpec)


class Table(Generic[Entry]):
    """Named entries, each with its callable, in the order of registration."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._entries: dict[str, tuple[Entry, Callable[..., Any]]] = {}

    def register(self, spec: Entry, function: Callable[..., Any]) -> None:
        """Add an entry; raises `ValueError` when the name is taken, which is a mistake of whoever wires the application."""
        if spec.name in self._entries:
            raise ValueError(f"{self._kind} {spec.name!r} is registered twice")
        self._entries[spec.name] = (spec, function)

    def find(self, name: str) -> Entry | None:
        """Return the description of an entry."""
        entry = self._entries.get(name)
        return entry[0] if entry else None

    def function(self, name: str) -> Callable[..., Any]:
        """Return the callable of an entry; raises `EngineError` when there is none of this name."""
        if name not in self._entries:
            raise EngineError("engine.unknown_operation", f"系统中没有登记“{name}”，请核对流程包与程序版本。")
        return self._entries[name][1]

    def __iter__(self) -> Iterator[Entry]:
        return (spec for spec, _ in self._entries.values())

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __len__(self) -> int:
        return len(self._entries)


class OperationTable(Table[OperationSpec]):
    """The operations that service tasks may call."""

    def __init__(self) -> None:
        super().__init__("operation")

    def check(self, name: str, params: Mapping[str, Variable], *, node_id: str | None = None) -> None:
        """Raise `EngineError` unless the parameters are those of the operation and of their types."""
        spec = self.find(name)
        if spec is None:
            message = f"系统中没有登记业务操作“{name}”，请核对流程包与程序版本。"
            raise EngineError("engine.unknown_operation", message, node_id=node_id)
        faults = [f"没有名为“{key}”的参数" for key in params if key not in spec.params]
        for key, param in spec.params.items():
            value = params.get(key)
            if value is None:
                faults += [f"缺少参数“{key}”（{param.title}）"] if param.required else []
            elif not fits(value, param.type):
                faults.append(f"参数“{key}”（{param.title}）应当是{TYPE_TITLES[param.type]}")
        if faults:
            raise EngineError("engine.parameters", f"业务操作“{name}”的参数不对：{'；'.join(faults)}。", node_id=node_id)


class RecorderTable(Table[RecorderSpec]):
    """The recorders that user tasks may name in `records`."""

    def __init__(self) -> None:
        super().__init__("recorder")


def fits(value: Variable, kind: ParamType) -> bool:
    """Tell whether a value is of the type that a parameter wants."""
    if kind == "any":
        return True
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
