"""Papers of a file: made after the commit from what is recorded, numbered where they leave the house, kept with the case.

A step only asks for a paper (one outbox entry, however many papers); what it says is read when it is made, so that a step stays
cheap. A paper that is made anew replaces the earlier one, which stays in the file as void. What a paper says is the business of
the features: each gives its own `Kind` to the table in `file_paper_kinds`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from sqlalchemy import bindparam, select, update

from app.documents.metadata import format_number, wording
from app.documents.templates import Template
from app.domain.actors import Role
from app.domain.rounds import RoundSettings, settings_from_json
from app.engine.types import Variable
from app.persistence.models import Case, IssuedPaper, OfficialDocument, SelectionRound
from app.services import numbers
from app.services.casework.case_work import CaseWork
from app.services.context import Context, Transaction
from app.services.issuing.paper_photos import with_photos
from app.services.issuing.papers import honor_title, ordinal, printed_values, render_checked, template_of
from app.services.issuing.signed_papers import finish, keep_finished
from app.services.packages.procedure_cache import LoadedProcedure

PAPER = "file_paper"
"""The kind of outbox entry that has a paper made."""
MAKING, ISSUED, VOID = "making", "issued", "void"
_FILED = (
    select(
        OfficialDocument.id,
        OfficialDocument.doc_type,
        OfficialDocument.title,
        OfficialDocument.number,
        OfficialDocument.issued_on,
        OfficialDocument.pdf_sha256,
        IssuedPaper.signed_with,
    )
    .outerjoin(IssuedPaper, IssuedPaper.sha256 == OfficialDocument.pdf_sha256)  # papers of early days remember no version
    .where(OfficialDocument.case_id == bindparam("case_id"), OfficialDocument.state == ISSUED)
    .order_by(OfficialDocument.id)
)


@dataclass(frozen=True)
class Written:
    """What a paper says: its title in the file, the values for its template, and what must come out of the PDF again."""

    title: str
    values: Mapping[str, Any]
    expected: Sequence[str]


@dataclass(frozen=True)
class Kind:
    """A kind of paper: its template, who may read it, and what writes it."""

    name: str
    title: str
    template: str
    readers: frozenset[Role]
    write: "Callable[[Desk], Written]"
    replaces: bool = True  # whether a new one of the case makes the earlier one void


@dataclass(frozen=True)
class Desk:
    """What the writer of a paper works with."""

    tx: Transaction
    case: Case
    round: SelectionRound
    loaded: LoadedProcedure
    template: Template
    row: OfficialDocument
    payload: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def settings(self) -> RoundSettings:
        """What the round decides for itself."""
        return settings_from_json(json.loads(self.round.settings_json))

    @property
    def honor(self) -> str:
        """The title that the selection gives."""
        return honor_title(self.loaded.procedure.title)

    @property
    def session_name(self) -> str:
        """Which of the rounds it is, e.g. 第一届."""
        return f"第{ordinal(self.round.round_no)}届"

    def word(self, name: str, **values: str) -> str:
        """Return a fixed text of the template; which round and which title it is about is put in. Raises as `wording` does."""
        return wording(self.template.metadata, name, **{"session": self.session_name, "honor": self.honor, **values})

    def number(self) -> str:
        """Return the paper's document number by the pattern of its template; taken once, and never given to another paper."""
        if self.row.number is None:
            pattern, year = self.template.metadata.numbering, self.tx.today.year
            serial = numbers.next_number(self.tx, f"document:{pattern.partition('〔')[0]}:{year}")
            self.row.number = format_number(pattern, year=year, number=serial)
        return self.row.number


def ask_for(work: CaseWork, kind: str, *, case_id: int | None = None, **facts: Variable) -> None:
    """Have a paper of a kind made for the case (or another case of its round) after the commit. Puts an entry into the outbox."""
    case_id = case_id or work.case.id
    payload = {"paper": kind, "case": case_id, **facts}
    key = f"{kind}:{case_id}:{work.case.id}.{work.case.audit_seq}"
    work.enqueue(PAPER, key=key, case_id=case_id, payload=payload)


def make(tx: Transaction, kind: Kind, payload: Mapping[str, Any]) -> Callable[[], None]:
    """Write what a paper says and take its number; return the errand that renders it and puts it into the file.

    Rendering takes as long as it takes and holds no lock. A paper whose rendering failed keeps row and number for the next attempt.
    Side effects: a row. Raises `DomainError` for what cannot be printed.
    """
    case = tx.session.get_one(Case, int(payload["case"]))
    assert case.round_id is not None
    round_ = tx.session.get_one(SelectionRound, case.round_id)
    loaded = tx.context.procedures.get(tx.session, case.procedure_version_id)
    row = _begun(tx, case, kind)
    desk = Desk(tx, case, round_, loaded, template_of(tx, round_.procedure, kind.template), row, payload)
    written = kind.write(desk)
    row.title, row.issued_on = written.title[:160], tx.today.isoformat()
    tx.session.flush()
    printed = printed_values(desk.template, written.values, synthetic=tx.context.synthetic)
    job = _Job(row.id, kind, desk.template, printed, written.expected, f"{kind.title}-{case.number}", tx.now)
    return partial(_finish, tx.context, job)


@dataclass(frozen=True)
class _Job:
    """What is to be rendered for a row."""

    row_id: int
    kind: Kind
    template: Template
    printed: Mapping[str, Any]
    expected: Sequence[str]
    name: str
    at: datetime


def _begun(tx: Transaction, case: Case, kind: Kind) -> OfficialDocument:
    """Return the row of a paper that was begun and not finished, or a new one."""
    query = select(OfficialDocument).where(
        OfficialDocument.case_id == case.id, OfficialDocument.doc_type == kind.name, OfficialDocument.state == MAKING
    )
    row = tx.session.scalars(query.order_by(OfficialDocument.id).limit(1)).first()
    if row is None:
        # The paper itself remembers what it says (`papers.keep`), so the row holds no values.
        row = OfficialDocument(
            round_id=case.round_id, case_id=case.id, doc_type=kind.name, title=kind.title, values_json="{}", state=MAKING
        )
        tx.session.add(row)
    return row


def _finish(context: Context, job: _Job) -> None:
    shown, pictures = with_photos(context, job.printed)
    pdf = render_checked(job.template, shown, created_at=job.at, expected=job.expected, resources=pictures)
    paper = finish(context, pdf, name=job.name, reason=job.template.metadata.reason, at=job.at)
    with context.transaction() as tx:
        row = tx.session.get_one(OfficialDocument, job.row_id)
        if job.kind.replaces:
            of_kind = (
                OfficialDocument.case_id == row.case_id,
                OfficialDocument.doc_type == row.doc_type,
                OfficialDocument.state == ISSUED,
            )
            tx.session.execute(update(OfficialDocument).where(*of_kind).values(state=VOID))
        row.pdf_sha256 = keep_finished(tx, job.template, shown, paper=paper, rendered_at=job.at)
        row.state = ISSUED


@dataclass(frozen=True)
class FiledPaper:
    """A paper in force as the file lists it, and whether it carries a signature."""

    id: int
    doc_type: str
    title: str
    number: str
    issued_on: str
    sha256: str
    is_signed: bool


def papers_of(tx: Transaction, *, case_id: int) -> Sequence[FiledPaper]:
    """Return the papers of a case that are in force, in the order in which they were made (one statement)."""
    return [
        FiledPaper(id_, doc_type, title, number or "", issued_on, sha256 or "", signed_with is not None)
        for id_, doc_type, title, number, issued_on, sha256, signed_with in tx.session.execute(_FILED, {"case_id": case_id})
    ]
