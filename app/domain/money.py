"""Money in integer cents: reading, writing, capital figures and the tax withheld (domain handbook 2.3, 3.10)."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.domain.errors import InvalidValues
from app.domain.identifiers import half_width

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_LARGEST = 10**15
"""Cents; ten thousand times the largest amount that a district pays at once."""


@dataclass(frozen=True)
class Payment:
    """Gross, tax and net in cents; gross is tax plus net to the cent."""

    gross: int
    tax: int
    net: int


def parse_yuan(text: str) -> int:
    """Return an amount in yuan such as “300000”, “300,000.00” or “￥1409.5元” as cents. Raises `InvalidValues`."""
    plain = re.sub(r"^[¥￥]|元$", "", half_width(text).replace("，", ","))
    if "万" in plain:
        raise InvalidValues("money.unit", "请以元为单位填写金额，例如30万元填300000。")
    if not re.fullmatch(r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?", plain):
        raise InvalidValues("money.format", "金额应为数字，最多两位小数，例如300000或1409.50。请改正后再提交。")
    cents = int(Decimal(plain.replace(",", "")) * 100)
    if cents >= _LARGEST:
        raise InvalidValues("money.too_large", "金额过大，请核对单位是否为元、是否多写了几个0。")
    return cents


def yuan(cents: int) -> str:
    """Return cents as yuan with two places and without separators, e.g. “300000.00”."""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{part:02d}"


def chinese_amount(cents: int) -> str:
    """Return an amount in capital figures (大写): 整 after 元, nothing after 角 or 分; a reversal begins with 负."""
    if cents < 0:
        return "负" + chinese_amount(-cents)
    whole, part = divmod(cents, 100)
    jiao, fen = divmod(part, 10)
    text = f"{_integer(whole)}元" if whole or not part else ""
    if not part:
        return f"{text}整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif whole:
        text += "零"
    return text + (f"{_DIGITS[fen]}分" if fen else "")


def _integer(number: int) -> str:
    """Read by 亿 and 万; a part that does not fill its first place is joined with one 零."""
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return f"{_integer(high)}{unit}{gap}{_integer(low) if low else ''}"
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    text, pending = "", False
    for size, unit in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = number // size % 10
        if digit:
            text += ("零" if pending and text else "") + _DIGITS[digit] + unit
        pending = not digit
    return text or "零"


def withheld_tax(gross_cents: int, *, rate_percent: Decimal) -> int:
    """Return the tax on a gross amount, half a cent rounded up. Incidental income: 20 percent (handbook, section 0 (10))."""
    _check_rate(rate_percent)
    return int((gross_cents * rate_percent / 100).to_integral_value(rounding=ROUND_HALF_UP))


def split_gross(gross_cents: int, *, rate_percent: Decimal) -> Payment:
    """Return what the recipient gets when the recipient bears the tax."""
    tax = withheld_tax(gross_cents, rate_percent=rate_percent)
    return Payment(gross=gross_cents, tax=tax, net=gross_cents - tax)


def gross_up(net_cents: int, *, rate_percent: Decimal) -> Payment:
    """Return what is paid when the payer bears the tax, so that the recipient gets `net_cents`."""
    _check_rate(rate_percent)
    gross = int((net_cents * 100 / (100 - rate_percent)).to_integral_value(rounding=ROUND_HALF_UP))
    return Payment(gross=gross, tax=gross - net_cents, net=net_cents)


def _check_rate(rate_percent: Decimal) -> None:
    if not 0 <= rate_percent < 100:
        raise InvalidValues("money.tax_rate", "税率应在0至100之间（不含100），例如20表示20%。请修改后再保存。")
