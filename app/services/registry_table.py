"""Every function that a package may name, gathered from the feature modules; a name that is given twice is refused."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.notify.senders import MailSender
from app.services import letters
from app.services.issuing import certificates, file_paper_kinds, official_documents
from app.services.mails import MAIL, mail_delivery
from app.services.registry import Registry
from app.services.selection import (
    absences,
    archives,
    checks,
    employer_notices,
    inspections,
    joint_checks,
    meetings,
    no_award,
    nomination_form,
    nominations,
    notice_papers,
    notices,
    objections,
    panels,
    payment_papers,
    payments,
    prefills,
    proposals,
    publication,
    reviews,
    rounds,
    scoring,
    sources,
)


def build_registry(*, mail: MailSender | None = None) -> Registry:
    """Return the registry of the whole house; without a sender no mail goes out. `ValueError` when two entries have the same name."""
    deliveries = _table(
        (letters, notice_papers, official_documents, file_paper_kinds, certificates, payment_papers),
        "DELIVERIES",
        key=lambda entry: entry.kind,
    )
    return Registry(
        operations=_table(
            (
                rounds, joint_checks, panels, absences, scoring, proposals, no_award, notices, objections, official_documents,
                certificates, payments,
            ),
            "OPERATIONS",
            key=lambda entry: entry.name,
        ),
        recorders=_table(
            (
                rounds, nomination_form, employer_notices, reviews, joint_checks, panels, absences, scoring, inspections,
                proposals, meetings, notices, publication, objections, official_documents, payments, archives, checks,
            ),
            "RECORDERS",
            key=lambda entry: entry.name,
        ),
        addressers=_table((proposals, payments), "ADDRESSERS", key=lambda entry: entry.name),
        sources=_table((sources, publication), "SOURCES", key=lambda entry: entry.name),
        prefills=_table((prefills, absences, reviews), "PREFILLS", key=lambda entry: entry.form_key),
        endings=_table((nominations,), "ENDINGS", key=lambda entry: entry.case_kind),
        deliveries={**deliveries, **({} if mail is None else {MAIL: mail_delivery(mail)})},
    )  # fmt: skip


def _table(modules: Iterable[Any], attribute: str, *, key: Callable[[Any], str]) -> Mapping[str, Any]:
    table: dict[str, Any] = {}
    for module in modules:
        for entry in getattr(module, attribute):
            if key(entry) in table:
                raise ValueError(f"{attribute}: {key(entry)} is given twice")
            table[key(entry)] = entry
    return table
