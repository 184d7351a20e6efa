"""Cents, capital figures and withheld tax (handbook 3.10, 0 (10))."""

from decimal import Decimal

import pytest

from app.domain.errors import InvalidValues
from app.domain.money import Payment, chinese_amount, gross_up, parse_yuan, split_gross, withheld_tax, yuan

RATE = Decimal(20)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("300000", 30_000_000),
        ("300,000.00", 30_000_000),
        ("￥1409.5元", 140_950),
        ("¥0.05", 5),
        (" １００．０１ ", 10_001),
        ("0", 0),
        ("3，000", 300_000),
    ],
)
def test_amounts_are_read(text: str, cents: int) -> None:
    assert parse_yuan(text) == cents


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "money.format"),
        ("-5", "money.format"),
        ("1.005", "money.format"),
        ("3,00", "money.format"),
        ("1e5", "money.format"),
        ("٣", "money.format"),
        ("30万元", "money.unit"),
        ("9" * 14, "money.too_large"),
    ],
)
def test_bad_amounts_are_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidValues) as refused:
        parse_yuan(text)
    assert refused.value.code == code


@pytest.mark.parametrize(("cents", "text"), [(30_000_000, "300000.00"), (5, "0.05"), (-150, "-1.50"), (0, "0.00")])
def test_yuan(cents: int, text: str) -> None:
    assert yuan(cents) == text


@pytest.mark.parametrize(
    ("amount", "capital"),
    [
        ("0.05", "伍分"),
        ("10", "壹拾元整"),
        ("100.01", "壹佰元零壹分"),
        ("1409.5", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("300000", "叁拾万元整"),
        ("100000001.10", "壹亿零壹元壹角"),
        ("0", "零元整"),
        ("0.50", "伍角"),
        ("10001", "壹万零壹元整"),
        ("100500", "壹拾万零伍佰元整"),
        ("1010010", "壹佰零壹万零壹拾元整"),
        ("100010000", "壹亿零壹万元整"),
        ("1000100000000", "壹万零壹亿元整"),
    ],
)
def test_capital_figures(amount: str, capital: str) -> None:
    assert chinese_amount(parse_yuan(amount)) == capital


def test_reversal_in_capital_figures() -> None:
    assert chinese_amount(-1000) == "负壹拾元整"


def test_tax_borne_by_the_recipient() -> None:
    assert split_gross(30_000_000, rate_percent=RATE) == Payment(30_000_000, 6_000_000, 24_000_000)
    assert withheld_tax(13, rate_percent=RATE) == 3
    assert withheld_tax(25, rate_percent=Decimal(10)) == 3


def test_tax_borne_by_the_payer() -> None:
    assert gross_up(30_000_000, rate_percent=RATE) == Payment(37_500_000, 7_500_000, 30_000_000)
    assert gross_up(100, rate_percent=Decimal(0)) == Payment(100, 0, 100)


def test_gross_and_net_agree_both_ways() -> None:
    payments = [gross_up(net, rate_percent=RATE) for net in range(1, 500)]
    assert all(payment.gross == payment.tax + payment.net for payment in payments)
    assert all(abs(withheld_tax(each.gross, rate_percent=RATE) - each.tax) <= 1 for each in payments)


@pytest.mark.parametrize("rate", ["-1", "100"])
def test_impossible_rate_is_refused(rate: str) -> None:
    with pytest.raises(InvalidValues):
        withheld_tax(100, rate_percent=Decimal(rate))
    with pytest.raises(InvalidValues):
        gross_up(100, rate_percent=Decimal(rate))
