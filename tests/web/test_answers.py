"""What people type, on its way in: one line or several, without what no database takes."""

import pytest

from app.web.answers import clean, clean_lines


@pytest.mark.parametrize(
    ("typed", "line", "lines"),
    [
        ("出差\r\n两周", "出差两周", "出差\n两周"),
        ("　　一、核实年限\n　　二、补盖公章 ", "一、核实年限二、补盖公章", "一、核实年限\n　　二、补盖公章"),
        ("王　伟", "王伟", "王　伟"),
        ("a\x00b\x07\nc", "abc", "ab\nc"),
        ("甲\ud800\n\n乙 \n", "甲乙", "甲\n\n乙"),
        ("\r\n \n", "", ""),
    ],
)
def test_a_field_of_several_lines_keeps_them_and_one_of_a_single_line_does_not(typed: str, line: str, lines: str) -> None:
    assert (clean(typed, longest=40), clean_lines(typed, longest=40)) == (line, lines)


def test_both_are_cut_to_their_length() -> None:
    assert clean("甲" * 90, longest=20) == "甲" * 20
    assert clean_lines("甲\r\n" * 90, longest=5) == "甲\n甲\n甲"
