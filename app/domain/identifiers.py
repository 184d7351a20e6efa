"""Numbers that identify people, organisations, telephones and accounts: normalise, check, and say what to look at."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

from app.domain.errors import InvalidValues

IdKind = Literal["resident", "hong_kong_macao_taiwan", "foreign_resident"]

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_TELEPHONE = re.compile(r"0[0-9]{2,3}-?[1-9][0-9]{6,7}(?:-[0-9]{1,6})?|400-?[0-9]{3}-?[0-9]{4}|\+[1-9][0-9]{5,14}")
"""With its area code, an extension behind it; a service number; from abroad as ITU-T E.164 writes it."""
_OLDEST = 120  # years; a living holder of a card is not older


class Sex(StrEnum):
    """GB/T 2261.1, as far as an identity number tells it."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class IdNumber:
    """A checked 18-character identity number and what can be read from it."""

    number: str
    birth: date
    sex: Sex
    kind: IdKind

    def __repr__(self) -> str:
        """Leave the number out: representations end up in logs."""
        return f"IdNumber(kind={self.kind!r})"


@dataclass(frozen=True)
class Uscc:
    """A checked unified social credit code; `warnings` are Chinese sentences that do not block."""

    number: str
    warnings: tuple[str, ...]


class BankCard(NamedTuple):
    """An account number; public accounts fail the Luhn check, so that it only warns."""

    number: str
    luhn_ok: bool


@dataclass(frozen=True)
class CertificateHint:
    """What a skill certificate's number says; `level` is 1 (highest) to 5. Everything here is a hint."""

    number: str
    kind: Literal["level", "special", "qualification", "unknown"]
    year: int | None
    level: int | None
    warnings: tuple[str, ...]


def half_width(text: str) -> str:
    """Return the text with full-width ASCII made half-width, without any space, in upper case. For numbers, never for names."""
    return _SPACES.sub("", text.translate(_FULL_WIDTH)).upper()


