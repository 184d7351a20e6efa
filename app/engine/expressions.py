"""The expression language of diagrams and decision tables: a small part of Python's expression syntax, walked by ourselves.

Nothing is ever compiled or executed: `ast` reads the text, `parse` admits a list of node types and nothing else, and
`app.engine.evaluation` walks the tree with limits. There are no attributes, no lambdas, no powers, and no calls but those of
registered functions.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.engine.evaluation import BUILT_IN, ExpressionError, Walker
from app.engine.types import Functions

MAX_LENGTH = 1000
MAX_NODES = 300
MAX_DEPTH = 30

__all__ = ["BUILT_IN_NAMES", "Expression", "ExpressionError", "parse"]

BUILT_IN_NAMES = frozenset(BUILT_IN)
"""Functions that every expression may call without anybody registering them."""

_PLAIN = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod,
    ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.IfExp, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
    ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.List, ast.Tuple, ast.Set, ast.Load, ast.Store,
)  # fmt: skip
_FORBIDDEN = {
    ast.Attribute: "表达式中不能用“.”取属性，请改用下标或已登记的函数",
    ast.Lambda: "表达式中不能定义函数",
    ast.Pow: "表达式中不能用乘方“**”",
    ast.JoinedStr: "表达式中不能用 f 字符串",
    ast.Starred: "表达式中不能用“*”展开",
    ast.NamedExpr: "表达式中不能赋值",
    ast.Await: "表达式中不能用 await",
    ast.Slice: "下标只能是一个键，不能是区间",
    ast.DictComp: "只能写列表推导，不能写字典推导",
    ast.SetComp: "只能写列表推导，不能写集合推导",
}


@dataclass(frozen=True)
class Expression:
    """A checked expression: `names` are the variables that it reads, `calls` the functions that it calls."""

    source: str
    names: frozenset[str]
    calls: frozenset[str]
    tree: ast.expr

    def evaluate(self, variables: Mapping[str, object], *, functions: Functions) -> object:
        """Return the value for these variables; raises `ExpressionError`, and lets errors of registered functions pass."""
        return Walker(variables, functions).run(self.tree)


@lru_cache(maxsize=4096)
def parse(source: str) -> Expression:
    """Return the checked expression of a text (cached); raises `ExpressionError` with the column of the fault."""
    text = source.strip()
    if not text:
        raise ExpressionError("表达式是空的，请填写或删去", 0)
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"表达式超过 {MAX_LENGTH} 个字符，请拆成几步", MAX_LENGTH)
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"表达式“{text[:60]}”写法不对，请检查括号、引号和运算符", error.offset or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("表达式无法读取，请简化", 0) from error
    checker = _Checker()
    checker.visit(tree.body, frozenset(), 0)
    return Expression(text, frozenset(checker.names), frozenset(checker.calls), tree.body)


class _Checker:
    """Walks a tree once: refuses what is not on the list, and gathers the free variables and the calls."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.calls: set[str] = set()
        self.count = 0

    def visit(self, node: ast.AST, bound: frozenset[str], depth: int) -> None:
        """Check a node and what is below it; `bound` are the names of comprehensions around it."""
        column = getattr(node, "col_offset", 0)
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            raise ExpressionError("表达式过于复杂，请拆成几步", column)
        if isinstance(node, ast.Name):
            self._name(node.id, column)
            if node.id not in bound:
                self.names.add(node.id)
        elif isinstance(node, ast.Constant):
            _constant(node, column)
        elif isinstance(node, ast.Call):
            self._call(node, bound, depth)
        elif isinstance(node, ast.Subscript):
            self._subscript(node, bound, depth)
        elif isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            self._comprehension(node, bound, depth)
        elif isinstance(node, ast.Dict):
            self._dict(node, bound, depth)
        elif isinstance(node, _PLAIN):
            for child in ast.iter_child_nodes(node):
                self.visit(child, bound, depth + 1)
        else:
            kind = type(node)
            raise ExpressionError(_FORBIDDEN.get(kind, f"表达式中不能用“{kind.__name__}”这种写法"), column)

    @staticmethod
    def _name(name: str, column: int) -> None:
        if name.startswith("_"):
            raise ExpressionError(f"名称“{name}”不能以下划线开头", column)

    def _call(self, node: ast.Call, bound: frozenset[str], depth: int) -> None:
        if not isinstance(node.func, ast.Name):
            raise ExpressionError("只能直接按名称调用已登记的函数", node.col_offset)
        self._name(node.func.id, node.col_offset)
        self.calls.add(node.func.id)
        for argument in node.args:
            self.visit(argument, bound, depth + 1)
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg.startswith("_"):
                raise ExpressionError("函数参数名不能以下划线开头，也不能用“**”展开", node.col_offset)
            self.visit(keyword.value, bound, depth + 1)

    def _subscript(self, node: ast.Subscript, bound: frozenset[str], depth: int) -> None:
        self.visit(node.value, bound, depth + 1)
        key = node.slice
        if isinstance(key, ast.UnaryOp) and isinstance(key.op, ast.USub):
            key = key.operand
        if not isinstance(key, (ast.Constant, ast.Name)):
            raise ExpressionError(_FORBIDDEN.get(type(key), "下标只能是一个值或一个变量名"), node.col_offset)
        self.visit(key, bound, depth + 1)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp, bound: frozenset[str], depth: int) -> None:
        inner = bound
        for generator in node.generators:
            if not isinstance(generator.target, ast.Name) or generator.is_async:
                raise ExpressionError("推导式的循环变量只能是一个名称", node.col_offset)
            self._name(generator.target.id, node.col_offset)
            self.visit(generator.iter, inner, depth + 1)
            inner = inner | {generator.target.id}
            for condition in generator.ifs:
                self.visit(condition, inner, depth + 1)
        self.visit(node.elt, inner, depth + 1)

    def _dict(self, node: ast.Dict, bound: frozenset[str], depth: int) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise ExpressionError("字典的键只能是写明的文字", node.col_offset)
            self.visit(value, bound, depth + 1)


def _constant(node: ast.Constant, column: int) -> None:
    if node.value is not None and type(node.value) not in (str, int, float, bool):
        raise ExpressionError("表达式中只能写文字、数字、True、False 和 None", column)
