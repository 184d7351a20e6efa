"""Prize money: the account that a winner names, and the list that one person makes and another checks."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed
from app.domain.fields import Value, Values
from app.domain.identifiers import parse_bank_card
from app.domain.masking import mask_bank
from app.domain.money import Payment, gross_up, split_gross
from app.domain.names import clean_name
from app.engine.types import Variable
from app.persistence.models import Nomination as NominationRow
from app.persistence.models import PaymentAccount, PaymentBatch, PaymentRow
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import number, refusal, text
from app.services.context import Transaction
from app.services.registry import Addressed, Addresser, Operation, Recorder
from app.services.selection.nominees import Nominee
from app.services.selection.proposals import on_the_list

PDF = "payment_pdf"
FUNDS = {"talent": "区人才专项资金", "employment": "就业补助资金"}
"""What the funds of the plan's form are called on papers and pages."""
_SHOWN_HASH = 16
_CHECKS = ("people", "amount", "account", "fund")


def record_payment_account(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Keep where a winner wants the prize paid, encrypted; the number in the submission is replaced by its mask.

    Refuses an account in another name than the winner's.
    """
    row = work.tx.session.execute(
        select(NominationRow.name, PaymentAccount)
        .outerjoin(PaymentAccount, PaymentAccount.case_id == NominationRow.case_id)
        .where(NominationRow.case_id == work.case.id)
    ).one()
    try:
        name, card = clean_name(text(values, "account_name")), parse_bank_card(text(values, "bank_account"))
    except InvalidValues as error:
        field = "account_name" if error.code.startswith("name.") else "bank_account"
        raise refusal(field, error.message, code=error.code) from None
    if name != row[0]:
        raise refusal("account_name", "户名应与获奖人姓名一致，只能填写本人名下的账户。")
    account = row[1] or PaymentAccount(case_id=work.case.id)
    account.account_name, account.bank_name, account.account = name, text(values, "bank_name"), card.number
    work.tx.session.add(account)
    values["bank_account"] = mask_bank(card.number)
    return {}


def make_payment_batch(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Make the list of payments to all winners, to the cent, and freeze it by a hash. Nobody is on it when every title was revoked.

    Side effects: a batch with its rows; an earlier batch that was not settled is put aside as returned. Refuses when a winner has
    named no account, or when the total would pass what was approved.
    """
    settings, nominees = work.settings, on_the_list(work)
    accounts = _accounts_of_all(work, nominees)
    given = number(values, "tax_rate")
    rate = Decimal(settings.tax_rate_percent) if given is None else given
    payment = _payment(settings.prize_cents, rate=rate, borne_by=settings.tax_borne_by)
    rows = [
        PaymentRow(
            case_id=each.case_id,
            name=each.nomination.name,
            gross_cents=payment.gross,
            tax_cents=payment.tax,
            net_cents=payment.net,
        )
        for each in nominees
    ]
    _put_aside(work)
    assert work.actor.user_id is not None
    batch = PaymentBatch(
        round_id=work.the_round.id,
        fund_source=text(values, "fund_source") or settings.fund_source,
        budget_line=text(values, "budget_line"),
        state="draft",
        total_cents=sum(row.gross_cents for row in rows),
        rows_hash=rows_hash(rows, accounts),
        made_by=work.actor.user_id,
        made_at=work.tx.now,
    )
    work.tx.session.add(batch)
    work.tx.session.flush()  # the rows refer to the batch
    for row in rows:
        row.batch_id = batch.id
    work.tx.session.add_all(rows)
    return {}


def _accounts_of_all(work: CaseWork, nominees: Sequence[Nominee]) -> dict[int, str]:
    approved, prize = work.settings.authorization.approved_prize_cents, work.settings.prize_cents
    if approved and prize > approved:
        raise DomainError("payment.prize", "方案的奖金标准超过批准的标准，不能编制发放表。请先取得新的批准。")
    accounts = _accounts(work.tx, [each.case_id for each in nominees])
    missing = [each.nomination.name for each in nominees if each.case_id not in accounts]
    if missing:
        raise DomainError("payment.account", f"{'、'.join(missing)}还没有填写收款账户，请提醒后再编制发放表。")
    return accounts


def _put_aside(work: CaseWork) -> None:
    earlier = select(PaymentBatch).where(PaymentBatch.round_id == work.the_round.id, PaymentBatch.state == "draft")
    for batch in work.tx.session.scalars(earlier):
        batch.state = "returned"


def _payment(prize: int, *, rate: Decimal, borne_by: str) -> Payment:
    """The prize of the plan is what the recipient gets when the grantor bears the tax, else what the tax is taken from."""
    return gross_up(prize, rate_percent=rate) if borne_by == "grantor" else split_gross(prize, rate_percent=rate)


def _accounts(tx: Transaction, case_ids: Sequence[int]) -> dict[int, str]:
    found = tx.session.scalars(select(PaymentAccount).where(PaymentAccount.case_id.in_(case_ids)))
    return {account.case_id: account.account for account in found}


def rows_hash(rows: Sequence[PaymentRow], accounts: Mapping[int, str]) -> str:
    """Return the hash that freezes who gets how much on which account."""
    told = [[row.case_id, row.name, row.gross_cents, row.tax_cents, row.net_cents, accounts[row.case_id]] for row in rows]
    return hashlib.sha256(json.dumps(sorted(told), ensure_ascii=False).encode()).hexdigest()


def check_payment_batch(work: CaseWork, values: Values) -> dict[str, Variable]:
    """Pass or return the list. Refuses its maker, and a list of which anything was changed since it was made."""
    batch = _latest(work, "draft")
    if batch.made_by == work.actor.user_id:
        raise NotAllowed("payment.same_person", "编制人不能复核自己的发放表，请由另一位资金复核人办理。")
    if text(values, "payment_decision") != "pass":
        batch.state = "returned"
        return {}
    if set(_CHECKS) - set(map(str, _list(values))):
        raise refusal("checked_items", "通过前请逐项核对并全部勾选；有一项对不上的，请退回。")
    rows = _rows(work, batch)
    accounts = _accounts(work.tx, [row.case_id for row in rows])
    sums_fit = sum(row.gross_cents for row in rows) == batch.total_cents
    exact = all(row.gross_cents == row.tax_cents + row.net_cents for row in rows)
    same_people = {row.case_id for row in rows} == {each.case_id for each in on_the_list(work)}
    if not sums_fit or not exact or not same_people or rows_hash(rows, accounts) != batch.rows_hash:
        raise Conflict("payment.changed", "发放表编制后，人员、金额或账号有变动，不能通过。请退回重新编制。")
    batch.state, batch.checked_by = "checked", work.actor.user_id
    return {}


def _list(values: Values) -> list[Value]:
    given = values.get("checked_items")
    return given if isinstance(given, list) else []


def settle_payment(work: CaseWork, params: Mapping[str, Variable]) -> Variable:
    """Mark the checked list as paid; its paper is made after the commit, unless nobody is on it."""
    batch = _latest(work, "checked")
    batch.state, batch.settled_at = "settled", work.tx.now
    work.note(
        "payment_settled", subject=str(batch.id), detail={"total_cents": batch.total_cents, "hash": batch.rows_hash[:_SHOWN_HASH]}
    )
    if _rows(work, batch):
        work.enqueue(PDF, key=f"{PDF}:{batch.id}", case_id=work.case.id, payload={"batch": batch.id})
    return None


def _latest(work: CaseWork, state: str) -> PaymentBatch:
    """Return the newest batch of the round, which has to be in a state (one statement a step)."""
    query = select(PaymentBatch).where(PaymentBatch.round_id == work.the_round.id).order_by(PaymentBatch.id.desc()).limit(1)
    batch = work.once("payment batch", lambda: work.tx.session.scalars(query).one_or_none())
    if batch is None or batch.state != state:
        raise DomainError("payment.none", "没有找到待办理的发放表。请先编制发放表。")
    return batch


def _rows(work: CaseWork, batch: PaymentBatch) -> Sequence[PaymentRow]:
    query = select(PaymentRow).where(PaymentRow.batch_id == batch.id).order_by(PaymentRow.case_id)
    return work.once("payment rows", lambda: work.tx.session.scalars(query).all())


def paid_winners(work: CaseWork) -> Sequence[Addressed]:
    """Tell everybody on the settled list."""
    return [Addressed(row.case_id, {}) for row in _rows(work, _latest(work, "settled"))]


OPERATIONS = (Operation("settle_payment", "登记发放", "把复核通过的发放表登记为已发放。", settle_payment, {}),)
RECORDERS = (
    Recorder("record_payment_account", "收款账户", "加密保存获奖人本人的收款账户。", record_payment_account, ()),
    Recorder("make_payment_batch", "编制发放表", "按方案的奖金和税率编制发放表，固定其内容。", make_payment_batch, ()),
    Recorder("check_payment_batch", "复核发放表", "编制人以外的人核对发放表。", check_payment_batch, ()),
)
ADDRESSERS = (Addresser("paid_winners", "已发放奖金的人员", paid_winners, ()),)
