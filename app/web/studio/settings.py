"""The page of a procedure's settings: names, roles, stages and variables, without opening the manifest."""

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import ROLE_TITLES
from app.domain.errors import DomainError
from app.domain.permissions import ADMINISTRATORS, Permission
from app.domain.procedure import Stage
from app.services.studio.drafts import StaleDraft
from app.services.studio.procedure_settings import KindSettings, ProcedureSettings, read_settings, write_settings
from app.web.guards import needs
from app.web.studio.facts import sent_number, sent_text, the_draft
from app.web.studio.files import MANIFEST, free_name
from app.web.studio.group import studio
from app.web.studio.rehearsal_forms import value_of
from app.web.studio.saving import save_file

_MOST_ROWS = 60


@studio.get("/drafts/<int:draft_id>/settings")
@needs(Permission.DEPLOY_PROCEDURE)
def settings(draft_id: int) -> ResponseReturnValue:
    """Show what a draft's procedure is called, who its lanes are, its stages."""
    opened = the_draft(draft_id)
    try:
        now = read_settings(opened.files)
    except DomainError as error:
        flash(error.message)
        return redirect(url_for("studio.edit", draft_id=draft_id, path=MANIFEST))
    return _page(draft_id, now)


def _page(draft_id: int, shown: ProcedureSettings, problem: str = "", revision: int | None = None) -> str:
    opened = the_draft(draft_id)
    roles = {role.value: title for role, title in ROLE_TITLES.items() if role not in ADMINISTRATORS}
    return render_template(
        "studio/settings.html", draft=opened, shown=shown, problem=problem, manifest=MANIFEST, typed=_typed,
        revision=opened.revision if revision is None else revision, roles={**roles, "system": "系统自动办理"},
    )  # fmt: skip


def _typed(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@studio.post("/drafts/<int:draft_id>/settings")
@needs(Permission.DEPLOY_PROCEDURE)
def settings_save(draft_id: int) -> ResponseReturnValue:
    """Save the settings; the rest of the manifest, comments included, stays as it was written."""
    opened, revision = the_draft(draft_id), sent_number("revision")
    wanted = _sent(read_settings(opened.files))
    try:
        content = write_settings(opened.files, wanted)
        save_file(draft_id, revision=revision, file=MANIFEST, content=content)
    except StaleDraft as error:
        sentence = f"{error.message}这里仍是您填写的内容，再次保存即以它为准。"
        return _page(draft_id, wanted, sentence, error.comparison.revision), 409
    except DomainError as error:
        return _page(draft_id, wanted, error.message, revision), 422
    flash("流程设置已保存。")
    return redirect(url_for("studio.draft", draft_id=draft_id), 303)


def _sent(now: ProcedureSettings) -> ProcedureSettings:
    lanes = {row["name"]: row.get("role", "") for row in _rows("lane") if row.get("name")}
    return ProcedureSettings(
        title=sent_text("title", longest=60),
        summary=sent_text("summary"),
        legal_basis=sent_text("legal_basis"),
        lanes=lanes,
        kinds=tuple(_kind(kind) for kind in now.kinds),
    )


def _kind(kind: KindSettings) -> KindSettings:
    stages: list[Stage] = []
    for row in _rows(f"stage-{kind.id}"):
        if row.get("title") or row.get("id"):
            number = row.get("id") or free_name("stage", [*(one.id for one in kind.stages), *(one.id for one in stages)])
            stages.append(Stage(number, row.get("title", ""), row.get("public") or f"正在{row.get('title', '')}"))
    variables = {row["name"]: _value(row.get("value", "")) for row in _rows(f"variable-{kind.id}") if row.get("name")}
    title, number = sent_text(f"kind-{kind.id}-title", longest=60), sent_text(f"kind-{kind.id}-number", longest=40)
    return KindSettings(kind.id, title or kind.title, number or kind.number, tuple(stages), variables)


def _value(text: str) -> Any:
    value = value_of(text, "value")
    return "" if value is None else value


def _rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a list on the page, in the order of the page; its numbers may have gaps."""
    found: dict[int, dict[str, str]] = {}
    pattern = re.compile(re.escape(name) + r"-(\d{1,4})-([a-z]+)")
    for key in request.form:
        match = pattern.fullmatch(key)
        if match is not None:
            found.setdefault(int(match[1]), {})[match[2]] = sent_text(key, longest=200)
    yield from list(found.values())[:_MOST_ROWS]
