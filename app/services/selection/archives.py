"""Closing a round's file: everything that belongs into it is there (domain handbook 1.17, stage 16)."""

from functools import reduce
from operator import add

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from app.domain.errors import DomainError
from app.domain.fields import Values
from app.engine.types import Variable
from app.persistence.models import Case, Certificate, OfficialDocument, OutboxEntry, PaymentBatch, PaymentRow, PublicNotice
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import text, whole
from app.services.issuing.file_papers import PAPER
from app.services.registry import Recorder

_WHERE = "长时间没有生成的，请在轮次页面的“还没有生成的文书”里查看原因、重新制作，证书请看证书登记册。"


def record_archive(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Write into the history what was filed. Refuses while a paper of the round is not made or another case of it is open."""
    session, round_id = work.tx.session, work.the_round.id
    if unmade := session.scalar(_unmade(round_id)):
        raise DomainError("archive.papers", f"还有{unmade}份文书没有生成，请稍后再归档；{_WHERE}")
    still_open = session.scalar(
        select(func.count()).where(Case.round_id == round_id, Case.ended_at.is_(None), Case.id != work.case.id)
    )
    if still_open:
        raise DomainError("archive.open", f"本轮还有{still_open}件办件没有办结，不能归档。")
    detail = {
        "archive_no": text(values, "archive_no"),
        "volumes": whole(values, "volumes"),
        "retention": text(values, "retention"),
        "follow_up": text(values, "follow_up"),
        "managed_for": work.settings.management_years,
    }
    work.note("archived", subject=text(values, "archive_no"), detail=detail)
    return {}


def _unmade(round_id: int) -> Select[tuple[int]]:
    """Count the papers of a round that are due and not made (one statement: a step has few)."""
    due = (
        (PublicNotice, PublicNotice.published_at.is_not(None)),
        (OfficialDocument, OfficialDocument.state == "issued"),
        (Certificate, Certificate.state == "valid"),
        (PaymentBatch, and_(PaymentBatch.state == "settled", exists().where(PaymentRow.batch_id == PaymentBatch.id))),
    )
    counts = [
        select(func.count()).select_from(model).where(model.round_id == round_id, is_due, model.pdf_sha256.is_(None))
        for model, is_due in due
    ]
    asked = (OutboxEntry.kind == PAPER, OutboxEntry.state != "done", _of_round(round_id))
    counts.append(select(func.count()).select_from(OutboxEntry).where(*asked))
    return select(reduce(add, (count.scalar_subquery() for count in counts)))


def _of_round(round_id: int) -> ColumnElement[bool]:
    return OutboxEntry.case_id.in_(select(Case.id).where(Case.round_id == round_id))


RECORDERS = (Recorder("record_archive", "归档", "核对文书齐全、办件办结，记录档号和卷数。", record_archive, ()),)
