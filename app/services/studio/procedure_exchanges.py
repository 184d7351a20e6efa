"""Messages and case actions of a draft as a page edits them: what a procedure's cases tell each other, and what people may do outside tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.catalog.manifest_text import put_entries
from app.domain.errors import DomainError
from app.domain.procedure import END_STAGE, Message, Procedure

_LIST, _ALL = "list", "all"


@dataclass(frozen=True)
class MessageSettings:
    """A message: what it is called, which kind of case sends it to which, and `delivery`, how it finds its cases.

    `delivery` is empty (an action or an operation sends it to a case), `list:<addresser>`, or `all:<kind>:<stage>`: the round is
    told once all cases of a kind have come to a stage.
    """

    name: str
    title: str
    source: str
    target: str
    delivery: str = ""


@dataclass(frozen=True)
class ActionSettings:
    """What people may do with a case outside its tasks; an empty `message` asks for a new one of the action's own name."""

    id: str
    title: str
    case_kind: str
    roles: tuple[str, ...]
    message: str
    until_stage: str = ""
    needs_reason: bool = False
    confirm: str = ""


def read_messages(procedure: Procedure) -> tuple[MessageSettings, ...]:
    """Return the messages of a package, in the order of its manifest."""
    return tuple(
        MessageSettings(one.name, one.title, one.source, one.target, _delivery(one)) for one in procedure.messages.values()
    )


def _delivery(message: Message) -> str:
    if message.barrier is not None:
        return f"{_ALL}:{message.barrier.of}:{message.barrier.stage}"
    return f"{_LIST}:{message.addressed_by}" if message.addressed_by else ""


def read_actions(procedure: Procedure) -> tuple[ActionSettings, ...]:
    """Return the case actions of a package, in the order of its manifest."""
    return tuple(
        ActionSettings(
            one.id, one.title, one.case_kind, tuple(sorted(role.value for role in one.roles)), one.message, one.until_stage or "",
            one.needs_reason, one.confirm,
        )
        for one in procedure.actions.values()
    )  # fmt: skip


def deliveries(procedure: Procedure, *, addressers: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the ways in which a message can find its cases, in groups of (value, words); `addressers` maps a name to its title."""
    kinds = procedure.case_kinds.values()
    groups = [("发给名单里的每一件", [(f"{_LIST}:{name}", title) for name, title in addressers.items()])]
    for kind in kinds if len(procedure.case_kinds) > 1 else ():
        stages = [*((stage.id, f"都到“{stage.title}”之后，发一次") for stage in kind.stages), (END_STAGE, "全部办结之后，发一次")]
        groups.append((f"等所有“{kind.title}”", [(f"{_ALL}:{kind.id}:{stage}", words) for stage, words in stages]))
    return groups


def with_new_names(
    messages: Sequence[MessageSettings], actions: Sequence[ActionSettings]
) -> tuple[list[MessageSettings], list[ActionSettings]]:
    """Give what is new the names by which diagrams refer to it, and an action without a message one of its own."""
    taken = {one.name for one in messages} | {one.id for one in actions}
    named = [replace(one, name=one.name or _free("message", taken)) for one in messages]
    acts = []
    for one in actions:
        key = one.id or _free("action", taken)
        if not one.message and key not in {each.name for each in named}:
            named.append(MessageSettings(key, one.title, one.case_kind, one.case_kind))
        acts.append(replace(one, id=key, message=one.message or key))
    return named, acts


def _free(stem: str, taken: set[str]) -> str:
    name = next(name for name in (f"{stem}_{number}" for number in range(1, len(taken) + 2)) if name not in taken)
    taken.add(name)
    return name


def put_exchanges(document: Any, messages: Sequence[MessageSettings], actions: Sequence[ActionSettings]) -> None:
    """Make a manifest hold exactly these messages and actions; what is not changed keeps its lines. `DomainError` for unusable ones."""
    messages, actions = with_new_names(messages, actions)
    for message in messages:
        if not message.title.strip():
            raise DomainError("settings.message", "每个消息都要有名称。")
    for action in actions:
        if not action.title.strip() or not action.roles:
            raise DomainError("settings.action", "每个办件动作都要有名称，并至少选择一个可以使用它的角色。")
    put_entries(document, "messages", {one.name: _message_entry(one) for one in messages})
    put_entries(document, "actions", {one.id: _action_entry(one) for one in actions})


def _message_entry(one: MessageSettings) -> dict[str, Any]:
    entry: dict[str, Any] = {"title": one.title, **({"from": one.source} if one.source else {}), "to": one.target}
    way, _, rest = one.delivery.partition(":")
    if way == _LIST:
        entry["addressed_by"] = rest
    elif way == _ALL:
        of, _, stage = rest.partition(":")
        entry["barrier"] = {"of": of, "stage": stage}
    return entry


def _action_entry(one: ActionSettings) -> dict[str, Any]:
    entry: dict[str, Any] = {"title": one.title, "case": one.case_kind, "roles": list(one.roles), "message": one.message}
    if one.until_stage:
        entry["until_stage"] = one.until_stage
    return {**entry, **({"reason": True} if one.needs_reason else {}), **({"confirm": one.confirm} if one.confirm else {})}
