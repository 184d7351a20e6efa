"""`procedure.toml`: the manifest of a package, read into a `Procedure`; every fault is named with its place."""

import tomllib
from collections.abc import Mapping
from typing import Any

from app.domain.actors import Role
from app.domain.errors import DomainError
from app.domain.procedure import END_STAGE, Barrier, CaseAction, CaseKind, Message, Procedure, Stage
from app.domain.toml_texts import read_toml

MANIFEST = "procedure.toml"
SYSTEM_LANE = "system"


def read_procedure(files: Mapping[str, bytes]) -> Procedure:
    """Read a package from its files; `DomainError` (package.manifest) names the first thing that is missing or wrong."""
    if MANIFEST not in files:
        raise _fault("流程包里缺少清单文件 procedure.toml。")
    try:
        document = read_toml(files[MANIFEST].decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fault(f"清单文件 procedure.toml 无法读取：{_place(error)}") from error
    diagrams = tuple(_texts(document, "diagrams"))
    for name in diagrams:
        if name not in files:
            raise _fault(f"清单里写的流程图“{name}”不在流程包里。")
    kinds = _kinds(document)
    return Procedure(
        id=_text(document, "id"),
        title=_text(document, "title"),
        summary=str(document.get("summary", "")),
        legal_basis=str(document.get("legal_basis", "")),
        diagrams=diagrams,
        case_kinds=kinds,
        lanes=_lanes(document),
        messages=_messages(document, kinds),
        actions=_actions(document, kinds),
        round_defaults=dict(document.get("round_defaults", {})),
        files=dict(files),
    )


def _kinds(document: Mapping[str, Any]) -> dict[str, CaseKind]:
    kinds: dict[str, CaseKind] = {}
    for name, entry in _tables(document, "cases").items():
        stages = tuple(
            Stage(_text(stage, "id"), _text(stage, "title"), str(stage.get("public", stage["title"])))
            for stage in document.get("stages", {}).get(name, [])
        )
        if not stages:
            raise _fault(f"办件类型“{name}”没有写明阶段（stages.{name}）。")
        number = str(entry.get("number", name.upper() + "{year}-{n:04d}"))
        kinds[name] = CaseKind(
            name, _text(entry, "process"), _text(entry, "title"), number, stages, dict(entry.get("variables", {}))
        )
    if not kinds:
        raise _fault("清单里没有办件类型（cases）。")
    return kinds


def _lanes(document: Mapping[str, Any]) -> dict[str, Role | None]:
    lanes: dict[str, Role | None] = {}
    for name, role in document.get("lanes", {}).items():
        if role != SYSTEM_LANE and role not in set(Role):
            raise _fault(f"泳道“{name}”对应的角色“{role}”不存在。")
        lanes[name] = None if role == SYSTEM_LANE else Role(role)
    return lanes


def _messages(document: Mapping[str, Any], kinds: Mapping[str, CaseKind]) -> dict[str, Message]:
    messages: dict[str, Message] = {}
    for name, entry in _tables(document, "messages").items():
        barrier = entry.get("barrier")
        if barrier is not None:
            _check_stage(kinds, str(barrier.get("of")), str(barrier.get("stage")), f"消息“{name}”")
        messages[name] = Message(
            name=name,
            title=_text(entry, "title"),
            source=str(entry.get("from", "")),
            target=_known_kind(kinds, _text(entry, "to"), f"消息“{name}”"),
            addressed_by=entry.get("addressed_by"),
            barrier=None if barrier is None else Barrier(str(barrier["of"]), str(barrier["stage"])),
        )
    return messages


def _actions(document: Mapping[str, Any], kinds: Mapping[str, CaseKind]) -> dict[str, CaseAction]:
    actions: dict[str, CaseAction] = {}
    for name, entry in _tables(document, "actions").items():
        kind = _known_kind(kinds, _text(entry, "case"), f"动作“{name}”")
        until = entry.get("until_stage")
        if until is not None:
            _check_stage(kinds, kind, until, f"动作“{name}”")
        unknown = set(_texts(entry, "roles")) - set(Role)
        if unknown:
            raise _fault(f"动作“{name}”的角色“{sorted(unknown)[0]}”不存在。")
        actions[name] = CaseAction(
            id=name,
            title=_text(entry, "title"),
            case_kind=kind,
            roles=frozenset(Role(role) for role in entry["roles"]),
            message=_text(entry, "message"),
            until_stage=until,
            needs_reason=bool(entry.get("reason", False)),
            confirm=str(entry.get("confirm", "")),
        )
    return actions


def _known_kind(kinds: Mapping[str, CaseKind], kind: str, place: str) -> str:
    if kind not in kinds:
        raise _fault(f"{place}里的办件类型“{kind}”不存在。")
    return kind


def _check_stage(kinds: Mapping[str, CaseKind], kind: str, stage: str, place: str) -> None:
    _known_kind(kinds, kind, place)
    if stage != END_STAGE and stage not in {item.id for item in kinds[kind].stages}:
        raise _fault(f"{place}里的阶段“{stage}”不存在。")


def _tables(document: Mapping[str, Any], key: str) -> Mapping[str, Mapping[str, Any]]:
    tables = document.get(key, {})
    if not isinstance(tables, dict) or not all(isinstance(entry, dict) for entry in tables.values()):
        raise _fault(f"清单里的“{key}”写法不对，应为若干小节。")
    return tables


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise _fault(f"清单里缺少“{key}”，或它不是文字。")
    return value


def _texts(entry: Mapping[str, Any], key: str) -> list[str]:
    value = entry.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise _fault(f"清单里的“{key}”应为文字的列表。")
    return value


def _place(error: Exception) -> str:
    # The library's message is English; the place in the file is what helps.
    line = getattr(error, "lineno", None)
    return f"第 {line} 行写法不对。" if line else "文件不是有效的 TOML（UTF-8 编码）。"


def _fault(sentence: str) -> DomainError:
    return DomainError("package.manifest", sentence)
