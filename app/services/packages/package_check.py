"""The whole gate: the engine's rules about diagrams, then the house's rules about the package around them, then the scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import DomainError
from app.domain.procedure import Procedure
from app.engine.gate import Finding, check
from app.engine.gate import rules as engine_rules
from app.engine.gate.parsing import RULE as UNPARSABLE
from app.services.packages import package_forms, package_manifest, package_papers, package_scenarios, package_texts
from app.services.packages.gate_context import diagrams_of, gate_context
from app.services.packages.package_model import HouseRule, PackageView, PapersOf, found_elsewhere
from app.services.packages.playing import Playing
from app.services.packages.scenarios import Coverage, ScenarioResult, recorded_by
from app.services.registry import Registry

MANIFEST_RULE = HouseRule("package.manifest", "流程包的清单不能使用", "请按提示修改清单 procedure.toml。", found_elsewhere)


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
    files: Mapping[str, bytes], *, registry: Registry, papers: Path | None = None, papers_of: PapersOf | None = None
) -> Report:
    """Look at a package with every rule; raises nothing for a bad one, but `TryAgain` while too many are looked at.

    `papers` is the folder in which each procedure has a folder of paper templates, `papers_of` knows those that live by versions in
    this house; without a folder nothing is said about papers. When nothing is an error the engine reads the package and plays its
    scenarios in a child process with limits of time and memory; each kind of case needs one that comes to an end. Writes nothing.
    """
    try:
        procedure = package_manifest.read_manifest(files)
    except DomainError as error:
        return Report(None, (MANIFEST_RULE.finding(("procedure.toml", "", error.message)),))
    forms, broken, findings = package_forms.read_forms_leniently(procedure)
    view = PackageView(procedure, registry, forms, papers / procedure.id if papers is not None else None, papers_of)
    context = gate_context(procedure, registry=registry, forms=forms, broken=broken)
    playing = Playing(procedure, recorded=recorded_by(registry))
    diagrams = check(diagrams_of(procedure), context=context, parse=False)
    findings = diagrams + findings
    families: list[tuple[HouseRule, ...]] = [package_texts.RULES]
    if not any(finding.rule.startswith("file.") for finding in diagrams):
        families += [
            package_texts.LETTER_RULES,
            package_papers.RULES,
            package_manifest.RULES,
            package_forms.RULES,
            package_scenarios.RULES,
        ]
    findings += [finding for family in families for rule in family for finding in rule.findings(view)]
    # A kind of case without a scenario must not be deployed, but it is by rehearsing that it gets one.
    if any(finding.severity == "error" and finding.rule != package_scenarios.NONE.id for finding in findings):
        return Report(procedure, tuple(findings))
    unreadable = playing.unreadable()
    if unreadable is not None:
        return Report(procedure, (*findings, UNPARSABLE.finding(unreadable)))
    results, missed, told = package_scenarios.play_all(view, playing=playing)
    return Report(procedure, tuple(findings + told), tuple(results), tuple(missed))
