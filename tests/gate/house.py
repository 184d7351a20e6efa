"""What the diagrams of the gate's tests may refer to, and a whole diagram around a few elements."""

from app.engine.gate import Finding, GateContext, Signature, check
from app.engine.operations import ParamSpec
from tests.engine.diagrams import HEAD, flows, properties


def context() -> GateContext:
    """A small house: two lanes, one form, two operations, one recorder, one message."""
    params = {"name": ParamSpec("text", "姓名"), "note": ParamSpec("text", "备注", required=False)}
    return GateContext(
        roles={"经办人": "office_clerk", "系统": "system"},
        forms={"f": frozenset({"x", "y"})},
        operations={"count": {}, "greet": params},
        recorders={"keep": ("total",)},
        messages=frozenset({"go", "stop"}),
        stages=frozenset({"draft"}),
        actions=frozenset({"return_to", "transfer", "add_signer", "remove_signer"}),
        functions=frozenset({"now", "workdays"}),
        variables={"P": frozenset({"ok", "units"})},
        payloads={"go": frozenset({"winner"})},
        signatures={"now": Signature((), gives_time=True), "workdays": Signature(("integer",), gives_time=True)},
    )


def lane(*node_ids: str, name: str = "经办人") -> str:
    """A lane with these nodes."""
    references = "".join(f"<bpmn:flowNodeRef>{node_id}</bpmn:flowNodeRef>" for node_id in node_ids)
    return f'<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="{name}">{references}</bpmn:lane></bpmn:laneSet>'


def person(node_id: str, inner: str = "", **values: str) -> str:
    """A user task with the form of the house."""
    return f'<bpmn:userTask id="{node_id}">{properties(**({"form": "f"} | values))}{inner}</bpmn:userTask>'


def process(body: str, ways: str, extra: str = "", attributes: str = 'isExecutable="true"') -> bytes:
    """A file with one process."""
    return f'{HEAD}<bpmn:process id="P" {attributes}>{body}{flows(ways)}</bpmn:process>{extra}</bpmn:definitions>'.encode()


def found(*contents: bytes, parse: bool = False, **named: bytes) -> list[Finding]:
    """What the gate says about files (named a.bpmn, b.bpmn …; others by keyword with `_` for the dot)."""
    files = {f"{chr(97 + i)}.bpmn": content for i, content in enumerate(contents)}
    files |= {name.replace("_", "."): content for name, content in named.items()}
    return check(files, context=context(), parse=parse)
