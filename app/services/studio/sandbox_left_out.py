"""What a rehearsal leaves out: what the house would do beside the steps, named one by one so that nobody takes it for done.

Operations and recorders work on rows of real cases, rounds, people and registers. A rehearsal has none of them, so they are not run:
their answers are asked for, and what they would have done stands on its page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.lists import listed
from app.services.packages.package_papers import MADE_BY
from app.services.studio.sandbox_player import Rehearsing

MOST = 300


@dataclass(frozen=True)
class LeftOut:
    """Something that a real case would have brought about: at which step, what people call it, and the papers it makes."""

    step: str
    title: str
    description: str
    papers: tuple[str, ...] = ()


def note_left_out(scenario: dict[str, Any], player: Rehearsing) -> None:
    """Write down what would have been done beside the steps that were just played."""
    found: list[list[str]] = []
    for node in player.passed:
        call = player.calls.get(node.node_id)
        if node.kind == "userTask" and node.properties.get("records", "").strip():
            found.append(["recorder", node.properties["records"].strip(), node.node_id])
        elif node.kind == "serviceTask" and call is not None:
            found.append(["operation", call.operation, node.node_id])
    found += [["message", name, ""] for name in player.thrown]
    scenario["left_out"] = [*scenario.get("left_out", []), *found][-MOST:]


def left_out(player: Rehearsing, scenario: Mapping[str, Any]) -> list[LeftOut]:
    """Return what was written down, newest first, in words for people."""
    names = {node.node_id: node.name or node.node_id for node in player.spec.nodes(player.kind.process)}
    return [_line(player, kind, name, names.get(node, "")) for kind, name, node in reversed(scenario.get("left_out", []))]


def _line(player: Rehearsing, kind: str, name: str, step: str) -> LeftOut:
    if kind == "message":
        message = player.procedure.messages.get(name)
        to = player.procedure.case_kinds.get(message.target) if message is not None else None
        title = message.title if message is not None else name
        return LeftOut(step, f"发出“{title}”", f"送到{to.title}" if to is not None else "")
    known = (player.operations if kind == "operation" else player.recorders).get(name)
    papers = tuple(MADE_BY.get(name, {}).values())
    return LeftOut(step, known.title if known is not None else name, known.description if known is not None else "", papers)


def beside(player: Rehearsing, properties: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a real case would do at a step of a person that a rehearsal does not, in words for people."""
    form, recorder = properties.get("form", ""), player.recorders.get(properties.get("records", "").strip())
    found = ["打开表单时带出已有的内容"] if form in player.prefilled else []
    found += [f"提交时{recorder.title}"] if recorder is not None else []
    found += ["核对是否由同一人办过前面的环节"] if listed(properties.get("not_same_as", "")) else []
    return tuple(found)
