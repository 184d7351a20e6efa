"""What the rules say of a package, all but those about the papers of this house and about scenarios that are played.

A package within the bounds of `file.too_many` can still keep a process busy for a minute or fill its memory. Whoever is sent one
judges it apart, in a room with limits (`judge_apart`); the command line judges what its owner gave it right here (`judge`).
"""

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.documents.rooms import LimitsBroken
from app.domain.errors import DomainError
from app.engine.gate import Finding, check
from app.engine.gate.files import TOO_MANY
from app.services.packages import package_forms, package_manifest, package_scenarios, package_texts
from app.services.packages.gate_context import diagrams_of, gate_context
from app.services.packages.package_model import HouseRule, PackageView, found_elsewhere
from app.services.packages.playing import ask_a_room
from app.services.packages.registry_outline import outline_of, registry_of
from app.services.registry import Registry

MANIFEST_RULE = HouseRule("package.manifest", "流程包的清单不能使用", "请按提示修改清单 procedure.toml。", found_elsewhere)
MOST_FINDINGS = 500
JUDGE_LIMIT = 20.0
"""Seconds for the rules, the loading of their libraries on a busy machine included; the selection takes half of one."""
_FAMILIES = (package_texts.LETTER_RULES, package_manifest.RULES, package_forms.RULES, package_scenarios.RULES)
"""Rules that look at diagrams, which are asked for those that could be read only."""


def judge(files: Mapping[str, bytes], *, registry: Registry) -> list[Finding]:
    """Return what the rules find in a package, at most 500 things; `package.manifest` alone when there is no package to look at."""
    try:
        procedure = package_manifest.read_manifest(files)
    except DomainError as error:
        return [MANIFEST_RULE.finding(("procedure.toml", "", error.message))]
    forms, broken, findings = package_forms.read_forms_leniently(procedure)
    view = PackageView(procedure, registry, forms)
    context = gate_context(procedure, registry=registry, forms=forms, broken=broken)
    diagrams = check(diagrams_of(procedure), context=context, parse=False)
    findings = diagrams + findings
    families = (package_texts.RULES, *(() if any(one.rule.startswith("file.") for one in diagrams) else _FAMILIES))
    for rule in (rule for family in families for rule in family):
        findings += rule.findings(view)
        if len(findings) > MOST_FINDINGS:
            return findings[:MOST_FINDINGS]
    return findings


def judge_apart(files: Mapping[str, bytes], *, registry: Registry, seconds: float = JUDGE_LIMIT) -> list[Finding]:
    """Return the same from a child process with limits of time and memory; breaking them is a finding (`file.too_many`).

    Raises `TryAgain` while too many packages are looked at.
    """
    job = {"files": {name: base64.b64encode(data).decode() for name, data in files.items()}, "registry": outline_of(registry)}
    try:
        said = ask_a_room(job, seconds=seconds)
    except LimitsBroken:
        return [TOO_MANY.finding(("", "", f"{seconds:g} 秒内没有检查完，或超出内存限制"))]
    return [Finding(**one) for one in said["findings"]]


def answer_judging(job: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a job of `judge_apart`, inside the room."""
    files = {name: base64.b64decode(data) for name, data in job["files"].items()}
    return {"findings": [asdict(one) for one in judge(files, registry=registry_of(job["registry"]))]}
