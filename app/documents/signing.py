"""The credential that papers are signed with: a key and its certificate from a PKCS#12 archive, and its signatures (PAdES)."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.domain.clock import local
from app.domain.errors import DomainError

DIGEST = "sha256"
Result = TypeVar("Result")
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class KeySigner(Signer):
    """A signer that keeps its key object: the library's own reads the key again for every signature, which is most of its time."""

    def __init__(self, key: Key, certificate: x509.Certificate, chain: Iterable[x509.Certificate]) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(chain)
        # A chain goes into the file without its root: whoever checks has to have the root from elsewhere anyway.
        super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the raw signature of some bytes, for the library."""
        return self.sign_bytes(data)

    def sign_bytes(self, data: bytes) -> bytes:
        """Return the raw signature of some bytes."""
        digest = hashes.SHA256()
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), digest)
        return self._key.sign(data, ec.ECDSA(digest))


@dataclass(frozen=True)
class Credential:
    """A key with its certificate, ready to sign. `fingerprint` is the SHA-256 (hex) of the certificate `der`."""

    signer: KeySigner
    der: bytes
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime

    @property
    def fingerprint(self) -> str:
        """Return what identifies the certificate."""
        return fingerprint_of(self.der)

    @property
    def is_demo(self) -> bool:
        """Tell whether this is a credential of a demonstration, which binds nobody."""
        return self.subject.startswith(DEMO_MARK)

    def require_valid(self, now: datetime) -> None:
        """Raise `DomainError` ("signing.expired" or "signing.not_yet") when the certificate does not hold at a moment."""
        if now > self.not_after:
            raise DomainError(
                "signing.expired", f"签名证书已于 {_day(self.not_after)} 过期，不能签名。请换上新证书，并更新签名配置后重试。"
            )
        if now < self.not_before:
            raise DomainError(
                "signing.not_yet", f"签名证书要到 {_day(self.not_before)} 才生效。请核对服务器时间，或改用现行证书。"
            )


DEMO_MARK = "演示"
_DEMO_BEGINS = datetime(2020, 1, 1, tzinfo=UTC)
DEMO_SUBJECT = f"{DEMO_MARK}签名 不具效力"


def fingerprint_of(der: bytes) -> str:
    """Return the SHA-256 (hex) of a certificate."""
    return hashlib.sha256(der).hexdigest()


def load_credential(archive: bytes, *, password: str) -> Credential:
    """Read a PKCS#12 archive. Whether it is still valid is asked when it signs (`require_valid`).

    Raises `DomainError`: "signing.password" for a wrong password or a damaged file (the format cannot tell them apart),
    "signing.key" when it holds no key of a kind that is supported, or no certificate for it.
    """
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(archive, password.encode())
    except ValueError as error:
        raise DomainError(
            "signing.password", "打不开签名证书文件：口令不对，或者文件已损坏。请核对 GONGJIANG_SIGNING_PASSWORD 和证书文件。"
        ) from error
    if certificate is None or not isinstance(key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
        raise DomainError(
            "signing.key", "签名证书文件里没有可用的私钥和证书（支持 RSA 和 EC）。请重新导出带私钥的 PKCS#12 文件。"
        )
    der = certificate.public_bytes(Encoding.DER)
    chain = [x509.Certificate.load(other.public_bytes(Encoding.DER)) for other in others]
    read = x509.Certificate.load(der)
    return Credential(
        signer=KeySigner(key, read, chain),
        der=der,
        subject=_name(read.subject),
        issuer=_name(read.issuer),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _name(name: x509.Name) -> str:
    return str(name.native.get("common_name") or name.human_friendly)


def _day(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d}"


def make_demo_credential(*, password: str, now: datetime) -> bytes:
    """Return a PKCS#12 archive with a new key (EC P-256) and a certificate of its own, valid for ten years to come.

    Its subject begins with 演示, so that every reader of a signed PDF sees that nobody vouches for it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = pyca.Name([pyca.NameAttribute(NameOID.COMMON_NAME, DEMO_SUBJECT), pyca.NameAttribute(NameOID.COUNTRY_NAME, "CN")])
    certificate = (
        pyca.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(pyca.random_serial_number())
        .not_valid_before(_DEMO_BEGINS)  # rehearsals turn their clocks back
        .not_valid_after(now + timedelta(days=3652))
        .add_extension(pyca.KeyUsage(True, True, *[False] * 7), critical=True)
        .add_extension(pyca.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        DEMO_SUBJECT.encode(), key, certificate, None, BestAvailableEncryption(password.encode())
    )


class CmsForm:
    """A signature (CMS, PAdES baseline B) made once by the library; each further one has its own digest and value put in.

    Building the structure takes a hundred times as long as signing, and all of it is the same from paper to paper.
    """

    def __init__(self, credential: Credential) -> None:
        self._signer = credential.signer
        # PAdES keeps the time of signing in the PDF's own entry, so it is not among the signed attributes.
        settings = PdfCMSSignedAttributes()
        made: Any = apart(
            lambda: asyncio.run(self._signer.async_sign(_ANY_DIGEST, DIGEST, use_pades=True, signed_attr_settings=settings))
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
        value = self._signer.sign_bytes(attributes)
        # The value of an elliptic signature is 70 to 72 bytes long, by chance; every other one fits into the form.
        while len(value) != len(self._value):
            value = self._signer.sign_bytes(attributes)
        return self._whole.replace(_ANY_DIGEST, digest).replace(self._value, value)


def apart(work: Callable[[], Result]) -> Result:
    """Do something in a thread of its own: the library signs in an event loop, and there may be one in this thread already."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(work).result()


_ANY_DIGEST = bytes(range(100, 132))


def signature_room(credential: Credential) -> int:
    """Return how many bytes a signature that the library makes of this credential takes at most."""
    return CmsForm(credential).size + 16  # an ECDSA signature varies by some bytes
