"""Numbers of official documents and certificates, and the code that proves a certificate (handbook 1.13 to 1.15)."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from app.domain.errors import InvalidValues

_FORM = re.compile(r"([\u4e00-\u9fffA-Za-z]{1,20})〔([0-9]{4})〕([1-9][0-9]{0,5})号")
_BRACKETS = str.maketrans("[]［］()（）【】﹝﹞", "〔〕" * 6)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else on paper: no 0 1 I L O
_CODE_LENGTH = 8
_IGNORED = str.maketrans("", "", " -\u3000")


@dataclass(frozen=True, order=True)
class DocumentNumber:
    """发文字号: the issuing body's code, the full year, a serial without leading zero (GB/T 9704-2012, 7.2.5), of six digits at most."""

    org_code: str
    year: int
    serial: int

    def __post_init__(self) -> None:
        """Refuse what cannot be printed as a document number."""
        if not _FORM.fullmatch(str(self)):
            raise InvalidValues(
                "document_number.form",
                "发文字号由机关代字、四位年份和不超过六位的序号组成，例如东发〔2026〕5号。请核对后重新填写。",
            )

    def __str__(self) -> str:
        return f"{self.org_code}〔{self.year}〕{self.serial}号"


def parse_document_number(text: str) -> DocumentNumber:
    """Return the number that somebody typed; other brackets become 〔〕. Raises `InvalidValues` that shows the right form."""
    plain = re.sub(r"\s", "", text).translate(_BRACKETS)
    match = _FORM.fullmatch(plain)
    if match:
        return DocumentNumber(match[1], int(match[2]), int(match[3]))
    nearly = re.fullmatch(r"([\u4e00-\u9fffA-Za-z]{1,20})〔([0-9]{4})〕第?0*([1-9][0-9]{0,5})号?", plain)
    form = f"{nearly[1]}〔{nearly[2]}〕{nearly[3]}号" if nearly else "东发〔2026〕5号"
    raise InvalidValues(
        "document_number.form",
        f"发文字号应写成“{form}”：年份用四位数放在六角括号内，序号不加“第”、不补0、最多六位。请改正后再提交。",
    )


def certificate_serial(prefix: str, *, year: int, n: int) -> str:
    """Return the serial of a certificate, e.g. “LKGGJ-2026-001”."""
    if not re.fullmatch(r"[A-Z]{2,10}", prefix) or n < 1:
        raise ValueError(f"not a certificate serial: {prefix!r} {year} {n}")
    return f"{prefix}-{year:04d}-{n:03d}"


def check_code(serial: str, *, key: bytes) -> str:
    """Return the eight characters that are printed beside a serial, so that serials cannot be tried out in public.

    Derived by HMAC-SHA256 with a key of the operator; about 8.5 · 10^11 possible codes.
    """
    number = int.from_bytes(hmac.new(key, serial.encode(), hashlib.sha256).digest())
    code = ""
    for _ in range(_CODE_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        code += _ALPHABET[place]
    return code


def check_code_matches(serial: str, *, code: str, key: bytes) -> bool:
    """Tell whether a typed code belongs to the serial; case, blanks and hyphens do not matter. Takes the same time always."""
    typed = code.translate(_IGNORED).upper()
    return hmac.compare_digest(typed.encode("utf-8", "replace"), check_code(serial, key=key).encode())
