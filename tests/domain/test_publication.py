"""Findings of a privacy scan and what settles them (handbook 1.11, 3.4)."""

import pytest

from app.domain.publication import Concern, Verdict, concerns_in, unsettled

TEXT = "证件号420112198501010000，手机138-0013-8000，卡号4111 1111 1111 1111，再写一遍420112198501010000"


def test_numbers_are_named_by_their_masks_only() -> None:
    found = concerns_in(TEXT, place="正文", secret=b"k")
    assert [each.kind for each in found] == ["id_number", "mobile", "bank_card"]
    assert found[0].sentence == "正文：身份证号码（42**************00）"
    shown = "".join(each.sentence for each in found)
    assert not any(secret in shown for secret in ("19850101", "0013", "41111111"))


def test_the_key_is_the_same_for_the_same_finding() -> None:
    first, again = (concerns_in(before + TEXT, place="正文", secret=b"k") for before in ("", "前面多几个字。"))
    assert [each.key for each in first] == [each.key for each in again]
    assert first[0].key != concerns_in(TEXT, place="附件", secret=b"k")[0].key


def test_two_numbers_with_one_mask_are_two_findings_that_nobody_can_guess() -> None:
    one, other = concerns_in("13800138000，13811118000", place="正文", secret=b"k")
    assert one.shown == other.shown == "138****8000"
    assert one.key != other.key
    [moved] = concerns_in("13811118000", place="正文", secret=b"k")
    assert moved.key == other.key  # what was allowed for the one is not allowed for the other when the one is deleted
    assert concerns_in("13811118000", place="正文", secret=b"another")[0].mark != other.mark


@pytest.mark.parametrize(
    ("verdict", "stands"),
    [
        (None, True),
        (Verdict(True, ""), True),
        (Verdict(True, "  "), True),
        (Verdict(False, "删"), True),
        (Verdict(True, "证书编号"), False),
    ],
)
def test_only_an_allowance_with_a_reason_settles(verdict: Verdict | None, stands: bool) -> None:
    concern = Concern("正文", "id_number", "42**")
    verdicts = {concern.key: verdict} if verdict else {}
    assert (unsettled([concern], verdicts=verdicts) == [concern]) is stands
