"""The list of payments as a spreadsheet for the finance office: with control totals, and on record."""

from sqlalchemy import select

from app.documents.spreadsheets import Column, Sheet, write_xlsx
from app.domain.actors import Actor, Role
from app.domain.errors import NotAllowed, NotFound
from app.domain.masking import mask_bank
from app.persistence.models import PaymentAccount, PaymentBatch, PaymentRow, SelectionRound
from app.services import audit
from app.services.casework import cases
from app.services.context import Context, Transaction


def payment_list(context: Context, *, actor: Actor, batch_id: int, whole_accounts: bool = False) -> bytes:
    """Return the rows of a batch with their sums, for the two people of the finance office. Writes an event.

    Whole account numbers, which the bank's file needs, are given only for a batch that was checked.
    """
    if not actor.has(Role.FINANCE_MAKER, Role.FINANCE_CHECKER):
        raise NotAllowed("export.payment", "只有资金经办人和复核人可以导出发放表。")
    with context.transaction() as tx:
        batch = tx.session.get(PaymentBatch, batch_id)
        if batch is None:
            raise NotFound("payment.unknown", "没有找到这张发放表。")
        if whole_accounts and batch.state not in ("checked", "settled"):
            raise NotAllowed("export.account", "发放表复核通过后，才能导出完整账号。")
        _record(tx, actor, batch.round_id, what="奖金发放表" + ("（完整账号）" if whole_accounts else ""))
        found = tx.session.execute(
            select(PaymentRow, PaymentAccount)
            .join(PaymentAccount, PaymentAccount.case_id == PaymentRow.case_id)
            .where(PaymentRow.batch_id == batch_id)
            .order_by(PaymentRow.case_id)
        ).all()
        columns = (
            Column("name", "姓名", width=16), Column("holder", "户名", width=16), Column("bank", "开户银行", width=24),
            Column("account", "账号", width=24),
            Column("gross", "应发", "money", width=14, total=True), Column("tax", "代扣税款", "money", width=14, total=True),
            Column("net", "实发", "money", width=14, total=True),
        )  # fmt: skip
        rows = [
            {"name": row.name, "holder": account.account_name, "bank": account.bank_name,
             "gross": row.gross_cents, "tax": row.tax_cents, "net": row.net_cents, "account": account.account if whole_accounts else mask_bank(account.account)}
            for row, account in found
        ]  # fmt: skip
        return write_xlsx([Sheet("奖金发放表", columns, rows, (f"校验值 {batch.rows_hash}",))], made_at=tx.now)


def _record(tx: Transaction, actor: Actor, round_id: int, *, what: str) -> None:
    case_id = tx.session.scalar(select(SelectionRound.case_id).where(SelectionRound.id == round_id))
    work, _ = cases.lock(tx, case_id or 0, actor=actor)
    audit.record_on_case(tx, work.case, actor=actor, action="exported", subject=what)
