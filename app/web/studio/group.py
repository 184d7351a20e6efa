"""The two groups of the studio: its pages, and what its scripts ask for, where every refusal is JSON."""

from flask import Blueprint, Response

from app.domain.errors import DomainError
from app.web import answers
from app.web.errors import status_of

studio = Blueprint("studio", __name__, url_prefix="/procedures")
drafts_data = Blueprint("drafts_data", __name__, url_prefix="/procedures/drafts/<int:draft_id>/data")

STATES = {"current": "使用中", "earlier": "旧版本", "retired": "已停用"}
DRAFT_STATES = {"draft": "草稿", "waiting": "等待确认", "deployed": "已部署"}


@drafts_data.errorhandler(DomainError)
def _refused(error: DomainError) -> Response:
    return answers.json_message(error.message, status_of(error))
