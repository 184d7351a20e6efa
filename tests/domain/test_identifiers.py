"""Identity numbers, credit codes, telephones, accounts: the handbook's vectors (3.1)."""

from datetime import date

import pytest

from app.domain.errors import InvalidValues
from app.domain.identifiers import (
    Sex,
    id_check_character,
    luhn_ok,
    parse_bank_card,
    parse_id_number,
    parse_mobile,
    parse_phone,
    parse_skill_certificate,
    parse_uscc,
    uscc_check_character,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "birth", "kind"),
    [
        ("420112198501010000", date(1985, 1, 1), "resident"),
        ("420112197812310006", date(1978, 12, 31), "resident"),
        ("42011219860615000X", date(1986, 6, 15), "resident"),
        ("42011219830109000X", date(1983, 1, 9), "resident"),
        ("420112199202290000", date(1992, 2, 29), "resident"),
        ("810000199001010000", date(1990, 1, 1), "hong_kong_macao_taiwan"),
        ("931156198001010001", date(1980, 1, 1), "foreign_resident"),
    ],
)
def test_valid_id_numbers(text: str, birth: date, kind: str) -> None:
    parsed = parse_id_number(text, today=TODAY)
    assert (parsed.number, parsed.birth, parsed.kind) == (text, birth, kind)


@pytest.mark.parametrize("text", ["42011219860615000x", "４２０１１２１９８６０６１５０００ｘ", " 420112 19860615　000X "])
def test_id_number_is_normalised(text: str) -> None:
    assert parse_id_number(text, today=TODAY).number == "42011219860615000X"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("420112198606150001", "id_number.check_digit"),
        ("420112199002290006", "id_number.date"),
        ("420112209001010000", "id_number.date"),
        ("42011219860615000", "id_number.length"),
        ("420112860615000", "id_number.length"),
        ("42O11219860615000X", "id_number.character"),
        ("٤20112198501010000", "id_number.character"),
        ("4.20112E+17", "id_number.damaged"),
        ("", "id_number.length"),
    ],
)
def test_bad_id_numbers_are_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidValues) as refused:
        parse_id_number(text, today=TODAY)
    assert refused.value.code == code


def test_number_cut_by_a_spreadsheet_is_recognised() -> None:
    with pytest.raises(InvalidValues, match="电子表格"):
        parse_id_number("420112198606151000", today=TODAY)


def test_sex_comes_from_the_sequence() -> None:
    odd = "42011219850101001"
    parsed = parse_id_number(odd + id_check_character(odd), today=TODAY)
    assert parsed.sex == Sex.MALE
    assert parse_id_number("420112198501010000", today=TODAY).sex == Sex.FEMALE


def test_example_of_the_standard() -> None:
    parsed = parse_id_number("11010519491231002X", today=TODAY)
    assert (parsed.sex, id_check_character("44052418800101001")) == (Sex.FEMALE, "4")


@pytest.mark.parametrize("first17", ["42011219860615987", "11111111111111111", "98765432109876543", "00000000000000010"])
def test_check_character_agrees_with_iso_7064(first17: str) -> None:
    remainder = 0
    for digit in first17:
        remainder = (remainder + int(digit)) * 2 % 11
    assert id_check_character(first17) == "0123456789X"[(12 - remainder) % 11]


def test_representation_does_not_leak_the_number() -> None:
    assert "1985" not in repr(parse_id_number("420112198501010000", today=TODAY))


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91330100799655058B",
        "9144030071526726XG",
        "914403001922038216",
        "91420112X00000019E",
        "92420112X000000276",
        "11420112X00000035C",
        "12420112X000000434",
        "52420112X00000051T",
        "81420112X0000006XJ",
    ],
)
def test_valid_credit_codes(code: str) -> None:
    parsed = parse_uscc(code.lower())
    assert (parsed.number, parsed.warnings) == (code, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("91350100M000100Y44", "uscc.check_digit"),
        ("91350100M000100Y4", "uscc.length"),
        ("9135O100M000100Y43", "uscc.character"),
    ],
)
def test_bad_credit_codes_are_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidValues) as refused:
        parse_uscc(text)
    assert refused.value.code == code


def test_unprintable_character_is_told_by_its_code() -> None:
    with pytest.raises(InvalidValues, match=r"U\+D800"):
        parse_uscc("\ud8001350100M000100Y43")


def test_inner_check_of_a_credit_code_only_warns() -> None:
    body = "91420112X00000018"
    assert parse_uscc(body + uscc_check_character(body)).warnings


@pytest.mark.parametrize("text", ["13800138000", "+86 138-0013-8000", "８６13800138000", "138 0013 8000"])
def test_mobile_is_normalised(text: str) -> None:
    assert parse_mobile(text) == "13800138000"


@pytest.mark.parametrize("text", ["12800138000", "1380013800", "138001380000", "1380013800a", ""])
def test_bad_mobile_is_refused(text: str) -> None:
    with pytest.raises(InvalidValues, match="手机号码"):
        parse_mobile(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("027－8321 0000", "027-83210000"),
        ("（0715）8321000", "0715-8321000"),
        ("02783210000", "02783210000"),
        ("027-83210000-806", "027-83210000-806"),
        ("+86 27 8321 0000", "+862783210000"),
        ("+86 (027) 83210000", "027-83210000"),
        ("+852 2810 2222", "+85228102222"),
        ("400-820-8820", "400-820-8820"),
    ],
)
def test_a_telephone_number_is_a_mobile_a_landline_with_its_area_or_from_abroad(text: str, number: str) -> None:
    assert parse_phone(text) == number


@pytest.mark.parametrize(
    "text", ["", "没有", "1", "83210000", "027-1", "1380013800", "+", "+86", "12345678901234567890", "027-832100ab"]
)
def test_what_nobody_can_call_is_no_telephone_number(text: str) -> None:
    with pytest.raises(InvalidValues, match="带区号的固定电话"):
        parse_phone(text)


@pytest.mark.parametrize(
    ("card", "ok"), [("4111111111111111", True), ("6222 0000 0000 0000 001", False), ("4111111111111112", False)]
)
def test_bank_card_luhn_is_a_warning(card: str, ok: bool) -> None:
    assert parse_bank_card(card).luhn_ok is ok


@pytest.mark.parametrize("card", ["411111111111111", "41111111111111111111", "4111a11111111111"])
def test_bank_card_length_is_checked(card: str) -> None:
    with pytest.raises(InvalidValues, match="16至19位"):
        parse_bank_card(card)


def test_luhn_vector() -> None:
    assert luhn_ok("79927398713")
    assert not luhn_ok("79927398710")


@pytest.mark.parametrize(
    ("number", "kind", "year", "level"),
    [
        ("Y000042000001231000001", "level", 2023, 1),
        ("S000042000001249000001", "level", 2024, None),
        ("YT00004200000123000001", "special", None, None),
        ("0917000000100123", "qualification", 2009, None),
        ("9017000000100123", "qualification", 1990, None),
        ("鄂技123", "unknown", None, None),
    ],
)
def test_skill_certificate_hints(number: str, kind: str, year: int | None, level: int | None) -> None:
    hint = parse_skill_certificate(number)
    assert (hint.kind, hint.year, hint.level) == (kind, year, level)


def test_strange_skill_certificate_warns() -> None:
    assert parse_skill_certificate("123").warnings
    assert not parse_skill_certificate("Y000042000001231000001").warnings
