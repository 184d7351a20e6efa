"""Decision tables (DMN): SpiffWorkflow's reader with our expression language and the hit policies UNIQUE, FIRST and COLLECT."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine

from app.engine.case import Token
from app.engine.cells import INPUT, cell_source, is_any
from app.engine.types import EngineError


class ExpressionEngine(PythonScriptEngine):
    """What SpiffWorkflow calls for every text that it would hand to `eval`."""

    def __init__(self) -> None:
        """Leave SpiffWorkflow's environment out altogether."""

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
        pairs = ((entry.input.expression or "", cell) for entry in rule.inputEntries for cell in entry.lhs)
        return all(cell is None or self.evaluate(source, cell, task) for source, cell in pairs)

    def evaluate(self, input_expr: str, match_expr: str, task: Token) -> bool:
        """Tell whether a cell holds; raises `EngineError` when it cannot be reckoned, never an exception of SpiffWorkflow's."""
        case = task.case
        given = case.evaluate(task, input_expr)
        source, is_value = cell_source(match_expr)
        found = case.evaluate(task, source, {INPUT: given}, shown=match_expr)
        return given == found if is_value else bool(found)

    def result(self, task: Token) -> dict[str, Any]:
        """Return every output by name: None (or an empty list for COLLECT) when no rule matches."""
        collects = self.decision_table.hit_policy == "COLLECT"
        names = [output.name or output.label for output in self.decision_table.outputs]
        return {name: [] if collects else None for name in names} | dict(super().result(task))


def mend_table(engine: DMNEngine) -> None:
    """Make a parsed table ours: an empty input cell means any value, as `-` does."""
    engine.__class__ = DecisionTable
    for rule in engine.decision_table.rules:
        for entry in rule.inputEntries:
            entry.lhs = [None if is_any(text) else text for text in entry.lhs]
