"""Is this certificate one of ours, and does it hold? Asked by anybody: with serial and code, or with the file itself."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, select

from app.domain.document_numbers import check_code_matches
from app.persistence.models import Certificate, IssuedPaper, SealRecord, SigningCertificate
from app.services.context import Context, Transaction
from app.services.issuing.serials import code_key

FileVerdict = Literal["registered", "paper", "plain", "unregistered", "unsigned", "broken", "changed", "foreign"]
"""`registered`: byte for byte the file of the register; `paper`: that of another paper; `plain`: that of a paper without a signature;
`unregistered`: signed, but no such file; the others as `app.documents.signatures` has them."""


@dataclass(frozen=True)
class PublicFacts:
    """All that the public may know of a certificate."""

    name: str
    title: str
    serial: str
    issued_on: str
    issuers: str
    state: str


@dataclass(frozen=True)
class FileAnswer:
    """What can be said of a file: the facts only when it is the very file that was issued."""

    verdict: FileVerdict
    facts: PublicFacts | None = None
    signer: str = ""


def verify(context: Context, *, serial: str, code: str) -> PublicFacts | None:
    """Return the public facts of a certificate, None when serial and code do not belong together. Says nothing more.

    A serial that was never given and a wrong code take the same way: the database is asked in either case.
    """
    wanted = serial.strip().upper()
    belongs = check_code_matches(wanted, code=code, key=code_key(context))
    with context.reading() as tx:
        found = _facts(tx, Certificate.serial == wanted)
    return found if belongs else None


def verify_file(context: Context, pdf: bytes) -> FileAnswer:
    """Say of a file whether it is a certificate of the register: signature, wholeness, and entry are looked at.

    Whoever has the very file knows what it says, so the facts are no secret; of any other file nothing is told but what is wrong.
    """
    from app.documents.signatures import judge  # slow import: pyHanko
    from app.documents.signatures_apart import judge_apart  # slow import: pyHanko

    sha256 = hashlib.sha256(pdf).hexdigest()
    with context.reading() as tx:
        facts = _facts(tx, Certificate.pdf_sha256 == sha256)
        sealed = tx.session.scalar(select(SealRecord.keeper).where(SealRecord.scan_sha256 == sha256).limit(1)) or ""
        is_paper = tx.session.scalar(select(IssuedPaper.id).where(IssuedPaper.sha256 == sha256)) is not None
        trusted = set(tx.session.scalars(select(SigningCertificate.fingerprint)))
    # What the house has made itself is read here; anything else may be made to keep the reader busy for ever.
    found = judge(pdf, trusted=trusted) if facts else judge_apart(pdf, trusted=trusted)
    if is_paper and not facts and found.verdict == "unsigned":
        return FileAnswer("plain")
    if sealed and (facts or is_paper) and found.verdict in ("foreign", "changed"):
        # An electronic seal is the last signature, and not ours; the register knows the sealed file to the byte.
        return FileAnswer("registered" if facts else "paper", facts, sealed)
    if found.verdict != "ours":
        return FileAnswer(found.verdict, signer=found.signer)
    return FileAnswer("registered" if facts else "paper" if is_paper else "unregistered", facts, found.signer)


def _facts(tx: Transaction, condition: ColumnElement[bool]) -> PublicFacts | None:
    query = select(Certificate).where(condition, Certificate.state != "void")
    found = tx.session.scalars(query).one_or_none()
    if found is None:
        return None
    return PublicFacts(found.name, found.title, found.serial, found.issued_on, found.issuers, found.state)
