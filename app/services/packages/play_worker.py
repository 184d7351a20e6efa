"""The inside of a room in which the gate reads packages with the engine's parser and plays their scenarios."""

import base64
from dataclasses import asdict
from typing import Any

from app.catalog.manifest import read_procedure
from app.documents.rooms_worker import serve
from app.domain.errors import DomainError
from app.engine.specs import load_spec
from app.engine.types import EngineError
from app.services.packages.package_forms import read_forms_leniently
from app.services.packages.package_rules import answer_judging
from app.services.packages.scenarios import run_all

MEMORY = 1_500_000_000
"""Bytes of address space for the room."""


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """Read a package, and play its scenarios if that is asked too; or judge it by the rules, with the names of a registry."""
    if "registry" in job:
        return answer_judging(job)
    procedure = read_procedure({name: base64.b64decode(data) for name, data in job["files"].items()})
    try:
        load_spec(procedure.files, content_hash=procedure.content_hash)  # kept, so that playing does not read again
    except EngineError as error:
        return {"unreadable": [getattr(error, "file", ""), error.node_id or "", error.message]}
    if not job["play"]:
        return {}
    forms, _, _ = read_forms_leniently(procedure)
    recorded = {name: tuple(exports) for name, exports in job["recorded"].items()}
    try:
        results = run_all(procedure, recorded=recorded, forms=forms)
    except DomainError as error:
        return {"refused": error.message}
    unordered = ("reached", "taken")
    return {"results": [{**asdict(one), **{name: sorted(getattr(one, name)) for name in unordered}} for one in results]}


def main(idle: str) -> int:
    """Serve until there was nothing to do for `idle` seconds."""
    return serve(answer, memory=MEMORY, idle=float(idle))
