"""What a decision table may read: the variables that a case has when it comes to a step that asks the table."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from app.domain.fields import Field, FormSpec
from app.domain.procedure import Procedure
from app.engine.gate import GateContext
from app.engine.gate.dataflow import arriving
from app.engine.gate.files import TOO_MANY, read
from app.engine.gate.model import Package
from app.engine.nodes import SPIFF
from app.services.packages.gate_context import diagrams_of, gate_context
from app.services.registry import Registry


def tables_of(
    procedure: Procedure, *, registry: Registry, forms: Mapping[str, FormSpec], labels: Mapping[str, Field]
) -> list[dict[str, Any]]:
    """Return the decision tables of a package with what they give and what they may read, as plain JSON values.

    A table that no step asks yet may read whatever any step of the package has.
    """
    diagrams, tables, _ = read(diagrams_of(procedure))
    if not tables:
        return []
    package = Package(diagrams, tables)
    reads = _reads(package, gate_context(procedure, registry=registry, forms=forms, broken={}))
    everything = frozenset[str]().union(*reads.values())
    found = []
    for file, root in tables.items():
        for decision in root.iter("{*}decision"):
            names = reads.get(decision.get("id", ""), everything)
            found.append(
                {
                    "decision": decision.get("id", ""),
                    "title": decision.get("name") or PurePosixPath(file).stem,
                    "file": file,
                    "outputs": [
                        {"name": item.get("name") or "", "label": item.get("label") or ""} for item in decision.iter("{*}output")
                    ],
                    "reads": [_variable(name, labels) for name in sorted(names)],
                }
            )
    return found


def _reads(package: Package, context: GateContext) -> dict[str, frozenset[str]]:
    """Return what may be read by each decision that is asked; under an empty name what any node may read."""
    if next(iter(TOO_MANY.find(package, context)), None) is not None:
        return {"": frozenset()}  # the gate tells; finding out would take its time
    at = arriving(package, context)
    found = {"": frozenset[str]().union(*at.values())}
    for _diagram, _scope, node in package.nodes("businessRuleTask"):
        for item in node.iter(f"{SPIFF}calledDecisionId"):
            name = (item.text or "").strip()
            found[name] = found.get(name, frozenset()) | at.get(node.get("id", ""), frozenset())
    return found


def _variable(name: str, labels: Mapping[str, Field]) -> dict[str, Any]:
    field = labels.get(name)
    options = [{"value": option.value, "label": option.label} for option in field.options] if field is not None else []
    return {"name": name, "title": (field.label if field is not None else "") or name, "options": options}
