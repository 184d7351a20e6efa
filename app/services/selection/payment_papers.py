"""The list of payments on paper: rendered after the commit from a settled batch, without holding the database meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import and_, select

from app.documents.templates import Template
from app.domain.actors import SYSTEM
from app.domain.clock import local
from app.persistence.models import (
    Certificate,
    Nomination,
    OfficialDocument,
    OrgUnit,
    PaymentAccount,
    PaymentBatch,
    PaymentRow,
    SelectionRound,
    User,
)
from app.services.casework import cases
from app.services.context import Context, Transaction
from app.services.issuing.official_documents import DECISION
from app.services.issuing.papers import ordinal, printed_values, render_checked, template_of
from app.services.issuing.signed_papers import finish, keep_finished
from app.services.registry import Delivery
from app.services.selection.payments import FUNDS, PDF

PAPER = "payment-list"


def deliver_pdf(tx: Transaction, payload: Mapping[str, Any]) -> Callable[[], None]:
    """Gather what the list of a settled batch says; what is handed back renders it, keeps it and notes its hash in the history.

    Accounts show their last four digits.
    """
    batch = tx.session.get_one(PaymentBatch, int(payload["batch"]))
    round_ = tx.session.get_one(SelectionRound, batch.round_id)
    template = template_of(tx, round_.procedure, PAPER)
    rows = _rows(tx, batch)
    values = _values(tx, batch, round_, template, rows=rows)
    printed = printed_values(template, values, synthetic=tx.context.synthetic)
    names = [row["name"] for row in rows]
    return partial(_render, tx.context, batch.id, template, printed, expected=names, name=values["batch_number"], at=tx.now)


def _values(
    tx: Transaction, batch: PaymentBatch, round_: SelectionRound, template: Template, *, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    decisions = select(OfficialDocument.number).where(
        OfficialDocument.round_id == round_.id, OfficialDocument.doc_type == DECISION, OfficialDocument.number.is_not(None)
    )
    hands = select(User.id, User.name).where(User.id.in_([batch.made_by, batch.checked_by]))
    people = {row.id: row.name for row in tx.session.execute(hands)}
    return {
        "title": f"第{ordinal(round_.round_no)}届{template.metadata.title.removeprefix('“').replace('”', '')}",
        "unit_name": template.metadata.signers[0],
        "batch_number": f"JJ-{round_.year}-{batch.id:02d}",
        "fund_source": FUNDS.get(batch.fund_source, batch.fund_source),
        "basis": tx.session.scalar(decisions) or "授予称号的决定",
        "people": len(rows),
        "gross_total": sum(row["gross"] for row in rows),
        "tax_total": sum(row["tax"] for row in rows),
        "net_total": sum(row["net"] for row in rows),
        "made_on": local(batch.made_at).date(),
        "maker": people.get(batch.made_by, ""),
        "checker": people.get(batch.checked_by or 0, ""),
        "rows": rows,
    }


def _rows(tx: Transaction, batch: PaymentBatch) -> list[dict[str, Any]]:
    # A certificate that was replaced stays in the register: only the one in force stands beside its holder's name.
    in_force = and_(Certificate.case_id == PaymentRow.case_id, Certificate.state == "valid")
    found = tx.session.execute(
        select(PaymentRow, PaymentAccount.account, OrgUnit.name, Certificate.serial)
        .join(PaymentAccount, PaymentAccount.case_id == PaymentRow.case_id)
        .join(Nomination, Nomination.case_id == PaymentRow.case_id)
        .join(OrgUnit, OrgUnit.id == Nomination.employer_id)
        .outerjoin(Certificate, in_force)
        .where(PaymentRow.batch_id == batch.id)
        .order_by(Certificate.serial, PaymentRow.case_id)
    )
    return [
        {"number": serial or "—", "name": row.name, "employer": employer, "gross": row.gross_cents, "tax": row.tax_cents,
         "net": row.net_cents, "account": f"****{account[-4:]}"}
        for row, account, employer, serial in found
    ]  # fmt: skip


def _render(
    context: Context,
    batch_id: int,
    template: Template,
    printed: Mapping[str, Any],
    *,
    expected: Sequence[str],
    name: str,
    at: datetime,
) -> None:
    pdf = render_checked(template, printed, created_at=at, expected=expected)
    paper = finish(context, pdf, name=name, reason=template.metadata.reason, at=at)
    with context.transaction() as tx:
        batch = tx.session.get_one(PaymentBatch, batch_id)
        batch.pdf_sha256 = keep_finished(tx, template, printed, paper=paper, rendered_at=at)
        round_ = tx.session.get_one(SelectionRound, batch.round_id)
        work, _ = cases.lock(tx, round_.case_id or 0, actor=SYSTEM)
        work.note("paper_made", subject=name, detail={"sha256": batch.pdf_sha256})


DELIVERIES = (Delivery(PDF, "奖金发放表", deliver_pdf),)
