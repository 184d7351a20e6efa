"""A batch of certificates against the same certificates one by one.

    .venv/bin/python -m benchmarks.certificates [--count 1000] [--single 20]

Batch: fonts cut once, what all pages share drawn once, signed with the key in memory, every file read back. One by one: a page
laid out with the whole fonts of the system, signed by pyHanko's own signer, read back. Both are measured in the same run, by the
processor's time of this process and of the one in which the template runs, so that a busy machine does not decide. Prints sizes and the peak of memory as well.
"""

import argparse
import io
import random
import resource
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner

from app.documents.fonts import FontRole, resolve_chains
from app.documents.nursery import NURSERY
from app.documents.press import Sheet
from app.documents.press_apart import PressApart, end_rooms
from app.documents.readback import require_texts
from app.documents.render import render_pdf
from app.documents.signatures import judge
from app.documents.signing import load_credential, make_demo_credential
from app.documents.subset import FontSet
from app.documents.templates import Template, load_template

TEMPLATE = Path(__file__).parents[1] / "certificates" / "linkonggang-artisan" / "certificate"
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SURNAMES = "陈王李赵孙周吴郑冯褚卫蒋沈韩杨朱秦尤许何"
GIVEN = "建明志远国强文静秀英焊接精工丽娜浩宇梓涵嘉懿煜祺博文欣怡𬱖𪟝㼆鑫磊峰亮辉军勇超鹏飞龙海波涛洋江河山川"
LIMIT_BYTES = 40_000


class Everything(frozenset[str]):
    """The characters of whole fonts: any text is among them."""

    def __ge__(self, other: object) -> bool:
        return True


def whole_fonts() -> FontSet:
    """Return the fonts as they are installed, nothing cut."""
    chains = resolve_chains()
    families = {role: ", ".join(dict.fromkeys(f'"{face.family}"' for face in chain)) for role, chain in chains.items()}
    return FontSet(characters=Everything(), roles=frozenset(FontRole), files={}, families=families, css="")


def sheets(template: Template, count: int) -> list[Sheet]:
    """Return the values of invented people."""
    chance = random.Random(2026)
    made = []
    for number in range(1, count + 1):
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2, 2))))
        employer = f"武汉临空港{''.join(chance.choices(GIVEN, k=4))}有限公司"
        serial, code = f"LKGGJ-2026-{number:03d}", f"{chance.randrange(1 << 40):08X}"[:8]
        values = {
            **template.sample, "name": name, "employer": employer, "serial": serial, "check_code": f"{code[:4]}-{code[4:]}",
            "verification_url": f"https://gongjiang.example.gov.cn/verify/{serial}?code={code[:4]}-{code[4:]}",
        }  # fmt: skip
        made.append(Sheet(values, serial))
    return made


def one_by_one(template: Template, some: list[Sheet], archive: bytes) -> Iterator[bytes]:
    """Render and sign each certificate alone, with the whole fonts and the library's own signer, and read it back."""
    fonts = whole_fonts()
    for sheet in some:
        fonts.engine.clear()  # alone means that nothing is kept from the certificate before
        pdf = render_pdf(template, sheet.values, created_at=NOW, fonts=fonts)
        signed = io.BytesIO()
        metadata = PdfSignatureMetadata(field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        PdfSigner(metadata, library_signer(archive)).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=signed)
        require_texts(signed.getvalue(), expected=texts(sheet))
        yield signed.getvalue()


def library_signer(archive: bytes) -> SimpleSigner:
    """Return pyHanko's own signer for a PKCS#12 archive without a password."""
    signer = SimpleSigner.load_pkcs12_data(archive, other_certs=[])
    assert signer is not None
    return signer


def texts(sheet: Sheet) -> list[str]:
    """Return what has to be found in a certificate again."""
    return [str(sheet.values[key]) for key in ("name", "employer", "serial")]


def open_archive(archive: bytes) -> bytes:
    """Return the same key and certificate without a password: opening a protected one takes longer than signing."""
    key, certificate, _ = pkcs12.load_key_and_certificates(archive, b"demo")
    assert key is not None and certificate is not None
    assert key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return pkcs12.serialize_key_and_certificates(b"demo", key, certificate, None, NoEncryption())  # type: ignore[arg-type]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="certificates of the batch")
    parser.add_argument("--single", type=int, default=20, help="certificates made one by one, for comparison")
    given = parser.parse_args()
    template = load_template(TEMPLATE)
    archive = make_demo_credential(password="demo", now=NOW)
    credential = load_credential(archive, password="demo")
    plain, people = open_archive(archive), sheets(template, given.count)
    # The batch first: the memory that whole fonts take would hide what it needs. It also pays for what a process does once.
    batch, together = timed(lambda: in_batch(template, people, credential))
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    single, alone = timed(lambda: one_by_one(template, people[: given.single], plain))
    print(f"one by one: {single * 1000:.1f} ms each, {max(alone) / 1000:.1f} kB ({given.single} certificates)")
    print(f"in a batch: {batch * 1000:.1f} ms each ({given.count} certificates)")
    print(
        f"sizes: {min(together) / 1000:.1f} to {max(together) / 1000:.1f} kB, mean {sum(together) / len(together) / 1000:.1f} kB"
    )
    print(f"peak memory of the batch: {peak:.0f} MB")
    print(f"within {LIMIT_BYTES // 1000} kB: {'yes' if max(together) <= LIMIT_BYTES else 'no'}")
    print(f"ratio batch_vs_single: {single / batch:.1f}")


def in_batch(template: Template, people: list[Sheet], credential: Any) -> Iterator[bytes]:
    """Print all certificates as one batch, and read each back."""
    values = [dict(one.values) for one in people]
    with PressApart(template, values, credential=credential, reason="制发证书", at=NOW) as press:
        for sheet, pdf in zip(people, press.print(people), strict=True):
            require_texts(pdf, expected=texts(sheet))
            yield pdf
    assert judge(pdf, trusted={credential.fingerprint}).verdict == "ours"


def timed(work: Any) -> tuple[float, list[int]]:
    """Return the processor's seconds for each paper, and the sizes."""
    began = processor_seconds()
    sizes = [len(pdf) for pdf in work()]
    # Only when they have ended does what the process of the templates took count, which was forked off another one.
    end_rooms()
    NURSERY.close()
    return (processor_seconds() - began) / len(sizes), sizes


def processor_seconds() -> float:
    """Return what this process and the children that have ended have taken of the processor."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
