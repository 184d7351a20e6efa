"""What people type → JSON values, or a sentence that names the field and says what to do."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from app.domain.clock import LOCAL_ZONE
from app.domain.errors import InvalidValues
from app.domain.fields import Field
from app.domain.identifiers import parse_bank_card, parse_id_number, parse_mobile, parse_phone, parse_uscc
from app.domain.names import clean_name, clean_text
from app.formkit.patterns import matches
from app.formkit.vocabulary import MAX_BYTES

_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，－\u2212", "0123456789.,--")
_NUMBER = re.compile(r"(-?)([0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,10}))?")
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2})[:：时]([0-9]{1,2})(?:[:：分][0-9]{1,2}(?:\.[0-9]{1,6})?)?[分秒]?")
_FIRST_MOMENT = 1992  # summer time ended in China the year before: every local time since then exists exactly once
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
ATTACHMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Refused(ValueError):
    """What was filled in cannot be accepted; the text of the exception is the sentence."""


def read_text(raw: str, field: Field, *, today: date) -> str:
    """Return clean text of a text field; an identifier in its normal form. Raises `Refused`."""
    name = f"“{field.label}”"
    if len(raw.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Refused(f"{name}的内容太长，无法保存，请删减或改为上传附件")
    longest = field.max_length or MAX_BYTES
    if field.kind != "textarea":
        raw = " ".join(re.split(r"[\r\n\t]+", raw))
    try:
        text = clean_text(raw, max_length=longest)
        if text:
            text = _typed(text, field, today=today)
    except InvalidValues as refusal:
        raise Refused(f"{name}：{refusal.message}") from None
    if text and field.min_length and len(text) < field.min_length:
        raise Refused(f"{name}至少填写{field.min_length}个字，现在是{len(text)}个字")
    if text and field.pattern and not matches(field.pattern, text):
        raise Refused(field.pattern_message or f"{name}的格式不对，请按说明重新填写")
    return text


def _typed(text: str, field: Field, *, today: date) -> str:
    value_type = field.properties.get("valueType", "")
    if not value_type:
        return text
    parsers: dict[str, Callable[[str], str]] = {
        "id_number": lambda given: parse_id_number(given, today=today).number,
        "uscc": lambda given: parse_uscc(given).number,
        "mobile": parse_mobile,
        "bank_card": lambda given: parse_bank_card(given).number,
        "name": lambda given: clean_name(given, max_length=min(field.max_length or 50, 50)),
        "email": lambda given: _email(given, field),
        "phone": lambda given: _phone(given, field),
    }
    return parsers.get(value_type, str)(text)


def _email(text: str, field: Field) -> str:
    if _EMAIL.fullmatch(text) is None:
        raise Refused(f"“{field.label}”不是完整的邮箱地址，应有“@”和后面的域名，请核对")
    return text


def _phone(text: str, field: Field) -> str:
    try:
        return parse_phone(text)
    except InvalidValues as error:
        raise Refused(f"“{field.label}”{error.message.removesuffix('。')}") from None


def read_number(raw: str, field: Field) -> str | int:
    """Return a number as exact text; as int when the field takes whole numbers only. Raises `Refused`."""
    name = f"“{field.label}”"
    found = _NUMBER.fullmatch(re.sub(r"\s", "", raw).translate(_HALF_WIDTH))
    if found is None:
        raise Refused(f"{name}应为数字，请只填数字，不加单位")
    sign, whole, fraction = found.group(1), found.group(2).replace(",", ""), found.group(3) or ""
    digits = field.decimal_digits
    if digits is not None and len(fraction.rstrip("0")) > digits:
        raise Refused(f"{name}应为整数" if digits == 0 else f"{name}最多保留{digits}位小数")
    number = Decimal(f"{sign}{whole}.{fraction or '0'}")
    _check_range(number, field)
    whole = whole.lstrip("0") or "0"
    sign = sign if number else ""
    if digits == 0:
        return f"{sign}{whole}" if field.properties.get("asText") == "true" else int(number)
    if field.properties.get("valueType") == "money":
        fraction = fraction[:2].ljust(2, "0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _check_range(number: Decimal, field: Field) -> None:
    low, high = field.minimum, field.maximum
    below = low is not None and number < Decimal(low)
    above = high is not None and number > Decimal(high)
    if (below or above) and low is not None and high is not None:
        raise Refused(f"“{field.label}”应在{low}到{high}之间")
    if below:
        raise Refused(f"“{field.label}”不能小于{low}")
    if above:
        raise Refused(f"“{field.label}”不能大于{high}")


def read_date(raw: str, field: Field, *, today: date) -> str:
    """Return a date as ISO text, from 1900 to 2100. Raises `Refused`."""
    found = _DATE.fullmatch(raw.strip().translate(_HALF_WIDTH))
    parts = [int(part) for part in found.groups() if part is not None] if found else []
    try:
        day = date(*parts) if parts else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2100:
        raise Refused(f"“{field.label}”不是有效的日期，请按“2026-01-31”的样子填写")
    if field.properties.get("disallowPassedDates") == "true" and day < today:
        raise Refused(f"“{field.label}”不能早于今天")
    return day.isoformat()


def read_moment(raw: str, field: Field, *, today: date) -> str:
    """Return a moment as ISO text with its offset, to the minute, from 1992; without offset it is local. Raises `Refused`."""
    text = raw.strip()
    try:
        given = datetime.fromisoformat(text) if re.search(r"[0-9](Z|[+-][0-9]{2}:[0-9]{2})$", text) else None
        if given is not None:
            text = given.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        text = ""
    day, _, clock = text.translate(_HALF_WIDTH).replace("T", " ").partition(" ")
    found = _TIME.fullmatch(clock.strip())
    if found is None or int(found.group(1)) > 23 or int(found.group(2)) > 59:
        raise Refused(f"“{field.label}”不是有效的日期和时间，请按“2026-01-31 09:30”的样子填写")
    on = date.fromisoformat(read_date(day, field, today=today))
    if on.year < _FIRST_MOMENT:
        raise Refused(f"“{field.label}”的年份太早，请核对")
    moment = datetime(on.year, on.month, on.day, int(found.group(1)), int(found.group(2)), tzinfo=LOCAL_ZONE)
    return moment.isoformat(timespec="minutes")


def scrub(raw: str) -> str:
    """Return text that can be stored and shown again, without judging it: for drafts. At most `MAX_BYTES` bytes."""
    kept = "".join(each for each in raw[:MAX_BYTES] if each in "\n\t" or (each >= " " and not "\ud800" <= each <= "\udfff"))
    return kept.encode("utf-8")[:MAX_BYTES].decode("utf-8", "ignore")
