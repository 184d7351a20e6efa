"""Files of a work item: one a request, as soon as it is chosen; a plain page for browsers without scripts."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, NotFound
from app.domain.fields import Field
from app.domain.permissions import Permission
from app.services.casework import attachments, work_items
from app.services.casework.case_file import open_case
from app.web import answers
from app.web.guards import needs
from app.web.house import config, context, reading
from app.web.identity import current_actor
from app.web.tasks.sheet import bound_form, file_field

uploads = Blueprint("uploads", __name__, url_prefix="/work-items/<int:item_id>/attachments")


@uploads.get("", endpoint="show")
@needs(Permission.SEE_DESK)
def show(item_id: int) -> str:
    """Show what was uploaded for a field, and a form to upload more."""
    name = answers.text_argument("field", longest=120)
    field = _field(item_id, name)
    with reading() as tx:
        opened = work_items.take(tx, actor=current_actor(), item_id=item_id)
        file = open_case(tx, actor=current_actor(), case_id=opened.item.case_id)
        held = [one for one in file.files.values() if one.work_item_id == item_id and one.field_key == name[:60]]
    limit = config().upload_limit_bytes
    return render_template("tasks/uploads.html", item=opened.item, name=name, field=field, held=held, limit=limit)


@uploads.post("", endpoint="upload")
@needs(Permission.SEE_DESK)
def upload(item_id: int) -> ResponseReturnValue:
    """Take one file for a field of the form."""
    name = answers.clean(request.form.get("field", ""), longest=120)
    field = _field(item_id, name)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise DomainError("file.none", "没有收到文件。请先选择文件，再上传。")
    _check_ending(field, sent.filename)
    held = attachments.store_upload(
        context(), actor=current_actor(), item_id=item_id, field_key=name, stream=sent.stream, name=sent.filename
    )
    if answers.wants_json():
        url = url_for("files.attachment", attachment_id=held.id)
        answer = jsonify(id=str(held.id), name=held.name, size=held.size, media_type=held.media_type, url=url)
        answer.status_code = 201
        return answer
    flash(f"已上传“{held.name}”。", "saved")
    return redirect(url_for("uploads.show", item_id=item_id, field=name), 303)


@uploads.post("/<int:attachment_id>/delete", endpoint="delete")
@needs(Permission.SEE_DESK)
def delete(item_id: int, attachment_id: int) -> ResponseReturnValue:
    """Take a file back before the work item is completed."""
    attachments.remove_upload(context(), actor=current_actor(), item_id=item_id, attachment_id=attachment_id)
    if answers.wants_json():
        return jsonify(id=str(attachment_id))
    flash("材料已删除。", "saved")
    return redirect(url_for("uploads.show", item_id=item_id, field=request.form.get("field", "")), 303)


def _field(item_id: int, name: str) -> Field:
    with reading() as tx:
        opened = work_items.take(tx, actor=current_actor(), item_id=item_id)
        # Of the form its fields alone are wanted, so that what stands in it is not looked up.
        field = file_field(bound_form(tx, opened, sent=request.form)[1], name) if opened.form else None
    if field is None or field.readonly:
        raise NotFound("file.field", "这张表单没有这一项材料。请刷新页面后重新上传。")
    return field


def _check_ending(field: Field, name: str) -> None:
    """What a field accepts is said before the file is read; what the file is, the store finds out by itself."""
    accepted = [one.strip().lower() for one in field.accept.split(",") if one.strip().startswith(".")]
    if accepted and not name.lower().endswith(tuple(accepted)):
        raise DomainError(
            "file.type", f"“{field.label}”只接受 {'、'.join(accepted)} 文件。请换一个文件，或另存为这些格式后再上传。"
        )
