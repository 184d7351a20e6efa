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
    ],
)
def test_full_numbers_are_found(text: str, kinds: list[str]) -> None:
    assert [finding.kind for finding in scan_text(text)] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "42**************13，138****1234",
        "420112198606150001",
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


def test_long_lists_are_scanned_in_one_go() -> None:
    assert len(scan_text("13800138000 " * 2_000 + f"{ID}\n" * 2_000)) == 4_000
