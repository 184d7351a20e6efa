"""A procedure package as data: what the catalog reads from a folder or a zip and what a version is made of."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.domain.actors import Role

END_STAGE = "$end"
"""Stands in barriers for "has ended", after every stage of the kind."""
ITEM_ACTIONS = {"return_to": "退回", "transfer": "转办", "add_signer": "加签", "remove_signer": "减签"}
"""What a user task may allow beside completing it (its property `actions`), and what people call it."""


@dataclass(frozen=True)
class Stage:
    """A step of a case as people count them: title for staff, a sentence for the candidate."""

    id: str
    title: str
    public: str


@dataclass(frozen=True)
class CaseKind:
    """One kind of case of a procedure: its process, its stages in order, the variables that it starts with."""

    id: str
    process: str
    title: str
    number: str
    stages: tuple[Stage, ...]
    variables: Mapping[str, Any]

    def order_of(self, stage_id: str) -> int:
        """Return the place of a stage, 0 for the first; the end stands after all of them."""
        if stage_id == END_STAGE:
            return len(self.stages)
        return next(order for order, stage in enumerate(self.stages) if stage.id == stage_id)

    def stage(self, stage_id: str) -> Stage:
        """Return the stage of this id (`KeyError` when the package has none)."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)


@dataclass(frozen=True)
class Barrier:
    """The round is told once no open case of a kind stands before a stage."""

    of: str
    stage: str


@dataclass(frozen=True)
class Message:
    """What passes between processes: who throws, who catches, which addresser finds the cases."""

    name: str
    title: str
    source: str
    target: str
    addressed_by: str | None = None
    barrier: Barrier | None = None


@dataclass(frozen=True)
class CaseAction:
    """What a person may do with a case outside its tasks, e.g. withdraw: it sends `message` to the case."""

    id: str
    title: str
    case_kind: str
    roles: frozenset[Role]
    message: str
    until_stage: str | None
    needs_reason: bool
    confirm: str


@dataclass(frozen=True)
class Procedure:
    """A procedure package, read and checked for shape; `files` are its files as they are, path to bytes."""

    id: str
    title: str
    summary: str
    legal_basis: str
    diagrams: tuple[str, ...]
    case_kinds: Mapping[str, CaseKind]
    lanes: Mapping[str, Role | None]
    messages: Mapping[str, Message]
    actions: Mapping[str, CaseAction]
    round_defaults: Mapping[str, object]
    files: Mapping[str, bytes] = field(repr=False)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over every path and content, in order of path: what makes two packages the same version."""
        return content_hash(self.files)


def content_hash(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 (hex) of a set of files, independent of the order in which they were read."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.encode())
        digest.update(b"\0")
        digest.update(hashlib.sha256(files[path]).digest())
    return digest.hexdigest()
