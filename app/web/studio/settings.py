"""The page of a procedure's settings: names, roles, stages, variables, messages and actions, without opening the manifest."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import ROLE_TITLES
from app.domain.errors import DomainError
from app.domain.permissions import ADMINISTRATORS, Permission
from app.services.packages.package_manifest import read_manifest
from app.services.studio.drafts import StaleDraft
from app.services.studio.procedure_exchanges import deliveries
from app.services.studio.procedure_settings import ProcedureSettings, read_settings, write_settings
from app.web.guards import needs
from app.web.house import context
from app.web.studio.facts import sent_number, the_draft
from app.web.studio.files import MANIFEST
from app.web.studio.group import studio
from app.web.studio.saving import save_file
from app.web.studio.settings_form import VALUE_KINDS, settings_sent, typed


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
    ways = deliveries(
        read_manifest(opened.files), addressers={one.name: one.title for one in context().registry.addressers.values()}
    )
    return render_template(
        "studio/settings.html", draft=opened, shown=shown, problem=problem, manifest=MANIFEST, typed=typed, value_kinds=VALUE_KINDS,
        revision=opened.revision if revision is None else revision, roles={**roles, "system": "系统自动办理"}, actors=roles, ways=ways,
        kinds=[(kind.id, kind.title) for kind in shown.kinds],
    )  # fmt: skip


@studio.post("/drafts/<int:draft_id>/settings")
@needs(Permission.DEPLOY_PROCEDURE)
def settings_save(draft_id: int) -> ResponseReturnValue:
    """Save the settings; the rest of the manifest, comments included, stays as it was written."""
    opened, revision = the_draft(draft_id), sent_number("revision")
    wanted = settings_sent(read_settings(opened.files))
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
