"""The manifest of a draft as a page edits it: what the procedure is called, its lanes, kinds of case, stages, messages and actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.catalog.manifest import MANIFEST, SYSTEM_LANE
from app.catalog.manifest_text import dump_manifest, parse_manifest, put, put_rows, put_table
from app.domain.errors import DomainError
from app.domain.procedure import Stage
from app.services.packages.package_manifest import read_manifest
from app.services.studio.procedure_exchanges import ActionSettings, MessageSettings, put_exchanges, read_actions, read_messages

_TEXTS = ("title", "summary", "legal_basis")


@dataclass(frozen=True)
class KindSettings:
    """A kind of case: what it is called, how its cases are numbered, its stages, the variables that it starts with."""

    id: str
    title: str
    number: str
    stages: tuple[Stage, ...]
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class ProcedureSettings:
    """What the page of a procedure's settings shows and changes; `lanes` maps the name of a lane to a role or to `system`."""

    title: str
    summary: str
    legal_basis: str
    lanes: Mapping[str, str]
    kinds: tuple[KindSettings, ...]
    messages: tuple[MessageSettings, ...] = ()
    actions: tuple[ActionSettings, ...] = ()


def read_settings(files: Mapping[str, bytes]) -> ProcedureSettings:
    """Return the settings of a package. `DomainError` (package.manifest) when its manifest cannot be read."""
    procedure = read_manifest(files)
    return ProcedureSettings(
        title=procedure.title,
        summary=procedure.summary,
        legal_basis=procedure.legal_basis,
        lanes={name: role.value if role else SYSTEM_LANE for name, role in procedure.lanes.items()},
        kinds=tuple(
            KindSettings(kind.id, kind.title, kind.number, kind.stages, kind.variables) for kind in procedure.case_kinds.values()
        ),
        messages=read_messages(procedure),
        actions=read_actions(procedure),
    )


def write_settings(files: Mapping[str, bytes], settings: ProcedureSettings) -> bytes:
    """Return the manifest with these settings; what they do not touch, comments included, stays as it was written.

    Raises `DomainError` for settings with which the package could not be read any more, e.g. two stages of one name.
    """
    _check(settings)
    document = parse_manifest(files[MANIFEST])
    for name in _TEXTS:
        value = getattr(settings, name)
        if value or name in document:
            put(document, name, value)
    put_table(document, "lanes", settings.lanes)
    for kind in settings.kinds:
        _put_kind(document, kind)
    put_exchanges(document, settings.messages, settings.actions)
    content = dump_manifest(document)
    read_manifest({**files, MANIFEST: content})
    return content


def _put_kind(document: Any, kind: KindSettings) -> None:
    entry = document["cases"][kind.id]
    put(entry, "title", kind.title)
    put(entry, "number", kind.number)
    put_table(entry, "variables", kind.variables)
    stages = [{"id": stage.id, "title": stage.title, "public": stage.public} for stage in kind.stages]
    put_rows(document["stages"], kind.id, stages, by="id")


def _check(settings: ProcedureSettings) -> None:
    if not settings.title.strip():
        raise DomainError("settings.title", "请填写流程名称。")
    if not settings.lanes:
        raise DomainError("settings.lanes", "请至少保留一个角色。")
    for kind in settings.kinds:
        names = [stage.id for stage in kind.stages]
        if not names or not all(stage.title for stage in kind.stages):
            raise DomainError("settings.stages", f"“{kind.title}”至少要有一个阶段，每个阶段都要有名称。")
        if len(set(names)) != len(names):
            raise DomainError("settings.stages", f"“{kind.title}”有两个阶段的编号相同，请改成不同的编号。")
