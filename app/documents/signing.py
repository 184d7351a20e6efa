"""The credential that papers are signed with: a key and its certificate from a PKCS#12 archive."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from app.domain.clock import local
from app.domain.errors import DomainError

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Credential:
    """A key with its certificate, ready to sign; `chain` are the certificates above `der`."""

    key: Key
    der: bytes
    chain: tuple[bytes, ...]
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime

    @property
    def fingerprint(self) -> str:
        """Return what identifies the certificate: its SHA-256 (hex)."""
        return fingerprint_of(self.der)

    @property
    def is_demo(self) -> bool:
        """Tell whether this is a credential of a demonstration, which binds nobody."""
        return self.subject.startswith(DEMO_MARK)

    def sign_bytes(self, data: bytes) -> bytes:
        """Return the raw signature of some bytes."""
        digest = hashes.SHA256()
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), digest)
        return self.key.sign(data, ec.ECDSA(digest))

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
    return _credential(key, certificate, others)


def _credential(key: Key, certificate: pyca.Certificate, others: Iterable[pyca.Certificate] = ()) -> Credential:
    der = certificate.public_bytes(Encoding.DER)
    read = x509.Certificate.load(der)
    return Credential(
        key=key,
        der=der,
        chain=tuple(other.public_bytes(Encoding.DER) for other in others),
        subject=_name(read.subject),
        issuer=_name(read.issuer),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _name(name: x509.Name) -> str:
    return str(name.native.get("common_name") or name.human_friendly)


def _day(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d}"


def demo_credential(*, now: datetime) -> Credential:
    """Return a new credential of a demonstration, which is kept nowhere; what its certificate says: `make_demo_credential`."""
    return _credential(*_demo_pair(now))


def make_demo_credential(*, password: str, now: datetime) -> bytes:
    """Return a PKCS#12 archive with a new key (EC P-256) and a certificate of its own, valid for ten years to come.

    Its subject begins with 演示, so that every reader of a signed PDF sees that nobody vouches for it.
    """
    key, certificate = _demo_pair(now)
    return pkcs12.serialize_key_and_certificates(
        DEMO_SUBJECT.encode(), key, certificate, None, BestAvailableEncryption(password.encode())
    )


def _demo_pair(now: datetime) -> tuple[ec.EllipticCurvePrivateKey, pyca.Certificate]:
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
    return key, certificate
