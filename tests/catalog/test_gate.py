"""Every package passes the deployment gate, given a house that knows its operations and recorders."""

import pytest

from app.domain.procedure import ITEM_ACTIONS
from app.engine.gate import Finding, GateContext, check
from app.formkit.schema import exportable_keys
from tests.catalog.packages import NAMES, diagrams_of, forms_of, nodes_of, package

SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


def findings(name: str) -> list[Finding]:
    """Ask the gate about a package, with every operation and recorder that it names registered."""
    procedure = package(name)
    named = {item.get("id") for root in diagrams_of(name).values() for item in root.iter(f"{SPIFF}serviceTaskOperator")}
    context = GateContext(
        roles={lane: role.value if role else "system" for lane, role in procedure.lanes.items()},
        forms={key: exportable_keys(form) for key, form in forms_of(name).items()},
        operations={operation: {} for operation in named if operation},
        recorders={node.properties["records"]: () for _, node in nodes_of(name) if "records" in node.properties},
        messages=frozenset(procedure.messages),
        stages=frozenset(stage.id for kind in procedure.case_kinds.values() for stage in kind.stages),
        actions=frozenset(ITEM_ACTIONS),
        functions=frozenset({"workdays", "deadline", "setting"}),
        variables={kind.process: frozenset(kind.variables) for kind in procedure.case_kinds.values()},
    )
    return check(procedure.files, context=context)


@pytest.mark.parametrize("name", NAMES)
def test_the_gate_finds_nothing(name: str) -> None:
    assert findings(name) == []
