"""The house's own texts, and how they are filled in."""

import pytest

from app.notify.messages import FOLDER, fill, house_text

KNOWN = {
    "recipient", "case_number", "nominee", "link", "system", "step", "due", "days_late", "count", "lines", "by_unit", "opinion",
    "by", "reason",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_every_text_has_a_subject_a_body_and_no_placeholder_that_nobody_fills(path: object) -> None:
    text = house_text(path.stem)  # type: ignore[attr-defined]
    assert text is not None
    subject, _, body = text.partition("\n")
    assert subject.strip()
    assert "{recipient}" in body
    assert fill(text, dict.fromkeys(KNOWN, "值")).count("{") == 0


def test_only_texts_of_the_house_are_read() -> None:
    assert house_text("nothing") is None
    assert house_text("../messages") is None


def test_an_aside_that_would_hold_nothing_goes() -> None:
    assert fill("待办：{step}（{nominee}）", {"step": "拟稿"}) == "待办：拟稿"
    assert fill("办件{n}（候选人{nominee}）到了", {"n": "1"}) == "办件1到了"
    assert fill("待办：{step}（{nominee}）", {"step": "初审", "nominee": "王某"}) == "待办：初审（王某）"
    assert fill("（系统自动发送）{x}", {}) == "（系统自动发送）"


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill("{opinion}", {"opinion": "{link}", "link": "https://x"}) == "{link}"
