"""Document numbers, certificate serials and their check codes (handbook 1.13 to 1.15)."""

import pytest

from app.domain.document_numbers import DocumentNumber, certificate_serial, check_code, check_code_matches, parse_document_number
from app.domain.errors import InvalidValues

KEY = b"operator's key"
SERIAL = "LKGGJ-2026-001"


def test_number_is_written_with_tortoise_shell_brackets() -> None:
    assert str(DocumentNumber("东发", 2026, 5)) == "东发\u30142026\u30155号"


@pytest.mark.parametrize("text", ["东发〔2026〕5号", "东发[2026]5号", "东发（2026）5号", " 东发 【2026】 5 号"])
def test_number_is_parsed(text: str) -> None:
    assert parse_document_number(text) == DocumentNumber("东发", 2026, 5)


def test_a_serial_has_six_digits_at_most() -> None:
    assert parse_document_number("东发〔2026〕999999号") == DocumentNumber("东发", 2026, 999_999)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("东发〔2026〕第5号", "写成“东发〔2026〕5号”"),
        ("东政〔2026〕005号", "写成“东政〔2026〕5号”"),
        ("东发〔2026〕5", "写成“东发〔2026〕5号”"),
        ("东发〔26〕5号", "年份用四位数"),
        ("", "例如|写成"),
        ("东发〔2026〕0号", "不补0"),
        ("东发〔2026〕1000000号", "最多六位"),
        (f"东发〔2026〕{'9' * 490}号", "最多六位"),
    ],
)
def test_wrong_form_is_told(text: str, told: str) -> None:
    with pytest.raises(InvalidValues, match=told):
        parse_document_number(text)


@pytest.mark.parametrize(
    ("code", "year", "serial"),
    [("", 2026, 1), ("东发", 26, 1), ("东发", 2026, 0), ("东发", 2026, 1_000_000), ("东〔发", 2026, 1)],
)
def test_impossible_number_is_refused(code: str, year: int, serial: int) -> None:
    with pytest.raises(InvalidValues):
        DocumentNumber(code, year, serial)


def test_numbers_sort_by_body_year_and_serial() -> None:
    assert DocumentNumber("东发", 2026, 9) < DocumentNumber("东发", 2026, 10) < DocumentNumber("东发", 2027, 1)


def test_certificate_serial() -> None:
    assert certificate_serial("LKGGJ", year=2026, n=1) == SERIAL
    assert certificate_serial("LKGGJ", year=2026, n=1234) == "LKGGJ-2026-1234"
    with pytest.raises(ValueError, match="certificate"):
        certificate_serial("LKGGJ", year=2026, n=0)


def test_check_code_is_short_clear_and_depends_on_serial_and_key() -> None:
    code = check_code(SERIAL, key=KEY)
    assert len(code) == 8
    assert not set(code) & set("01ILO")
    assert len({code, check_code("LKGGJ-2026-002", key=KEY), check_code(SERIAL, key=b"other")}) == 3


def test_check_code_is_compared_kindly() -> None:
    code = check_code(SERIAL, key=KEY)
    assert check_code_matches(SERIAL, code=f" {code[:4].lower()}-{code[4:]} ", key=KEY)
    assert not check_code_matches("LKGGJ-2026-002", code=code, key=KEY)
    assert not check_code_matches(SERIAL, code="\ud800码", key=KEY)
    assert not check_code_matches(SERIAL, code="", key=KEY)
