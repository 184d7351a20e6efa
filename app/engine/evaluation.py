"""Walks a checked expression. Bounded in steps, in the size of every value, and in the length of what it loops over."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.engine.types import Functions

MAX_STEPS = 20_000
MAX_TEXT = 10_000
MAX_ITEMS = 2_000
MAX_NUMBER = 10**18

_DURATION = re.compile(r"P(?:(\d+)W|(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)", re.ASCII)


class ExpressionError(Exception):
    """An expression that is not admitted, or that has no value for these variables; `column` counts from 0."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


def duration(text: object) -> timedelta:
    """Return the length of an ISO 8601 duration in weeks, or in days, hours, minutes and seconds (whole numbers only).

    Months and years are refused: they have no fixed length.
    """
    match = _DURATION.fullmatch(text) if isinstance(text, str) and len(text) <= 30 else None
    if match is None or not any(match.groups()):
        raise ExpressionError(f"“{text}”不是有效的时长，请写成 P3D、P2W、PT12H 这样的形式", 0)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    try:
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError as error:
        raise ExpressionError(f"时长“{text}”过长", 0) from error


def _text(value: object) -> str:
    if isinstance(value, (list, dict)):
        raise ExpressionError("str() 不能用于列表或字典", 0)
    return str(value)[:MAX_TEXT]


def _whole(value: object) -> int:
    if isinstance(value, str) and len(value) > 20:
        raise ExpressionError("数字过长", 0)
    return int(value)  # type: ignore[call-overload,no-any-return]


def _round(value: Any, digits: int = 0) -> object:
    if abs(digits) > 15:
        raise ExpressionError("round() 的位数应当在 -15 到 15 之间", 0)
    return round(value, digits) if digits else round(value)


BUILT_IN: dict[str, Callable[..., object]] = {
    "len": len, "min": min, "max": max, "sum": sum, "round": _round, "abs": abs, "any": any, "all": all,
    "int": _whole, "str": _text, "bool": bool, "duration": duration,
}  # fmt: skip

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda a, b: operator.contains(b, a),
    ast.NotIn: lambda a, b: not operator.contains(b, a),
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], Callable[..., object]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_NUMBER = (int, float, Decimal)
_MOMENT = (date, datetime, timedelta)


