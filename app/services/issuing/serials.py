"""Serials of certificates and the codes that prove them."""

import hashlib
from urllib.parse import quote

from app.domain.document_numbers import certificate_serial, check_code
from app.services import numbers
from app.services.context import Context, Transaction


def code_key(context: Context) -> bytes:
    """Return the key of check codes; its own, so that no code says anything about the audit chain."""
    return hashlib.sha256(b"certificate check codes" + context.audit_key).digest()


def next_serial(tx: Transaction, prefix: str) -> tuple[str, str]:
    """Take the next serial of a series in the current year, and return it with its check code.

    No serial is given twice: whoever asks at the same time waits for the row of the series. None is left out: a transaction that
    fails, or whose process dies, gives it back. A clock that is set back goes on in the series of the earlier year.
    """
    year = tx.today.year
    serial = certificate_serial(prefix, year=year, n=numbers.next_number(tx, f"certificate:{prefix}:{year}"))
    return serial, check_code(serial, key=code_key(tx.context))


def verification_url(context: Context, *, serial: str, code: str) -> str:
    """Return the address that the certificate's QR code leads to."""
    return f"{context.public_base_url}/verify/{quote(serial)}?code={shown_code(code)}"


def shown_code(code: str) -> str:
    """Return a check code as papers show it, in two halves."""
    return f"{code[:4]}-{code[4:]}"
