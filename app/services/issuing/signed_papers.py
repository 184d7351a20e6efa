"""Papers in their final form are signed, stored, and remembered with who signed them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.documents.templates import Template
from app.domain.errors import DomainError
from app.services.context import Context, Transaction
from app.services.issuing.papers import keep, store
from app.services.issuing.printing import remember

if TYPE_CHECKING:
    from app.documents.signing import Credential


@dataclass(frozen=True)
class Finished:
    """A paper in the store: its hash, and the credential that it was signed with (None in a house that has none)."""

    sha256: str
    signed_with: "Credential | None"


def finish(context: Context, pdf: bytes, *, name: str, reason: str, at: datetime) -> Finished:
    """Sign a rendered paper and put it into the store; nothing is locked meanwhile.

    A house without any credential files its papers unsigned, and they say so wherever they are listed. One whose credential is
    expired or cannot be read has to mend that first: `DomainError`. Side effect: a file in the store.
    """
    from app.documents.signatures import sign_pdf  # slow import: pyHanko

    try:
        credential = context.signing.open(now=at)
    except DomainError as error:
        if error.code != "signing.none":
            raise
        return Finished(store(context, pdf, name=name), None)
    return Finished(store(context, sign_pdf(pdf, credential=credential, reason=reason, at=at), name=name), credential)


def keep_finished(
    tx: Transaction, template: Template, printed: Mapping[str, Any], *, paper: Finished, rendered_at: datetime
) -> str:
    """Remember a finished paper as `papers.keep` does, and the certificate of its signature; return the hash."""
    if paper.signed_with is None:
        return keep(tx, template, printed, sha256=paper.sha256, rendered_at=rendered_at)
    remember(tx, paper.signed_with)
    signer = paper.signed_with.fingerprint
    return keep(tx, template, printed, sha256=paper.sha256, rendered_at=rendered_at, signed_with=signer)
