"""Masks and the privacy scan (handbook 3.4)."""

import pytest

from app.domain.masking import mask_bank, mask_id, mask_phone, scan_text

ID = "420112198501010000"


def test_masks() -> None:
    assert mask_id("420112198501010013") == "42**************13"
    assert mask_id("350102199001010123", tail=3) == "35*************123"
    assert mask_phone("13800131234") == "138****1234"
    assert mask_bank("4111111111111111") == "************1111"


@pytest.mark.parametrize("short", ["1", "1234", "1234567"])
def test_short_values_are_masked_whole(short: str) -> None:
    assert mask_phone(short) == "*" * len(short)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"身份证{ID}，", ["id_number"]),
        ("证件42011219860615000x。", ["id_number"]),
        ("证件４２０１１２１９８５０１０１００００", ["id_number"]),
        ("420112 19850101 0000", ["id_number"]),
        (f"{ID} 13800138000", ["id_number", "mobile"]),
        (f"13800138000 {ID}", ["mobile", "id_number"]),
        ("证件４２０１１２１９８６０６１５０００Ｘ", ["id_number"]),
        ("电话１３８－００１３－８０００", ["mobile"]),
        ("电话138-0013-8000", ["mobile"]),
        ("+8613800138000", ["mobile"]),
        ("卡号4111 1111 1111 1111", ["bank_card"]),
        ("12 4111111111111111 123", ["bank_card"]),
        ("4111111111111111 13800138000", ["bank_card", "mobile"]),
        (f"4111-1111-1111-1111 {ID}", ["bank_card", "id_number"]),
        ("13800138000 13811118000", ["mobile", "mobile"]),
        (f"x{ID}", ["id_number"]),
        ("420112198606150001", ["id_number"]),  # a wrong check digit is a slip of the pen, and the number is somebody's
        ("420112850101001", ["id_number"]),  # before 1999
        ("420112 1986 0615 000 X", ["id_number"]),
        ("4 2 0 1 1 2 1 9 8 5 0 1 0 1 0 0 0 0", ["id_number"]),
        ("4201121985\n01010000", ["id_number"]),
        ("1 3 8 0 0 1 3 8 0 0 0", ["mobile"]),
        ("138  0013  8000", ["mobile"]),
        ("138 00138 000", ["mobile"]),
        ("138.0013.8000", ["mobile"]),
        ("138\n0013\n8000", ["mobile"]),
        ("1\u200b38\u200b00138000", ["mobile"]),
        ("+86 138 0013 8000", ["mobile"]),
        ("账号：42001234567890123456", ["bank_card"]),
        ("开户账号 6222 0212 3456 789", ["bank_card"]),
    ],
)
def test_full_numbers_are_found(text: str, kinds: list[str]) -> None:
    assert [finding.kind for finding in scan_text(text)] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "42**************13，138****1234",
        "420112198613450001",
        "统一社会信用代码914201121985010100",
        "15 13 20 12 10 9 95",
        "5 4 5 5 4 1 3 4 5 5 4 3 1 2 3",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "30000.00 50000.00 80000.00",
        "东发〔2026〕12号，LKGGJ-2026-001，2026-11-23 09:01:48",
        "证书Y000042000001231000001",
        "统一社会信用代码914403001922038216A",
        "电话027-83210000，邮编430040",
        "2026年11月23日至2026年11月30日",
        "4111111111111112",
    ],
)
def test_harmless_numbers_are_left_in_peace(text: str) -> None:
    assert scan_text(text) == []


def test_finding_points_at_the_original_text() -> None:
    text = f"张三 {ID} 李四"
    (finding,) = scan_text(text)
    assert text[finding.start : finding.end] == ID


def test_a_hidden_number_is_pointed_at_with_what_hides_it() -> None:
    (finding,) = scan_text("电话1\u200b38\u200b0013-8000。")
    assert (finding.start, finding.end) == (2, 16)


def test_long_lists_are_scanned_in_one_go() -> None:
    assert len(scan_text("13800138000 " * 2_000 + f"{ID}\n" * 2_000)) == 4_000
