"""Signing a finished PDF, and what the signature of a PDF is worth. Imported where it is needed: pyHanko takes a third of a second."""

import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from app.documents.cms import DIGEST, KeySigner, apart, signature_room
from app.documents.signing import Credential, fingerprint_of
from app.domain.clock import local

FIELD = "Signature1"
Verdict = Literal["unsigned", "broken", "changed", "foreign", "ours"]
"""`unsigned`: no signature, or no PDF that can be read; `broken`: other bytes than were signed; `changed`: something was added
after the signature; `foreign`: whole, but another's; `ours`: whole, and by one of the given certificates."""


@dataclass(frozen=True)
class Judgement:
    """What the signature of a PDF is worth, and whose it says to be (empty when there is none)."""

    verdict: Verdict
    signer: str = ""


class SignerAt(PdfSigner):
    """The library's signer, which would otherwise write the machine's time into the signature."""

    moment: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        """Begin a signature at the given moment."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session


class Update(IncrementalPdfFileWriter):
    """The library's writer of an update, which would otherwise enter the machine's time and its own name, and another version.

    The paper says when it was made and by what; ISO 19005-3 wants a file of PDF 1.7.
    """

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Stay with the version of PDF/A-3."""
        super().ensure_output_version(min(version, (1, 7)))

    def _update_meta(self) -> None:
        """Leave the description of the paper as it was rendered."""


def sign_pdf(pdf: bytes, *, credential: Credential, reason: str, at: datetime) -> bytes:
    """Return a PDF with an invisible PAdES signature (baseline B) added in an update of its own.

    `at` is the aware moment of signing. Raises `DomainError` when the certificate does not hold at that moment.
    """
    credential.require_valid(at)
    metadata = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=DIGEST, reason=reason, name=credential.subject, subfilter=SigSeedSubFilter.PADES
    )
    signer = SignerAt(metadata, KeySigner(credential))
    signer.moment = local(at)
    out, room = io.BytesIO(), 2 * signature_room(credential)
    apart(lambda: signer.sign_pdf(Update(io.BytesIO(pdf)), output=out, bytes_reserved=room))
    return out.getvalue()


def judge(pdf: bytes, *, trusted: Collection[str]) -> Judgement:
    """Say what the signature of a PDF is worth; `trusted` are the fingerprints of the certificates that papers were signed with.

    The certificate's own dates play no part: whether a paper still holds, the register says.
    """
    try:
        found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures
        return _judge(found[-1], trusted, size=len(pdf)) if found else Judgement("unsigned")
    except (PdfError, SignatureValidationError, ValueError, TypeError, LookupError, AttributeError, RecursionError, OSError):
        # A file that somebody made to be unreadable, or that was damaged on its way, is judged; it is no fault of ours.
        return Judgement("broken" if b"/ByteRange" in pdf else "unsigned")


def _judge(signature: Any, trusted: Collection[str], *, size: int) -> Judgement:
    certificate = signature.signer_cert
    signer = str(certificate.subject.native.get("common_name") or certificate.subject.human_friendly)
    intact, valid = validate_sig_integrity(signature.signer_info, certificate, "data", signature.compute_digest())
    if not (intact and valid):
        return Judgement("broken", signer)
    start, length, rest, tail = signature.byte_range
    # What is not under the signature may only be the signature itself, in hexadecimal digits between brackets.
    gap = len(signature.pkcs7_content) * 2 + 2
    if (start, rest, rest + tail) != (0, length + gap, size):
        return Judgement("changed", signer)
    return Judgement("ours" if fingerprint_of(certificate.dump()) in trusted else "foreign", signer)
