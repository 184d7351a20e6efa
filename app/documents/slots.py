"""The place that a paper keeps for its signature, and how the signature comes into it (PAdES; ISO 32000-1, 12.8.1).

A page is bound with an empty place by the process that runs the template, and signed by the one that has the key.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from app.documents.assembly import text

_RANGES = b"*" * 32


@dataclass(frozen=True)
class Slot:
    """What is known of a signature beforehand: who will sign and why, and how many bytes it takes."""

    signer: str
    reason: str
    size: int

    def entry(self, *, stamp: bytes) -> bytes:
        """Return the dictionary of the signature, empty; `stamp` is the moment of signing as PDF writes it."""
        return (
            b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 %s]/Contents<%s>/M(%s)/Name%s/Reason%s>>"
            % (_RANGES, b"0" * (2 * self.size), stamp, text(self.signer), text(self.reason))
        )


def fill(paper: bytes, *, size: int, sign: Callable[[bytes], bytes]) -> bytes:
    """Return a bound paper with its signature: `sign` makes one of `size` bytes of the SHA-256 digest of all others."""
    file = bytearray(paper)
    start = file.index(b"<" + b"0" * (2 * size) + b">")
    end = start + 2 * size + 2
    place = file.index(_RANGES)
    file[place : place + len(_RANGES)] = (b"%d %d %d" % (start, end, len(file) - end)).ljust(len(_RANGES))
    digest = hashlib.sha256(file[:start])
    digest.update(file[end:])
    made = sign(digest.digest()).hex().encode()
    file[start + 1 : start + 1 + len(made)] = made
    return bytes(file)