def id_check_character(first17: str) -> str:
    """Return the check character for 17 digits (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def parse_id_number(text: str, *, today: date) -> IdNumber:
    """Return the checked identity number (GB 11643-1999; cards 81/82/83 and 9 use the same form).

    The area is not compared with a list: old and foreign areas stand on valid cards. Raises `InvalidValues`.
    """
    number = half_width(text)
    _check_id_form(number)
    birth = _id_birth(number, today=today)
    if id_check_character(number[:17]) != number[17]:
        damaged = "末三位是000，可能是电子表格把长数字截断了；" if number.endswith("000") else ""
        raise InvalidValues("id_number.check_digit", f"身份证号码的校验位不对，{damaged}请对照证件逐位核对后重新填写。")
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdNumber(number=number, birth=birth, sex=sex, kind=_id_kind(number))


def _check_id_form(number: str) -> None:
    if re.fullmatch(r"[0-9](\.[0-9]+)?E\+?[0-9]+", number):
        raise InvalidValues(
            "id_number.damaged", "身份证号码被电子表格改成了科学计数法，后几位已经丢失。请把该列设为“文本”格式，再重新填写号码。"
        )
    if len(number) != 18:
        raise InvalidValues("id_number.length", f"身份证号码应为18位，现在是{len(number)}位。请对照证件补全或删去多余的字符。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise InvalidValues("id_number.character", "身份证号码只能有数字，最后一位可以是X。请检查是否混入了字母O、l或其他符号。")


def _id_birth(number: str, *, today: date) -> date:
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise InvalidValues(
            "id_number.date", f"身份证号码第7至14位“{number[6:14]}”不是一个存在的日期，请核对出生年月日。"
        ) from None
    if birth > today or today.year - birth.year > _OLDEST:
        raise InvalidValues("id_number.date", f"身份证号码里的出生日期“{number[6:14]}”不合常理，请核对第7至14位。")
    return birth


def _id_kind(number: str) -> IdKind:
    if number.startswith("9"):
        return "foreign_resident"
    return "hong_kong_macao_taiwan" if number[:2] in {"81", "82", "83"} else "resident"


def uscc_check_character(first17: str) -> str:
    """Return the check character for the first 17 characters (GB 32100-2015: weights 3^i mod 31)."""
    total = sum(_USCC_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first17))
    return _USCC_ALPHABET[-total % 31]


def organisation_check_character(first8: str) -> str:
    """Return the check character of an organisation code (GB 11714), the inner check of a credit code."""
    total = sum(int(character, 36) * weight for character, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def parse_uscc(text: str) -> Uscc:
    """Return the checked unified social credit code (GB 32100-2015). A failing inner check warns only. Raises `InvalidValues`."""
    number = half_width(text)
    if len(number) != 18:
        raise InvalidValues("uscc.length", f"统一社会信用代码应为18位，现在是{len(number)}位。请对照营业执照填写。")
    strange = sorted(set(number) - set(_USCC_ALPHABET))
    if strange:
        shown = "、".join(each if each.isprintable() else f"U+{ord(each):04X}" for each in strange[:5])
        raise InvalidValues(
            "uscc.character", f"统一社会信用代码里不会出现“{shown}”（不用字母I、O、S、V、Z）。请核对是否应为数字1、0、5或2。"
        )
    if uscc_check_character(number[:17]) != number[17]:
        raise InvalidValues("uscc.check_digit", "统一社会信用代码的校验位不对，请对照营业执照逐位核对后重新填写。")
    inner = organisation_check_character(number[8:16]) == number[16]
    warnings = () if inner else ("代码第9至17位（组织机构代码）的校验位不符，请再看一眼营业执照；确认无误可以继续。",)
    return Uscc(number=number, warnings=warnings)


def parse_mobile(text: str) -> str:
    """Return a mainland mobile number as 11 digits. Raises `InvalidValues`."""
    number = re.sub(r"^(\+?86)(?=1[0-9]{10}$)", "", half_width(text).replace("-", ""))
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise InvalidValues("mobile.format", "手机号码应为11位数字，以13至19开头。请检查是否多了或少了一位。")
    return number


def parse_phone(text: str) -> str:
    """Return a number at which somebody can be reached: mobile, landline with area code, or from abroad with + and its country.

    Raises `InvalidValues`.
    """
    number = re.sub(r"-?[()]-?", "-", half_width(text)).strip("-")
    try:
        return parse_mobile(number)
    except InvalidValues:
        number = re.sub(r"^\+?86-?(?=0[0-9]{2,3}-?[1-9])", "", number)
    number = number.replace("-", "") if number.startswith("+") else number
    if not _TELEPHONE.fullmatch(number):
        raise InvalidValues(
            "phone.format", "应为11位手机号码，或带区号的固定电话（如027-83210000）；境外号码以“+”和国家代码开头。请核对。"
        )
    return number


def luhn_ok(card: str) -> bool:
    """Tell whether a string of digits passes the Luhn check (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(card))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def parse_bank_card(text: str) -> BankCard:
    """Return an account number of 16 to 19 digits, with the Luhn check as a warning. Raises `InvalidValues`."""
    number = half_width(text).replace("-", "")
    if not re.fullmatch(r"[0-9]{16,19}", number):
        raise InvalidValues("bank_card.format", f"银行卡号应为16至19位数字，现在是{len(number)}位。请对照银行卡正面填写。")
    return BankCard(number=number, luhn_ok=luhn_ok(number))


def parse_skill_certificate(text: str) -> CertificateHint:
    """Return what a skill certificate's number tells; numbers differ by period and issuer, so nothing is refused."""
    number = half_width(text)
    if re.fullmatch(r"[YS][0-9]{21}", number):
        level = int(number[15])
        warnings = () if 1 <= level <= 5 else ("证书编号第16位应为等级1至5，请核对。",)
        return CertificateHint(number, "level", 2000 + int(number[13:15]), level if 1 <= level <= 5 else None, warnings)
    if re.fullmatch(r"[A-Z]{2}[0-9]{20}", number):
        return CertificateHint(number, "special", None, None, ())
    if re.fullmatch(r"[0-9]{16}", number):
        return CertificateHint(number, "qualification", _two_digit_year(number[:2]), None, ())
    return CertificateHint(
        number, "unknown", None, None, ("证书编号不像常见格式（Y或S加21位数字，或旧证16位数字），请对照证书再看一遍。",)
    )


def _two_digit_year(digits: str) -> int:
    """Old qualification certificates were issued from 1994 on."""
    return int(digits) + (1900 if int(digits) >= 90 else 2000)
