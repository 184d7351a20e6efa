"""Signing: what a credential is refused for, and what a signature is worth after somebody touched the file."""

import asyncio
import io
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.documents.cms import apart
from app.documents.credentials import DEMO_FILE, CredentialSource
from app.documents.signatures import judge, sign_pdf
from app.documents.signing import Credential, load_credential, make_demo_credential
from app.domain.errors import DomainError
from tests.documents.support import MOMENT, paper

PAPER = Path(__file__).parents[1] / "web_rounds" / "paper.pdf"


@lru_cache(maxsize=2)
def archive(password: str = "geheim") -> bytes:
    """Make a credential once for all tests."""
    return make_demo_credential(password=password, now=MOMENT)


@lru_cache(maxsize=1)
def credential() -> Credential:
    """Open it."""
    return load_credential(archive(), password="geheim")


@lru_cache(maxsize=1)
def signed() -> bytes:
    """Sign a paper with it."""
    return sign_pdf(PAPER.read_bytes(), credential=credential(), reason="制发证书", at=MOMENT)


def test_a_signed_paper_is_whole_and_ours() -> None:
    found = judge(signed(), trusted={credential().fingerprint})
    assert (found.verdict, found.signer) == ("ours", "演示签名 不具效力")
    assert b"/ETSI.CAdES.detached" in signed()
    assert b"20261120093000" in signed(), "the moment of signing is not the one that was given"


def test_a_signature_leaves_the_description_of_a_paper_as_it_was() -> None:
    plain = paper("request")
    before, after = (
        PdfReader(io.BytesIO(pdf)) for pdf in (plain, sign_pdf(plain, credential=credential(), reason="x", at=MOMENT))
    )
    assert after.metadata == before.metadata and "/Version" not in after.root_object
    assert after.root_object["/Metadata"].get_data() == before.root_object["/Metadata"].get_data()
    assert b"pyHanko" not in sign_pdf(plain, credential=credential(), reason="x", at=MOMENT)


def test_what_somebody_did_to_the_file_is_told_apart() -> None:
    trusted = {credential().fingerprint}
    assert judge(signed().replace(b"/MediaBox", b"/MediaBax", 1), trusted=trusted).verdict == "broken"
    assert judge(signed() + b"\n% more", trusted=trusted).verdict == "changed"
    assert judge(sign_pdf(PAPER.read_bytes(), credential=other(), reason="x", at=MOMENT), trusted=trusted).verdict == "foreign"
    assert judge(PAPER.read_bytes(), trusted=trusted).verdict == "unsigned"


def other() -> Credential:
    """Return somebody else's credential with the very same subject."""
    return load_credential(make_demo_credential(password="x", now=MOMENT), password="x")


@pytest.mark.parametrize("rubbish", [b"", b"%PDF-1.7\n", b"hello", b"%PDF-1.7 /ByteRange [0 1 2 3]", b"\x00" * 4096])
def test_rubbish_is_judged_and_raises_nothing(rubbish: bytes) -> None:
    assert judge(rubbish, trusted=()).verdict in {"unsigned", "broken"}


def test_every_cut_of_a_signed_paper_is_refused() -> None:
    trusted = {credential().fingerprint}
    verdicts = {judge(signed()[:length], trusted=trusted).verdict for length in range(0, len(signed()), len(signed()) // 20)}
    assert "ours" not in verdicts


def test_a_wrong_password_says_what_to_check() -> None:
    with pytest.raises(DomainError, match=r"口令不对.*GONGJIANG_SIGNING_PASSWORD"):
        load_credential(archive(), password="falsch")


def test_an_expired_or_future_certificate_signs_nothing() -> None:
    with pytest.raises(DomainError, match="已于 2036-11-19 过期"):
        sign_pdf(PAPER.read_bytes(), credential=credential(), reason="x", at=MOMENT + timedelta(days=3660))
    with pytest.raises(DomainError, match="2020-01-01 才生效"):
        credential().require_valid(MOMENT.replace(year=2019))


def test_a_demonstration_makes_its_credential_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "instance" / DEMO_FILE
    first = CredentialSource(str(path)).open(now=MOMENT)
    assert CredentialSource(str(path)).open(now=MOMENT).fingerprint == first.fingerprint
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == [DEMO_FILE]


def test_in_service_nothing_is_made_and_a_demonstrations_credential_is_refused(tmp_path: Path) -> None:
    path = tmp_path / DEMO_FILE
    for source, word in (("", "还没有配置"), (str(path), "读不到"), (str(tmp_path), "读不到")):
        with pytest.raises(DomainError, match=word):
            CredentialSource(source, password="x", demo=False).open(now=MOMENT)
    path.write_bytes(archive())
    with pytest.raises(DomainError, match="演示签名证书"):
        CredentialSource(str(path), password="geheim", demo=False).open(now=MOMENT)


def test_signing_works_where_an_event_loop_is_running() -> None:
    async def within() -> str:
        pdf = sign_pdf(PAPER.read_bytes(), credential=credential(), reason="x", at=MOMENT)
        return judge(pdf, trusted={credential().fingerprint}).verdict

    assert apart(lambda: asyncio.run(within())) == "ours"
