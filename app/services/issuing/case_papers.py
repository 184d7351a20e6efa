"""Papers of a case for those who may read them: what the file holds, and the nomination form as it stands."""

import io
from collections.abc import Sequence

from app.domain.actors import Actor, Role
from app.domain.errors import NotFound
from app.domain.permissions import as_reader
from app.persistence.models import Case, OfficialDocument, SelectionRound
from app.persistence.queries import access
from app.services import audit
from app.services.context import Context, Transaction
from app.services.issuing.file_paper_kinds import KINDS, may_read
from app.services.issuing.file_papers import ISSUED, Desk, FiledPaper, papers_of
from app.services.issuing.paper_photos import with_photos
from app.services.issuing.papers import printed_values, render_checked, template_of
from app.services.selection.round_files import Paper

FORM = KINDS["nomination_form"]


def readable(tx: Transaction, *, actor: Actor, case_id: int) -> Sequence[FiledPaper]:
    """Return the papers of a case that the actor may open (two statements, one where there are none); none for a stranger."""
    found = papers_of(tx, case_id=case_id)
    seen = access.see_case(tx.session, actor=actor, case_id=case_id) if found else None
    if seen is None:
        return []
    reader = as_reader(actor, seen.facts)
    return [row for row in found if row.doc_type in KINDS and may_read(reader, row.doc_type)]


def open_paper(context: Context, *, actor: Actor, case_id: int, document_id: int) -> Paper:
    """Open a paper of a case; `NotFound` for strangers and for kinds that are not theirs to read. Writes the case's history."""
    with context.transaction() as tx:
        row = next((row for row in readable(tx, actor=actor, case_id=case_id) if row.id == document_id), None)
        if row is None:
            raise _unknown()
        _note(tx, actor, case_id, row.title)
        return Paper(f"{row.number or row.title}.pdf", context.files.open(row.sha256))


def may_print_form(actor: Actor, case: Case) -> bool:
    """Tell whether the actor may print the nomination form of a case: the nominating unit of it, and who reads its papers."""
    return case.kind == "nomination" and (_is_nominator(actor, case) or may_read(actor, FORM.name))


def _is_nominator(actor: Actor, case: Case) -> bool:
    return case.owner_unit_id in actor.units_of(Role.NOMINATING_UNIT)


def print_form(context: Context, *, actor: Actor, case_id: int) -> Paper:
    """Return the nomination form as it stands, to be printed and sealed; the nominating unit gets it without others' opinions.

    Writes the case's history. `NotFound` for strangers; `DomainError` before the form is filled in.
    """
    with context.transaction() as tx:
        seen = access.see_case(tx.session, actor=actor, case_id=case_id)
        if seen is None or not may_print_form(as_reader(actor, seen.facts), seen.case):
            raise _unknown()
        desk = _desk(tx, seen.case, bare=not may_read(as_reader(actor, seen.facts), FORM.name))
        written = FORM.write(desk)
        printed = printed_values(desk.template, written.values, synthetic=context.synthetic)
        _note(tx, actor, case_id, written.title)
    # Rendered after the commit, so that nobody waits for it.
    shown, pictures = with_photos(context, printed)
    pdf = render_checked(desk.template, shown, created_at=tx.now, expected=written.expected, resources=pictures)
    return Paper(f"{written.title}.pdf", io.BytesIO(pdf))


def _desk(tx: Transaction, case: Case, *, bare: bool) -> Desk:
    round_ = tx.session.get(SelectionRound, case.round_id)
    if round_ is None:
        raise _unknown()
    loaded = tx.context.procedures.get(tx.session, case.procedure_version_id)
    row = OfficialDocument(title=FORM.title, state=ISSUED)  # never added to the session: a print is not a paper of the file
    template = template_of(tx, round_.procedure, FORM.template)
    return Desk(tx, case, round_, loaded, template, row, {"bare": bare})


def _note(tx: Transaction, actor: Actor, case_id: int, subject: str) -> None:
    audit.record_on_case(tx, audit.lock_case(tx, case_id), actor=actor, action="downloaded", subject=subject[:120])


def _unknown() -> NotFound:
    return NotFound("paper.unknown", "没有找到这份文书，或者它不归您查看。请从办件页面重新打开。")
