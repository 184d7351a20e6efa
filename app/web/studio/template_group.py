"""The group of the pages about paper templates, and what several of them need."""

import re
from collections.abc import Mapping

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError, NotFound
from app.services.issuing.template_drafts import open_paper
from app.services.issuing.template_overview import TemplateLine, TemplateVersionLine, template_overview
from app.services.versions.draft_view import OpenDraft
from app.web import answers
from app.web.errors import status_of
from app.web.house import context
from app.web.identity import current_actor

templates = Blueprint("templates", __name__, url_prefix="/templates")
templates_data = Blueprint("templates_data", __name__, url_prefix="/templates/drafts/<int:draft_id>/data")

PARTS = {"template.html": "内容", "style.css": "样式", "metadata.toml": "说明和字段", "sample.json": "样例数据"}
"""The texts of a template and what people call them."""
PICTURE_TAB = "pictures"


@templates_data.errorhandler(DomainError)
def _refused(error: DomainError) -> ResponseReturnValue:
    return answers.json_message(error.message, status_of(error))


def the_paper(draft_id: int) -> OpenDraft:
    """Return a draft of a template with its files."""
    return open_paper(context(), actor=current_actor(), draft_id=draft_id)


def template_facts(version_id: int) -> tuple[TemplateLine, TemplateVersionLine]:
    """Return a version, and the template that it belongs to, as the list has them."""
    for line in template_overview(context(), actor=current_actor()):
        for version in line.versions:
            if version.id == version_id:
                return line, version
    raise NotFound("template.version", "没有这个文书模板版本。请返回列表重新选择。")


def pictures_of(files: Mapping[str, bytes]) -> dict[str, int]:
    """Return the pictures of a template and their sizes in bytes."""
    return {name: len(content) for name, content in sorted(files.items()) if name not in PARTS}


def lies_wide(files: Mapping[str, bytes]) -> bool:
    """Tell whether a template's page lies on its long side, as far as its metadata can be read at the moment."""
    return re.search(rb'(?m)^page\s*=\s*"A\d landscape"', files.get("metadata.toml", b"")) is not None


def as_pdf(pdf: bytes, name: str) -> Response:
    """Hand out a PDF that is looked at in the page."""
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f"inline; filename={name}.pdf"})
