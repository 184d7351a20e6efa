"""What a certificate weighs: 40 kB at most, whoever's key signs it and however long the name is."""

import io
import re
from datetime import timedelta
from functools import lru_cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from app.documents.binding import LIMIT_BYTES
from app.documents.cms import CmsForm
from app.documents.fonts import resolve_chains
from app.documents.outlines import GRAINS, Grain, coarser
from app.documents.press import Press, Sheet
from app.documents.press_apart import PressApart
from app.documents.programs import Program
from app.documents.readback import require_texts
from app.documents.signatures import judge
from app.documents.signing import Credential, load_credential
from app.documents.slots import Slot
from app.documents.subset import cut
from tests.documents.support import LONG_EMPLOYER, LONG_NAME, MOMENT, shipped
from tests.documents.test_press import FIFTY

LARGEST = 4600
"""Bytes of a signature with a key of 4,096 bits, its certificate and that of an authority between it and the root."""


@lru_cache(maxsize=1)
def authority() -> Credential:
    """Make an office's RSA credential with the certificate of the authority that issued it, as such authorities write them."""
    root, between, own = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    above = certificate("湖北省电子政务二级证书", between, issuer="湖北省数字证书认证中心根证书", signer=root)
    leaf = certificate("武汉市东西湖区人力资源和社会保障局", own, issuer="湖北省电子政务二级证书", signer=between)
    archive = pkcs12.serialize_key_and_certificates(b"x", own, leaf, [above], BestAvailableEncryption(b"x"))
    return load_credential(archive, password="x")


def certificate(subject: str, key: rsa.RSAPrivateKey, *, issuer: str, signer: rsa.RSAPrivateKey) -> x509.Certificate:
    """Issue one with the extensions that a public authority puts in."""
    answers, issuers = AuthorityInformationAccessOID.OCSP, AuthorityInformationAccessOID.CA_ISSUERS
    places = [(answers, "http://ocsp.example.gov.cn/ocsp"), (issuers, "http://crl.example.gov.cn/ca/second-level.cer")]
    lists = x509.DistributionPoint(
        [x509.UniformResourceIdentifier("http://crl.example.gov.cn/ca/second-level.crl")], None, None, None
    )
    extensions: list[x509.ExtensionType] = [
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
        x509.CRLDistributionPoints([lists]),
        x509.AuthorityInformationAccess(
            [x509.AccessDescription(what, x509.UniformResourceIdentifier(where)) for what, where in places]
        ),
    ]
    made = x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named(issuer)).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(MOMENT - timedelta(days=1))
    made = made.not_valid_after(MOMENT + timedelta(days=800))
    for extension in extensions:
        made = made.add_extension(extension, critical=False)
    return made.sign(signer, hashes.SHA256())


def named(common: str) -> x509.Name:
    """Return a name as authorities write them."""
    parts = ((NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, "湖北省数字证书认证管理中心有限公司"))
    return x509.Name([x509.NameAttribute(what, text) for what, text in (*parts, (NameOID.COMMON_NAME, common))])


@lru_cache(maxsize=1)
def faces() -> tuple[bytes, ...]:
    """Return small fonts of every role, with wide and narrow characters, simple ones and such as have the most strokes."""
    shown = frozenset("临空港工匠龘鬱齉一丨（）。、·—“” AaGgIiMmQqWwil0123479.,-:%@&")
    return tuple(cut(face, shown) for face in dict.fromkeys(chain[0] for chain in resolve_chains().values()))


def heaviest(design: str, name: str) -> Sheet:
    """Return a certificate with the longest employer."""
    return Sheet({**shipped(design).sample, "name": name, "employer": LONG_EMPLOYER}, "LKGGJ-2026-001")


def test_a_certificate_signed_with_an_authoritys_key_keeps_to_its_size() -> None:
    sheets = [heaviest("certificate", name) for name in ("陈精工", LONG_NAME, FIFTY)]
    values = [dict(sheet.values) for sheet in sheets]
    with PressApart(shipped("certificate"), values, credential=authority(), reason="制发证书", at=MOMENT) as press:
        papers = list(press.print(sheets))
    assert CmsForm(authority()).size > 3000
    for sheet, paper in zip(sheets, papers, strict=True):
        assert judge(paper, trusted={authority().fingerprint}).verdict == "ours"
        assert len(paper) <= LIMIT_BYTES
        require_texts(paper, expected=[str(sheet.values["name"]), LONG_EMPLOYER])


@pytest.mark.parametrize("design", ["certificate", "certificate-plain"])
def test_the_largest_signature_leaves_the_heaviest_name_room(design: str) -> None:
    slot = Slot("武汉市东西湖区人力资源和社会保障局", "制发证书", LARGEST)
    sheet = heaviest(design, FIFTY)
    [paper] = Press.for_values(shipped(design), [sheet.values], slot=slot, at=MOMENT).print([sheet])
    assert LIMIT_BYTES == 40_000 and len(paper) <= LIMIT_BYTES


def test_what_no_grain_makes_light_enough_is_printed_all_the_same() -> None:
    slot = Slot("某局", "制发证书", 20_000)
    sheet = heaviest("certificate", "陈精工")
    [paper] = Press.for_values(shipped("certificate"), [sheet.values], slot=slot, at=MOMENT).print([sheet])
    assert len(paper) > LIMIT_BYTES
    require_texts(paper, expected=["陈精工", LONG_EMPLOYER])


@pytest.mark.parametrize("grain", GRAINS[1:])
def test_the_coarsest_outlines_stay_within_their_tolerance(grain: Grain) -> None:
    for body in faces():
        fine, coarse = TTFont(io.BytesIO(body)), TTFont(io.BytesIO(coarser(body, grain)))
        units, fewer = fine["head"].unitsPerEm, coarse["head"].unitsPerEm
        # The tolerance and a unit of the coarse grid, in units of the fine one.
        allowed = grain.tolerance * units + units / fewer
        for name in fine.getGlyphOrder():
            pens = [BoundsPen(font.getGlyphSet()) for font in (fine, coarse)]
            for pen, font in zip(pens, (fine, coarse), strict=True):
                font.getGlyphSet()[name].draw(pen)
            if pens[0].bounds is not None and pens[1].bounds is not None:
                assert max(abs(a - b * units / fewer) for a, b in zip(pens[0].bounds, pens[1].bounds, strict=True)) <= allowed


def test_widths_are_listed_in_runs_and_only_where_they_differ_from_an_em() -> None:
    for body in faces():
        coarse = TTFont(io.BytesIO(coarser(body)))
        widths = [round(coarse["hmtx"][name][0] * 1000 / coarse["head"].unitsPerEm) for name in coarse.getGlyphOrder()]
        listed = Program(body, grain=GRAINS[0]).widths(set(range(len(widths)))).decode()
        told = {}
        for first, run in re.findall(r"(\d+)\[([\d ]+)\]", listed):
            told |= {int(first) + at: int(width) for at, width in enumerate(run.split())}
        assert told == {glyph: width for glyph, width in enumerate(widths) if width != 1000}
