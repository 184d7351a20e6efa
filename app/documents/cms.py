"""Signatures with a credential (CMS, PAdES). Imported where it is needed: pyHanko takes a third of a second."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, TypeVar

from asn1crypto import x509
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.documents.signing import Credential

DIGEST = "sha256"
Result = TypeVar("Result")


class KeySigner(Signer):
    """A signer that keeps its key object: the library's own reads the key again for every signature, which is most of its time."""

    def __init__(self, credential: Credential) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(x509.Certificate.load(other) for other in credential.chain)
        # A chain goes into the file without its root: whoever checks has to have the root from elsewhere anyway.
        super().__init__(signing_cert=x509.Certificate.load(credential.der), cert_registry=store, embed_roots=False)
        self._credential = credential

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the raw signature of some bytes, for the library."""
        return self._credential.sign_bytes(data)


class CmsForm:
    """A signature (CMS, PAdES baseline B) made once by the library; each further one has its own digest and value put in.

    Building the structure takes a hundred times as long as signing, and all of it is the same from paper to paper.
    """

    def __init__(self, credential: Credential) -> None:
        self._credential, signer = credential, KeySigner(credential)
        # PAdES keeps the time of signing in the PDF's own entry, so it is not among the signed attributes.
        settings = PdfCMSSignedAttributes()
        made: Any = apart(
            lambda: asyncio.run(signer.async_sign(_ANY_DIGEST, DIGEST, use_pades=True, signed_attr_settings=settings))
        )
        signed = made["content"]["signer_infos"][0]
        self._attributes, self._value = signed["signed_attrs"].untag().dump(), signed["signature"].native
        self._whole = bytes(made.dump())
        if self._whole.count(_ANY_DIGEST) != 1 or self._whole.count(self._value) != 1:
            raise RuntimeError("the signature does not hold digest and value once each")

    @property
    def size(self) -> int:
        """Return the bytes of every signature."""
        return len(self._whole)

    def sign(self, digest: bytes) -> bytes:
        """Return the signature (DER) over the SHA-256 digest of the signed bytes of a PDF."""
        attributes = self._attributes.replace(_ANY_DIGEST, digest)
        value = self._credential.sign_bytes(attributes)
        # The value of an elliptic signature is 70 to 72 bytes long, by chance; every other one fits into the form.
        while len(value) != len(self._value):
            value = self._credential.sign_bytes(attributes)
        return self._whole.replace(_ANY_DIGEST, digest).replace(self._value, value)


def apart(work: Callable[[], Result]) -> Result:
    """Do something in a thread of its own: the library signs in an event loop, and there may be one in this thread already."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(work).result()


_ANY_DIGEST = bytes(range(100, 132))


@lru_cache(maxsize=4)
def signature_room(credential: Credential) -> int:
    """Return how many bytes a signature that the library makes of this credential takes at most."""
    return CmsForm(credential).size + 16  # an ECDSA signature varies by some bytes
