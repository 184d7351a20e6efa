"""Runs the rules over a package, and beside them SpiffWorkflow's own parser in a process that may be killed."""

from collections.abc import Mapping
from contextlib import ExitStack

from app.engine.gate import bindings, calls, dataflow, elements, files, flows, loops, parsing, tables, texts, timing
from app.engine.gate.model import Finding, GateContext, Package, Rule

_FAMILIES = (elements, flows, loops, calls, texts, timing, dataflow, tables, bindings)
MAX_FINDINGS = 500


def rules() -> tuple[Rule, ...]:
    """Return every rule of the gate, for the documentation."""
    return (*files.RULES, *(rule for family in _FAMILIES for rule in family.RULES), parsing.RULE)


def check(contents: Mapping[str, bytes], *, context: GateContext, parse: bool = True) -> list[Finding]:
    """Return what is wrong with a package of `.bpmn` and `.dmn` files, in the order of the rules; empty when it may be deployed.

    A package may be deployed when no finding is an `error`. With `parse` (the default) the engine's own parser reads the package
    meanwhile, in a child process with limits of time and memory; what it says counts when the rules find no error.
    """
    diagrams, found_tables, findings = files.read(contents)
    if any(finding.severity == "error" for finding in findings):
        return findings
    package = Package(diagrams, found_tables)
    findings += [files.TOO_MANY.finding(hit) for hit in files.TOO_MANY.find(package, context)]
    if findings:
        return findings  # some rules take time that grows with the square
    with ExitStack() as stack:
        reading = stack.enter_context(parsing.Parsing(contents)) if parse else None
        for rule in (*files.WHOLE, *(rule for family in _FAMILIES for rule in family.RULES)):
            findings += [rule.finding(hit) for hit in rule.find(package, context)]
            if len(findings) > MAX_FINDINGS:
                return findings[:MAX_FINDINGS]
        if reading is not None and not any(finding.severity == "error" for finding in findings):
            findings += reading.findings()
    return findings
