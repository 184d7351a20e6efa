"""Deployed versions, unpacked and parsed once a process: a version never changes, so nothing here grows stale."""

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.archive import read_zip
from app.catalog.manifest import read_procedure
from app.domain.errors import NotFound
from app.domain.fields import FormSpec
from app.domain.procedure import Procedure
from app.engine.specs import Spec, load_spec
from app.engine.types import NodeInfo
from app.formkit.schema import read_form
from app.persistence.models import ProcedureVersion

_MOST_VERSIONS = 40
FORMS = "forms/"


@dataclass(frozen=True)
class LoadedProcedure:
    """A version ready for work: its manifest, its parsed diagrams and its forms."""

    version_id: int
    number: int
    procedure: Procedure
    spec: Spec
    forms: Mapping[str, FormSpec]
    nodes: Mapping[str, Mapping[str, NodeInfo]]  # kind of case -> node id -> node
    asked: Mapping[str, Mapping[str, frozenset[str]]]  # kind of case -> stage with tasks -> their forms, "" for a task without

    def node(self, case_kind: str, node_id: str) -> NodeInfo:
        """Return an element of the diagram that this kind of case runs (`KeyError` when there is none)."""
        return self.nodes[case_kind][node_id]

    def form_of(self, node: NodeInfo) -> FormSpec | None:
        """Return the form of a user task, None when it has none."""
        key = node.properties.get("form")
        return self.forms[key] if key else None


def load(version_id: int, number: int, files: Mapping[str, bytes]) -> LoadedProcedure:
    """Read the files of a package for work. The gate has accepted them before; faults raise as they are found."""
    procedure = read_procedure(files)
    diagrams = {name: files[name] for name in files if name.endswith((".bpmn", ".dmn"))}
    spec = load_spec(diagrams, content_hash=procedure.content_hash)
    nodes = {kind.id: {node.node_id: node for node in spec.nodes(kind.process)} for kind in procedure.case_kinds.values()}
    return LoadedProcedure(
        version_id=version_id,
        number=number,
        procedure=procedure,
        spec=spec,
        forms=read_forms(files),
        nodes=nodes,
        asked={kind: _asked(each.values()) for kind, each in nodes.items()},
    )


def _asked(nodes: Iterable[NodeInfo]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for node in nodes:
        if node.kind == "userTask" and "stage" in node.properties:
            found.setdefault(node.properties["stage"], set()).add(node.properties.get("form", ""))
    return {stage: frozenset(forms) for stage, forms in found.items()}


def read_forms(files: Mapping[str, bytes]) -> dict[str, FormSpec]:
    """Return the forms of a package by their keys; `FormError` for one that does not build."""
    forms = {}
    for path, content in files.items():
        if path.startswith(FORMS) and path.endswith(".json"):
            key = path.removeprefix(FORMS).removesuffix(".json")
            forms[key] = _form(key, content)
    return forms


@lru_cache(maxsize=400)
def _form(key: str, content: bytes) -> FormSpec:
    """Read a form. The versions of a procedure have most of theirs in common, and share what was read."""
    return read_form(key, json.loads(content))


def no_version() -> NotFound:
    """Return the refusal of a version that does not exist."""
    return NotFound("procedure.version", "没有这个流程版本。请返回列表重新选择。")


class ProcedureCache:
    """Versions by their row id, the least recently used going first."""

    def __init__(self) -> None:
        self._loaded: OrderedDict[int, LoadedProcedure] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, version_id: int) -> LoadedProcedure | None:
        """Return a version that is in memory, None when it would have to be read."""
        with self._lock:
            if version_id in self._loaded:
                self._loaded.move_to_end(version_id)
            return self._loaded.get(version_id)

    def get(self, session: Session, version_id: int) -> LoadedProcedure:
        """Return a version ready for work, from memory or from its row (one statement)."""
        known = self.known(version_id)
        if known is not None:
            return known
        row = session.execute(
            select(ProcedureVersion.number, ProcedureVersion.package).where(ProcedureVersion.id == version_id)
        ).one_or_none()
        if row is None:
            raise no_version()
        loaded = load(version_id, row.number, read_zip(row.package))
        with self._lock:
            self._loaded[version_id] = loaded
            while len(self._loaded) > _MOST_VERSIONS:
                self._loaded.popitem(last=False)
        return loaded
