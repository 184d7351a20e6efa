"""Closing a round's file: everything that belongs into it is there (domain handbook 1.17, stage 16)."""

from sqlalchemy import ColumnElement, func, select

from app.domain.errors import DomainError
from app.domain.fields import Values
from app.engine.types import Variable
from app.persistence.models import Case, Certificate, OfficialDocument, OutboxEntry, PublicNotice
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import text, whole
from app.services.issuing.file_papers import PAPER
from app.services.registry import Recorder


def record_archive(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Write into the history what was filed. Refuses while a paper of the round is not made or another case of it is open."""
    session, round_id = work.tx.session, work.the_round.id
    unmade = sum(
        session.scalar(
            select(func.count()).select_from(model).where(model.round_id == round_id, condition, model.pdf_sha256.is_(None))
        )
        or 0
        for model, condition in (
            (PublicNotice, PublicNotice.published_at.is_not(None)),
            (OfficialDocument, OfficialDocument.state == "issued"),
            (Certificate, Certificate.state == "valid"),
        )
    )
    unmade += (
        session.scalar(select(func.count()).where(OutboxEntry.kind == PAPER, OutboxEntry.state != "done", _of_round(round_id)))
        or 0
    )
    if unmade:
        raise DomainError("archive.papers", f"还有{unmade}份文书没有生成，请稍后再归档；长时间没有生成的，请联系系统管理员。")
    still_open = session.scalar(
        select(func.count()).where(Case.round_id == round_id, Case.ended_at.is_(None), Case.id != work.case.id)
    )
    if still_open:
        raise DomainError("archive.open", f"本轮还有{still_open}件办件没有办结，不能归档。")
    detail = {
        "archive_no": text(values, "archive_no"),
        "volumes": whole(values, "volumes"),
        "retention": text(values, "retention"),
    }
    work.note("archived", subject=text(values, "archive_no"), detail=detail)
    return {}


def _of_round(round_id: int) -> ColumnElement[bool]:
    return OutboxEntry.case_id.in_(select(Case.id).where(Case.round_id == round_id))


RECORDERS = (Recorder("record_archive", "归档", "核对文书齐全、办件办结，记录档号和卷数。", record_archive, ()),)
