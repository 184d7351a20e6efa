"""What was sent with the page of a procedure's settings, read row by row; numbers of rows may have gaps."""

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import request

from app.domain.procedure import Stage
from app.services.studio.procedure_exchanges import ActionSettings, MessageSettings
from app.services.studio.procedure_settings import KindSettings, ProcedureSettings
from app.web import answers
from app.web.studio.facts import sent_text
from app.web.studio.files import free_name
from app.web.studio.rehearsal_forms import value_of

VALUE_KINDS = {"text": "文字", "number": "数字", "yes": "是或否", "list": "名单", "other": "其他"}
_YES = frozenset({"是", "true", "True", "1"})
_MOST_ROWS = 60


def settings_sent(now: ProcedureSettings) -> ProcedureSettings:
    """Return the settings as the page has them; `now` says which kinds of case there are."""
    return ProcedureSettings(
        title=sent_text("title", longest=60),
        summary=sent_text("summary"),
        legal_basis=sent_text("legal_basis"),
        lanes={row["name"]: row.get("role", "") for row in _rows("lane") if row.get("name")},
        kinds=tuple(_kind(kind) for kind in now.kinds),
        messages=tuple(_message(row) for row in _rows("message") if row.get("title") or row.get("name")),
        actions=tuple(_action(row) for row in _rows("action") if row.get("title") or row.get("id")),
    )


def typed(value: Any) -> tuple[str, str]:
    """Return which of `VALUE_KINDS` a variable's first value is, and the value as people write it."""
    if isinstance(value, bool):
        return "yes", "是" if value else "否"
    if isinstance(value, int | float):
        return "number", str(value)
    if isinstance(value, list) and all(isinstance(one, str | int) and not isinstance(one, bool) for one in value):
        return "list", "、".join(str(one) for one in value)
    return ("text", value) if isinstance(value, str) else ("other", json.dumps(value, ensure_ascii=False))


def _kind(kind: KindSettings) -> KindSettings:
    stages: list[Stage] = []
    for row in _rows(f"stage-{kind.id}"):
        if row.get("title") or row.get("id"):
            number = row.get("id") or free_name("stage", [*(one.id for one in kind.stages), *(one.id for one in stages)])
            stages.append(Stage(number, row.get("title", ""), row.get("public") or f"正在{row.get('title', '')}"))
    variables = {row["name"]: _value(row) for row in _rows(f"variable-{kind.id}") if row.get("name")}
    title, number = sent_text(f"kind-{kind.id}-title", longest=60), sent_text(f"kind-{kind.id}-number", longest=40)
    return KindSettings(kind.id, title or kind.title, number or kind.number, tuple(stages), variables)


def _value(row: dict[str, str]) -> Any:
    kind, text = row.get("kind", "other"), row.get("value", "")
    if kind == "text":
        return text
    if kind == "yes":
        return text in _YES
    if kind == "list":
        return [value_of(one) for one in re.split(r"[、,，;；]", text) if one.strip()]
    value = value_of(text)
    if value is None or (kind == "number" and not isinstance(value, int)):
        return 0 if kind == "number" else ""
    return value


def _message(row: dict[str, str]) -> MessageSettings:
    return MessageSettings(
        row.get("name", ""), row.get("title", ""), row.get("from", ""), row.get("to", ""), row.get("delivery", "")
    )


def _action(row: dict[str, str]) -> ActionSettings:
    roles = tuple(role for role in row.get("roles", "").split(",") if role)
    return ActionSettings(
        row.get("id", ""), row.get("title", ""), row.get("case", ""), roles, row.get("message", ""), row.get("until", ""),
        row.get("reason", "") == "yes", row.get("confirm", ""),
    )  # fmt: skip


def _rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a list on the page, in the order of the page; several values under one name are joined by commas."""
    found: dict[int, dict[str, str]] = {}
    pattern = re.compile(re.escape(name) + r"-(\d{1,4})-([a-z]+)")
    for key in request.form:
        match = pattern.fullmatch(key)
        if match is not None:
            texts = [answers.clean(text, longest=200) for text in request.form.getlist(key)[:_MOST_ROWS]]
            found.setdefault(int(match[1]), {})[match[2]] = ",".join(texts)
    yield from list(found.values())[:_MOST_ROWS]
