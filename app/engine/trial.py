"""Trying a decision table with values, as the editor's try-it row does: what comes out, and which rows matched."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from app.engine import state as states
from app.engine.case import Token
from app.engine.gate import Finding, GateContext, check
from app.engine.gate.files import read
from app.engine.specs import parse_files
from app.engine.types import EngineError, Functions, Variable
from app.engine.variables import as_variable

_AROUND = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="trial_file" targetNamespace="http://trial">'
    '<bpmn:process id="trial" isExecutable="true"><bpmn:startEvent id="s" /><bpmn:businessRuleTask id="t"><bpmn:extensionElements>'
    "<spiffworkflow:calledDecisionId>{decision}</spiffworkflow:calledDecisionId></bpmn:extensionElements></bpmn:businessRuleTask>"
    '<bpmn:endEvent id="e" /><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="t" />'
    '<bpmn:sequenceFlow id="g" sourceRef="t" targetRef="e" /></bpmn:process></bpmn:definitions>'
)
_TABLE = "table.dmn"


@dataclass(frozen=True)
class Trial:
    """What a table says for some values: its outputs by name, and the ids of the rows that matched, in their order."""

    outputs: Mapping[str, Variable]
    rules: tuple[str, ...]


def try_table(content: bytes, *, inputs: Mapping[str, Variable], functions: Functions) -> Trial:
    """Evaluate a decision table for these variables, by the engine itself. The gate looks at the table first.

    Raises `EngineError` (`engine.table`) with what the gate finds, or what cannot be reckoned with these values.
    """
    _, tables, findings = read({_TABLE: content})
    decisions = [decision.get("id", "") for root in tables.values() for decision in root.iter("{*}decision")]
    if findings or not decisions:
        raise _refused(findings)
    files = {_TABLE: content, "trial.bpmn": _AROUND.format(decision=escape(decisions[0])).encode()}
    errors = [one for one in check(files, context=_nobody(functions)) if one.severity == "error"]
    if errors:
        raise _refused(errors)
    spec = parse_files(files, content_hash="")
    variables = {name: as_variable(value) for name, value in inputs.items()}
    case = states.new_case(spec, process_id="trial", variables=variables, call=None, functions=functions)
    token: Token = case.place(case, case.spec.task_specs["t"])
    table = token.task_spec.dmnEngine
    matched, outputs = table.decide(token), table.result(token)
    return Trial({name: as_variable(value) for name, value in outputs.items()}, tuple(rule.id for rule in matched))


def _refused(findings: list[Finding]) -> EngineError:
    if not findings:
        return EngineError("engine.table", "文件里没有决策表。")
    return EngineError("engine.table", f"{findings[0].message}。{findings[0].cure}")


def _nobody(functions: Functions) -> GateContext:
    nothing: frozenset[str] = frozenset()
    return GateContext(
        roles={},
        forms={},
        operations={},
        recorders={},
        messages=nothing,
        stages=nothing,
        actions=nothing,
        functions=frozenset(functions),
    )
