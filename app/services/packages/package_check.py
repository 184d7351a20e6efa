"""The whole gate: the engine's rules about diagrams, then the house's rules about the package around them, then the scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.procedure import Procedure
from app.engine.gate import Finding
from app.engine.gate import rules as engine_rules
from app.engine.gate.files import TOO_MANY
from app.engine.gate.parsing import RULE as UNPARSABLE
from app.services.packages import package_forms, package_manifest, package_papers, package_scenarios, package_texts
from app.services.packages.package_model import PackageView, PapersOf
from app.services.packages.package_rules import MANIFEST_RULE, judge, judge_apart
from app.services.packages.playing import Playing
from app.services.packages.scenarios import Coverage, ScenarioResult, recorded_by
from app.services.registry import Registry


@dataclass(frozen=True)
class Report:
    """What the gate says about a package: the findings, and what became of its scenarios (none were played if it has errors)."""

    procedure: Procedure | None
    findings: tuple[Finding, ...]
    scenarios: tuple[ScenarioResult, ...] = ()
    coverage: tuple[Coverage, ...] = ()

    @property
    def accepted(self) -> bool:
        """Tell whether the package may be deployed: nothing that was found is an error."""
        return not any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True)
class RuleRow:
    """A rule as the documentation lists it."""

    id: str
    severity: str
    sentence: str
    cure: str


def rules() -> list[RuleRow]:
    """Return every rule of the gate, those of the engine first."""
    house = (
        MANIFEST_RULE,
        *package_manifest.RULES,
        *package_forms.RULES,
        *package_texts.RULES,
        *package_texts.LETTER_RULES,
        *package_papers.RULES,
        *package_scenarios.RULES,
    )
    rows = [RuleRow(rule.id, rule.severity, rule.sentence, rule.cure) for rule in engine_rules()]
    return rows + [RuleRow(rule.id, rule.severity, rule.sentence, rule.cure) for rule in house]


def examine(
    files: Mapping[str, bytes],
    *,
    registry: Registry,
    papers: Path | None = None,
    papers_of: PapersOf | None = None,
    apart: bool = True,
) -> Report:
    """Look at a package with every rule; raises nothing for a bad one, but `TryAgain` while too many are looked at.

    `papers` is the folder in which each procedure has a folder of paper templates, `papers_of` knows those that live by versions in
    this house; without a folder nothing is said about papers. When nothing is an error the engine reads the package and plays its
    scenarios; each kind of case needs one that comes to an end. Both happen in a child process with limits of time and memory, and
    unless the package is one's own (`apart=False`) so does the judging by the rules. Writes nothing.
    """
    playing = Playing(files, recorded=recorded_by(registry))
    findings = (judge_apart if apart else judge)(files, registry=registry)
    if any(finding.rule == MANIFEST_RULE.id for finding in findings):
        return Report(None, tuple(findings))
    if any(finding.rule == TOO_MANY.id for finding in findings):
        return Report(None, tuple(findings))  # nothing of it is read in this process
    procedure = package_manifest.read_manifest(files)
    view = PackageView(procedure, registry, {}, papers / procedure.id if papers is not None else None, papers_of)
    if not any(finding.rule.startswith("file.") for finding in findings):
        findings += [finding for rule in package_papers.RULES for finding in rule.findings(view)]
    # A kind of case without a scenario must not be deployed, but it is by rehearsing that it gets one.
    if any(finding.severity == "error" and finding.rule != package_scenarios.NONE.id for finding in findings):
        return Report(procedure, tuple(findings))
    unreadable = playing.unreadable()
    if unreadable is not None:
        return Report(procedure, (*findings, UNPARSABLE.finding(unreadable)))
    results, missed, told = package_scenarios.play_all(view, playing=playing)
    return Report(procedure, tuple(findings + told), tuple(results), tuple(missed))
