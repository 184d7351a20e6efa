"""What a case may hold, and moments in time that expressions give."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.engine.types import EngineError, Functions, Variable

MAX_DEPTH = 8
MAX_VALUES = 20_000


def as_variable(value: object, *, node_id: str | None = None) -> Variable:
    """Return a copy of a value as plain JSON values; raises `EngineError` (`engine.value`) for anything else.

    Dates, decimals and the like have to be turned into text by whoever hands them in: a case that cannot be saved would be lost.
    """
    return _copy(value, node_id, 0, [MAX_VALUES])


def _copy(value: object, node_id: str | None, depth: int, left: list[int]) -> Variable:
    left[0] -= 1
    if depth > MAX_DEPTH or left[0] < 0:
        raise EngineError("engine.value", "流程变量过大或嵌套过深，请只保存编号、结论和计数。", node_id=node_id)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise EngineError("engine.value", "流程变量不能是无穷大或非数字。", node_id=node_id)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return str(value)  # an enumeration's member becomes its text
    if isinstance(value, (list, tuple)):
        return [_copy(item, node_id, depth + 1, left) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _copy(item, node_id, depth + 1, left) for key, item in value.items()}
    raise EngineError(
        "engine.value", f"流程变量不能保存“{type(value).__name__}”类型的值，请先转换成文字或数字。", node_id=node_id
    )


def as_moment(value: object, *, functions: Functions, node_id: str | None = None) -> datetime:
    """Return the aware UTC moment that a timer or due expression means: an aware datetime, or a timedelta from now on."""
    if isinstance(value, timedelta):
        value = present(functions, node_id=node_id) + value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    message = '时间表达式的结果必须是带时区的时间或时长，请用 duration("P3D") 或已登记的日期函数。'
    raise EngineError("engine.time", message, node_id=node_id)


def present(functions: Functions, *, node_id: str | None = None) -> datetime:
    """Return the present moment of the caller's clock, the function `now`; the engine has no clock of its own."""
    moment = functions["now"]() if "now" in functions else None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise EngineError("engine.time", "缺少当前时间（now），无法换算时长。", node_id=node_id)
    return moment
