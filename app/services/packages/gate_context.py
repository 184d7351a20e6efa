"""What the engine's gate has to know of the house to judge the diagrams of a package."""

from collections.abc import Mapping

from app.catalog.manifest import SYSTEM_LANE
from app.domain.fields import FormSpec
from app.domain.procedure import ITEM_ACTIONS, Procedure
from app.engine.gate import GateContext, Signature
from app.formkit.schema import exportable_keys
from app.services.registry import Registry

SIGNATURES = {
    "workdays": Signature(("integer",), gives_time=True),
    "deadline": Signature(("text",), gives_time=True),
    "setting": Signature(("text",), gives_time=False),
    "now": Signature((), gives_time=True),
}
"""What the functions take that `app.services.casework.case_work` makes (its `FUNCTIONS` has their names; it knows the database)."""


def diagrams_of(procedure: Procedure) -> dict[str, bytes]:
    """Return the diagrams and decision tables of a package, by file name."""
    return {name: content for name, content in procedure.files.items() if name.endswith((".bpmn", ".dmn"))}


def gate_context(
    procedure: Procedure, *, registry: Registry, forms: Mapping[str, FormSpec], broken: Mapping[str, frozenset[str]]
) -> GateContext:
    """Return the context of a package; `broken` are forms that do not build, with the keys that they name."""
    return GateContext(
        roles={lane: role.value if role else SYSTEM_LANE for lane, role in procedure.lanes.items()},
        forms={**broken, **{key: exportable_keys(form) for key, form in forms.items()}},
        operations={name: operation.params for name, operation in registry.operations.items()},
        recorders={name: recorder.exports for name, recorder in registry.recorders.items()},
        messages=frozenset(procedure.messages),
        stages=frozenset(stage.id for kind in procedure.case_kinds.values() for stage in kind.stages),
        actions=frozenset(ITEM_ACTIONS),
        functions=frozenset(SIGNATURES),
        variables={kind.process: frozenset(kind.variables) for kind in procedure.case_kinds.values()},
        payloads=_payloads(procedure, registry),
        signatures=SIGNATURES,
    )


def lone_context(registry: Registry) -> GateContext:
    """Return the context of a diagram on its own: no role, form or message is known, so each that it names is a finding."""
    nothing: frozenset[str] = frozenset()
    return GateContext(
        roles={},
        forms={},
        operations={name: operation.params for name, operation in registry.operations.items()},
        recorders={name: recorder.exports for name, recorder in registry.recorders.items()},
        messages=nothing,
        stages=nothing,
        actions=frozenset(ITEM_ACTIONS),
        functions=frozenset(SIGNATURES),
        signatures=SIGNATURES,
    )


def _payloads(procedure: Procedure, registry: Registry) -> dict[str, frozenset[str]]:
    """Variables that each message of the package brings: what its addresser gives, and nothing before it has arrived."""
    addressers = registry.addressers
    return {
        message.name: frozenset(addressers[message.addressed_by].payload)
        for message in procedure.messages.values()
        if message.addressed_by is not None and message.addressed_by in addressers
    }
