"""A small procedure of one's own: fill in, check, decide; it can be cancelled, reminds once, and comes with two scenarios."""

import json
from typing import Any

from tests.engine.diagrams import HEAD, boundary, end, flows, message, messages, properties, start, timer

MANIFEST = """
id = "small-service"
title = "小事项"
diagrams = ["flow.bpmn"]

[cases.request]
process = "request"
title = "申请"
number = "SQ{year}-{n:04d}"

[cases.request.variables]
decision = ""

[lanes]
"经办人" = "bureau_handler"
"负责人" = "bureau_leader"

[[stages.request]]
id = "filling"
title = "填写"
public = "正在填写"
[[stages.request]]
id = "checking"
title = "审核"
public = "正在审核"

[messages.cancelled]
title = "撤回"
from = "request"
to = "request"

[actions.cancel]
title = "撤回"
case = "request"
roles = ["bureau_handler"]
message = "cancelled"

[notifications]
todo = ["step"]
"""
WAYS = """S > fill > check > G
G > fill if decision == "return"
G > done
cancel > stopped
remind > reminded"""
FORM: dict[str, Any] = {
    "type": "default",
    "title": "申请表",
    "components": [{"type": "textfield", "id": "a", "key": "name", "label": "姓名"}],
}
CHECK: dict[str, Any] = {
    "type": "default", "title": "审核表",
    "components": [
        {"type": "radio", "id": "d", "key": "decision", "label": "结论", "validate": {"required": True}, "properties": {"buttons": "true"},
         "values": [{"label": "通过", "value": "pass"}, {"label": "退回", "value": "return"}]},
    ],
}  # fmt: skip
PASSED: dict[str, Any] = {
    "title": "一次通过", "case": "request", "steps": [{"complete": "fill"}, {"complete": "check", "values": {"decision": "pass"}}],
    "expect": {"outcome": "passed", "path": ["fill", "check", "done"], "variables": {"decision": "pass"}},
}  # fmt: skip
RETURNED: dict[str, Any] = {
    "title": "催办、退回一次后撤回", "case": "request",
    "steps": [{"complete": "fill"}, {"wait": "P4D"}, {"complete": "check", "values": {"decision": "return"}}, {"complete": "fill"},
              {"act": "cancel"}],
    "expect": {"outcome": "cancelled", "path": ["fill", "reminded", "check", "fill", "stopped"]},
}  # fmt: skip


def person(node_id: str, name: str, **values: str) -> str:
    """A user task."""
    return f'<bpmn:userTask id="{node_id}" name="{name}">{properties(**values)}</bpmn:userTask>'


def lanes(**nodes: str) -> str:
    """Lanes by role: `clerk` and `leader`, each with the ids of its nodes."""
    names = {"clerk": "经办人", "leader": "负责人"}
    inner = "".join(
        f'<bpmn:lane id="lane_{key}" name="{names[key]}">'
        + "".join(f"<bpmn:flowNodeRef>{node_id}</bpmn:flowNodeRef>" for node_id in ids.split())
        + "</bpmn:lane>"
        for key, ids in nodes.items()
    )
    return f'<bpmn:laneSet id="lanes">{inner}</bpmn:laneSet>'


def diagram(*, more: str = "", ways: str = WAYS, leader: str = "check", clerk: str = "fill", check: str = "check") -> bytes:
    """The flow, with more elements, other ways, and more nodes in the lanes; `check` renames the checking task."""
    body = (
        lanes(clerk=clerk, leader=leader.replace("check", check))
        + start()
        + person("fill", "填写申请", form="request", stage="filling", due="workdays(3)")
        + person(check, "审核申请", form="check", exports="decision", stage="checking", not_same_as="fill")
        + boundary("cancel", check, message("cancelled"))
        + boundary("remind", check, timer('duration("P3D")'), interrupting=False)
        + '<bpmn:exclusiveGateway id="G" name="是否通过" default="G_done" />'
        + end("done", outcome="passed")
        + end("stopped", outcome="cancelled")
        + end("reminded")
        + more
        + flows(ways.replace("check", check))
    )
    return f'{HEAD}<bpmn:process id="request" isExecutable="true">{body}</bpmn:process>{messages("cancelled")}</bpmn:definitions>'.encode()


def small(**changes: bytes | str | dict[str, Any] | None) -> dict[str, bytes]:
    """The files of the package; changes are named by path with `_` for `/` and `__` for `.`, None takes a file away."""
    files: dict[str, Any] = {
        "procedure.toml": MANIFEST,
        "flow.bpmn": diagram(),
        "forms/request.json": FORM,
        "forms/check.json": CHECK,
        "messages/todo.txt": "请办理{step}\n\n{recipient}：请办理{case_number}。\n",
        "scenarios/passed.json": PASSED,
        "scenarios/returned.json": RETURNED,
    }
    for name, content in changes.items():
        files[name.replace("__", ".").replace("_", "/")] = content
    return {path: as_bytes(content) for path, content in files.items() if content is not None}


def as_bytes(content: bytes | str | dict[str, Any]) -> bytes:
    """Return what a file holds."""
    if isinstance(content, dict):
        return json.dumps(content, ensure_ascii=False).encode()
    return content.encode() if isinstance(content, str) else content
