"""Electronic seals: the connected service seals the file of a paper, and the sealed file takes its place."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError, InvalidValues, NotFound
from app.persistence.models import Certificate, IssuedPaper, OfficialDocument, PaymentBatch, PublicNotice
from app.persistence.upsert import insert_once
from app.services.context import Context, Transaction
from app.services.issuing.seals import CERTIFICATE, DOCUMENT, NOTICE, PAYMENTS, Sealed, enter_record, require_right
from app.services.issuing.templates import template_by_id

Sealable = Certificate | OfficialDocument | PublicNotice | PaymentBatch
_TABLES: Mapping[str, Any] = {
    CERTIFICATE: Certificate,
    DOCUMENT: OfficialDocument,
    NOTICE: PublicNotice,
    PAYMENTS: PaymentBatch,
}


def seal_electronically(context: Context, *, actor: Actor, round_id: int, chosen: Sequence[tuple[str, int]]) -> int:
    """Have the connected service put the bodies' electronic seals on papers of a round, one after the other; return how many.

    What was sealed before a refusal stays sealed. The service is asked, and asked to check its seal, before each transaction.
    `DomainError` "seal.none" when no service is connected, what the service raises, `NotAllowed`, `NotFound`, `Conflict`,
    `InvalidValues`. Writes the sealed files, register and history.
    """
    require_right(actor)
    if not chosen:
        raise InvalidValues("seal.empty", "请至少勾选一份文书。", fields={"papers": "请至少勾选一份待用印的文书。"})
    for kind, paper_id in chosen:
        _seal_one(context, actor, round_id, kind, paper_id)
    return len(chosen)


def _seal_one(context: Context, actor: Actor, round_id: int, kind: str, paper_id: int) -> None:
    with context.reading() as tx:
        before, bodies = _paper(tx, round_id, kind, paper_id)
    with context.files.open(before) as stream:
        paper = stream.read()
    sealed = context.seals.seal(paper, body=bodies)
    # A seal is added in an update, as every signature of a PDF is: what was signed before stands there as it stood.
    if len(sealed) <= len(paper) or not sealed.startswith(paper):
        raise DomainError(
            "seal.another", "电子印章服务给出的不是这份文书加盖印章后的文件，没有登记。请联系服务的管理人，或按实体印章办理。"
        )
    if not context.seals.verify(sealed):
        raise DomainError("seal.broken", "电子印章服务给出的文件没有通过它自己的验证，没有登记。请联系服务的管理人。")
    stored = context.files.put(io.BytesIO(sealed), name=f"{kind}-{paper_id}.pdf")
    with context.transaction() as tx:
        # The record comes first: it locks the round's case, and refuses what was sealed meanwhile.
        told = Sealed(tx.today, context.seals.name, "电子用印")
        proof = (stored.sha256, f"电子用印-{kind}-{paper_id}.pdf")
        enter_record(tx, actor=actor, round_id=round_id, chosen=[(kind, paper_id)], told=told, proof=proof)
        if _paper(tx, round_id, kind, paper_id)[0] != before:
            raise Conflict("seal.changed", "这份文书刚刚有变动，没有用印。请刷新页面后重试。")
        _replace(tx, kind, paper_id, before=before, after=stored.sha256)


def _paper(tx: Transaction, round_id: int, kind: str, paper_id: int) -> tuple[str, str]:
    """Return hash and signing bodies of a paper. `NotFound`."""
    table = _TABLES.get(kind)
    row: Sealable | None = tx.session.get(table, paper_id, populate_existing=True) if table is not None else None
    if row is None or row.round_id != round_id or row.pdf_sha256 is None:
        raise NotFound("seal.paper", "勾选的文书不在本轮待用印的文书中。请刷新页面后重新勾选。")
    if isinstance(row, Certificate):
        return row.pdf_sha256, row.issuers
    version = tx.session.scalar(select(IssuedPaper.template_version_id).where(IssuedPaper.sha256 == row.pdf_sha256))
    if version is None:
        raise NotFound("seal.paper", "这份文书没有制发记录，不能电子用印。请按实体印章办理。")
    return row.pdf_sha256, "、".join(template_by_id(tx, version).metadata.signers)


def _replace(tx: Transaction, kind: str, paper_id: int, *, before: str, after: str) -> None:
    """Let the sealed file take the place of the paper; what it was made of stays known for both."""
    row: Sealable = tx.session.get_one(_TABLES[kind], paper_id)
    row.pdf_sha256 = after
    made = tx.session.scalars(select(IssuedPaper).where(IssuedPaper.sha256 == before)).one_or_none()
    if made is not None:
        kept = ("template_version_id", "values_json", "rendered_at", "signed_with")
        insert_once(tx.session, IssuedPaper, [{"sha256": after, **{key: getattr(made, key) for key in kept}}])