class Walker:
    """One evaluation: variables to read, functions to call, and the steps that are left."""

    def __init__(self, variables: Mapping[str, object], functions: Functions) -> None:
        self.variables = variables
        self.functions = functions
        self.local: dict[str, object] = {}
        self.steps = MAX_STEPS

    def run(self, node: ast.expr) -> object:
        """Return the value of one node; raises `ExpressionError` when there is none or a limit is passed."""
        self.steps -= 1
        if self.steps < 0:
            raise ExpressionError("表达式的计算量过大", node.col_offset)
        try:
            value = _VISIT[type(node)](self, node)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise ExpressionError(f"第 {node.col_offset + 1} 个字符处无法计算：{_reason(error)}", node.col_offset) from error
        return _bounded(value, node.col_offset)

    def name(self, node: ast.Name) -> object:
        """Return a variable, or what a comprehension is at."""
        if node.id in self.local:
            return self.local[node.id]
        if node.id not in self.variables:
            raise ExpressionError(f"变量“{node.id}”还没有值", node.col_offset)
        return self.variables[node.id]

    def both(self, node: ast.BoolOp) -> object:
        """Return as `and` and `or` do: the value that decides."""
        stop_at = isinstance(node.op, ast.Or)
        value: object = None
        for part in node.values:
            value = self.run(part)
            if bool(value) is stop_at:
                return value
        return value

    def binary(self, node: ast.BinOp) -> object:
        """Reckon with two values; text and lists only with `+` and their own kind."""
        left, right = self.run(node.left), self.run(node.right)
        for value in (left, right):
            if isinstance(value, (str, list)) and not (isinstance(node.op, ast.Add) and type(left) is type(right)):
                raise ExpressionError("文字和列表只能用“+”与同类相接", node.col_offset)
            if not isinstance(value, (str, list, *_NUMBER, *_MOMENT)):
                raise ExpressionError("这里只能对数字、时间、文字或列表作运算", node.col_offset)
        return _ARITHMETIC[type(node.op)](left, right)

    def unary(self, node: ast.UnaryOp) -> object:
        """Return `not`, plus or minus."""
        value = self.run(node.operand)
        if isinstance(node.op, ast.Not):
            return not value
        if not isinstance(value, (*_NUMBER, timedelta)):
            raise ExpressionError("正负号只能用于数字", node.col_offset)
        return -value if isinstance(node.op, ast.USub) else value

    def compare(self, node: ast.Compare) -> object:
        """Return whether every link of a chain of comparisons holds."""
        left = self.run(node.left)
        for sign, part in zip(node.ops, node.comparators, strict=True):
            right = self.run(part)
            if not _COMPARE[type(sign)](left, right):
                return False
            left = right
        return True

    def choose(self, node: ast.IfExp) -> object:
        """Return one of two values by a condition."""
        return self.run(node.body if self.run(node.test) else node.orelse)

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> object:
        """Return a list, tuple or set display as a list."""
        return [self.run(part) for part in node.elts]

    def mapping(self, node: ast.Dict) -> object:
        """Return a dict display."""
        return {str(self.run(key)): self.run(value) for key, value in zip(node.keys, node.values, strict=True) if key is not None}

    def subscript(self, node: ast.Subscript) -> object:
        """Return an element of a dict or a list."""
        holder, key = self.run(node.value), self.run(node.slice)
        if isinstance(holder, Mapping):
            if key not in holder:
                raise ExpressionError(f"没有“{key}”这一项", node.col_offset)
            return holder[key]
        if isinstance(holder, list) and isinstance(key, int):
            if not -len(holder) <= key < len(holder):
                raise ExpressionError(f"列表没有第 {key} 项", node.col_offset)
            return holder[key]
        raise ExpressionError("只有字典和列表可以取下标", node.col_offset)

    def call(self, node: ast.Call) -> object:
        """Call a registered or built-in function."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        registered = self.functions.get(name)
        positional = [self.run(part) for part in node.args]
        named = {part.arg: self.run(part.value) for part in node.keywords if part.arg}
        if registered is not None:
            # What a registered function refuses (a DomainError) passes as it is; wrong arguments are the diagram's fault.
            return registered(*positional, **named)
        if name not in BUILT_IN:
            raise ExpressionError(f"没有登记名为“{name}”的函数", node.col_offset)
        if name == "sum" and positional and not all(isinstance(v, _NUMBER) for v in _items(positional[0], node.col_offset)):
            raise ExpressionError("sum() 只能求数字之和", node.col_offset)
        return BUILT_IN[name](*positional, **named)

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> object:
        """Return a comprehension or generator as a list."""
        found: list[object] = []
        before = dict(self.local)
        self._loop(node, 0, found)
        self.local = before
        return found

    def _loop(self, node: ast.ListComp | ast.GeneratorExp, level: int, found: list[object]) -> None:
        if level == len(node.generators):
            if len(found) >= MAX_ITEMS:
                raise ExpressionError("推导式的结果过长", node.col_offset)
            found.append(self.run(node.elt))
            return
        generator = node.generators[level]
        for item in _items(self.run(generator.iter), node.col_offset):
            assert isinstance(generator.target, ast.Name)
            self.local[generator.target.id] = item
            if all(self.run(condition) for condition in generator.ifs):
                self._loop(node, level + 1, found)


def _items(value: object, column: int) -> list[object]:
    if isinstance(value, Mapping):
        return list(value)
    if not isinstance(value, list):
        raise ExpressionError("只能逐项处理列表或字典", column)
    return value


def _bounded(value: object, column: int) -> object:
    if isinstance(value, int):  # every step comes by here, mostly with a number, a truth or a text
        if abs(value) > MAX_NUMBER:
            raise ExpressionError("数字过大", column)
    elif isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise ExpressionError("文字过长", column)
    else:
        if isinstance(value, (tuple, set, frozenset)):
            value = list(value)
        if isinstance(value, (list, Mapping)) and len(value) > MAX_ITEMS:
            raise ExpressionError("列表过长", column)
    return value


def _reason(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError):
        return "除数为零"
    return "类型不相配（例如用空值与数字比较）" if isinstance(error, TypeError) else "值不在允许的范围内"


_VISIT: dict[type[ast.expr], Callable[[Walker, Any], object]] = {
    ast.Constant: lambda walker, node: node.value,
    ast.Name: Walker.name, ast.BoolOp: Walker.both, ast.BinOp: Walker.binary, ast.UnaryOp: Walker.unary,
    ast.Compare: Walker.compare, ast.IfExp: Walker.choose, ast.List: Walker.sequence, ast.Tuple: Walker.sequence,
    ast.Set: Walker.sequence, ast.Dict: Walker.mapping, ast.Subscript: Walker.subscript, ast.Call: Walker.call,
    ast.ListComp: Walker.comprehension, ast.GeneratorExp: Walker.comprehension,
}  # fmt: skip
