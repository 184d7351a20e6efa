"""The flagship's package as the studio's pages would be told about it: its diagrams, and the context of the editor."""

import json
import tomllib
from pathlib import Path
from typing import Any

from app.engine.gate.model import GateContext

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "bpmn" / "linkonggang-artisan"
FORMS = ROOT / "forms" / "linkonggang-artisan"

SEVERAL = {"group", "dynamiclist", "filepicker", "checklist", "taglist", "text", "separator", "spacer"}


def diagram(name: str) -> str:
    """Return a diagram of the flagship."""
    return (PACKAGE / name).read_text()


def form(key: str) -> dict[str, Any]:
    """Return a form of the flagship."""
    found: dict[str, Any] = json.loads((FORMS / f"{key}.json").read_text())
    return found


def _field(component: dict[str, Any]) -> dict[str, Any]:
    label = component.get("label") or component.get("dateLabel") or ""
    options = [{"value": one["value"], "label": one["label"]} for one in component.get("values", [])]
    kind = component["type"]
    return {"key": component["key"], "label": label, "kind": kind, "exportable": kind not in SEVERAL, "options": options or None}


def context() -> dict[str, Any]:
    """Return what `GET data-context-url` answers."""
    package = tomllib.loads((PACKAGE / "procedure.toml").read_text())
    forms = [json.loads(path.read_text()) for path in sorted(FORMS.glob("*.json"))]
    operation = {"name": "assign_panel", "title": "指派评审专家", "description": "把专家组分给各办件。", "returns": "专家名单"}
    params = [{"name": "count", "type": "integer", "title": "人数", "required": True}]
    return {
        "roles": [{"role": role, "title": name} for name, role in package["lanes"].items() if role != "system"],
        "lanes": [{"name": name, "role": role} for name, role in package["lanes"].items()],
        "forms": [
            {
                "key": one["id"],
                "title": one["title"],
                "edit_url": f"/forms/{one['id']}",
                "fields": [_field(component) for component in one["components"] if component.get("key")],
            }
            for one in forms
        ],
        "new_form_url": "/forms/new",
        "operations": [
            {**operation, "params": params},
            {"name": "disqualify_nominee", "title": "取消资格", "description": "", "params": [], "returns": ""},
        ],
        "recorders": [
            {"name": "record_objection_reply", "title": "登记异议答复", "description": "写入异议台账。", "exports": ["replied"]}
        ],
        "messages": [
            {
                "name": key,
                "title": one["title"],
                "from": one["from"],
                "to": one["to"],
                "from_kind": one["from"],
                "to_kind": one["to"],
                "delivery": "",
                "payload": [],
            }
            for key, one in package["messages"].items()
        ],
        "kinds": [{"id": key, "title": one["title"], "process": key} for key, one in package["cases"].items()],
        "deliveries": [{"title": "发给名单里的每一件", "options": [["list:winners", "获奖人"]]}],
        "messages_url": "/messages",
        "texts": [{"name": "todo", "title": "您有一项待办", "edit_url": "/texts/todo"}],
        "letters_url": "/letters",
        "stages": {
            process: [{"id": one["id"], "title": one["title"]} for one in stages] for process, stages in package["stages"].items()
        },
        "actions": [
            {"id": "return_to", "title": "退回", "help": "退给前面办过的一步。"},
            {"id": "transfer", "title": "转办", "help": "交给另一个人。"},
            {"id": "add_signer", "title": "加签", "help": "再请一个人会签。"},
        ],
        "functions": [
            {"name": "workdays", "title": "若干个工作日之后"},
            {"name": "deadline", "title": "轮次的时限"},
            {"name": "setting", "title": "方案中的设置"},
        ],
        "settings": [{"key": "review_days", "title": "审查期限"}, {"key": "objection_days", "title": "异议核查期限"}],
        "deadlines": [{"name": "nomination_close", "title": "申报截止"}],
        "tables": [
            {
                "decision": "grade",
                "title": "奖励标准",
                "edit_url": "/tables/grade",
                "outputs": [{"name": "amount", "label": "金额"}],
            }
        ],
        "processes": [{"id": key, "title": one["title"]} for key, one in package["cases"].items()],
        "variables": {key: [{"name": name, "title": ""} for name in one["variables"]] for key, one in package["cases"].items()},
    }


def gate_context() -> GateContext:
    """Return the same context for the gate as the editor is given."""
    given = context()
    return GateContext(
        roles={one["name"]: one["role"] for one in given["lanes"]},
        forms={one["key"]: frozenset(inner["key"] for inner in one["fields"]) for one in given["forms"]},
        operations={}, recorders={}, messages=frozenset(one["name"] for one in given["messages"]),
        stages=frozenset(one["id"] for stages in given["stages"].values() for one in stages), actions=frozenset({"return_to"}),
        functions=frozenset({"now", "workdays", "deadline", "setting"}),
    )  # fmt: skip
