"""Decision tables (DMN): SpiffWorkflow's reader with our expression language and the hit policies UNIQUE, FIRST and COLLECT."""

import ast
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine

from app.engine.case import Token
from app.engine.types import EngineError


class ExpressionEngine(PythonScriptEngine):
    """What SpiffWorkflow calls for every text that it would hand to `eval`."""

    def __init__(self) -> None:
        """Leave SpiffWorkflow's environment out altogether."""

    def validate(self, expression: str) -> None:
        """Raise `SyntaxError` when the text alone is no expression; a cell such as `>= 60` then gets its input put before it."""
        ast.parse(expression, mode="eval")

    def evaluate(self, task: Token, expression: str, external_context: Mapping[str, object] | None = None) -> object:
        """Return the value of an expression in our language."""
        return task.case.evaluate(task, expression, external_context)

    def execute(self, task: Token, script: str, external_context: Mapping[str, object] | None = None) -> None:
        """Refuse: there are no scripts in a diagram."""
        raise EngineError("engine.script", "流程中不能有脚本，请改用服务任务。", node_id=task.node_id)


class DecisionTable(DMNEngine):
    """SpiffWorkflow takes the first match for UNIQUE and for policies it does not know, and leaves the outputs unset for none."""

    def decide(self, task: Token) -> list[Any]:
        """Return the rules that match; raises `EngineError` when UNIQUE matches more than once."""
        matches = [rule for rule in self.decision_table.rules if self._matches(rule, task)]
        if self.decision_table.hit_policy == "UNIQUE" and len(matches) > 1:
            rows = "、".join(str(rule.row_number) for rule in matches)
            message = f"决策表“{self.decision_table.id}”要求只命中一行，却命中了第 {rows} 行，请修改条件。"
            raise EngineError("engine.decision", message, node_id=task.node_id)
        return matches

    def _matches(self, rule: Any, task: Token) -> bool:
        """Tell whether every cell of a row holds. What cannot be reckoned is an `EngineError`, not SpiffWorkflow's own exception."""
        for entry in rule.inputEntries:
            for cell in entry.lhs:
                try:
                    if cell is not None and not self.evaluate(entry.input.expression, cell, task):
                        return False
                except SyntaxError as error:
                    message = f"决策表“{self.decision_table.id}”第 {rule.row_number} 行的单元格“{cell[:80]}”写法不对。"
                    raise EngineError("engine.decision", message, node_id=task.node_id) from error
        return True

    def result(self, task: Token) -> dict[str, Any]:
        """Return every output by name: None (or an empty list for COLLECT) when no rule matches."""
        collects = self.decision_table.hit_policy == "COLLECT"
        names = [output.name or output.label for output in self.decision_table.outputs]
        return {name: [] if collects else None for name in names} | dict(super().result(task))


def mend_table(engine: DMNEngine) -> None:
    """Make a parsed table ours: an empty input cell means any value, as `-` does; `in […]` gets its input put before it."""
    engine.__class__ = DecisionTable
    for rule in engine.decision_table.rules:
        for entry in rule.inputEntries:
            entry.lhs = [_mended(text) for text in entry.lhs]


def _mended(cell: str | None) -> str | None:
    text = (cell or "").strip()
    # SpiffWorkflow would write the input and the cell together without a blank: `scorein [1]`.
    return f"? {text}" if text.startswith(("in ", "in[", "not in ", "is ")) else cell if text else None
