"""Official documents by GB/T 9704-2012, measured on the finished page (domain handbook 1.14), not read from the style sheet.

Tolerances, in millimetres: EDGE for edges of the type area and rules, where only the grid of the picture and the side bearings of
the glyphs stand between number and ink; FACE where the ink of a glyph is measured against its em box, which differs from face to face.
"""

import io
import subprocess
from functools import lru_cache

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.documents.measure import bands, dark, extent, page_picture, red
from tests.documents.support import paper

EDGE, FACE = 0.4, 1.2
LEFT, RIGHT, TOP, BOTTOM = 28.0, 184.0, 37.0, 262.0  # the type area: 156 x 225 with margins of 28 and 37
LINE, CHARACTER, EM4 = 225 / 22, 156 / 28, 14 * 25.4 / 72
FULL = "临空港工匠评选表彰决定正文"


@pytest.fixture(scope="module")
def decision() -> bytes:
    return paper("decision", synthetic=False, paragraphs=[(FULL * 200)[: 28 * 60 - 2]])


@pytest.fixture(scope="module")
def request_() -> bytes:
    return paper("request", synthetic=False)


@pytest.fixture(scope="module")
def letter() -> bytes:
    return paper("opinion-letter", synthetic=False)


@lru_cache(maxsize=24)
def lines_of(pdf: bytes, page: int) -> list[str]:
    """Return the lines of a page as poppler reads them, without the page number."""
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-layout", "-", "-"]
    text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return [line.strip() for line in text.splitlines() if line.strip() and "—" not in line]


@lru_cache(maxsize=24)
def ink(pdf: bytes, page: int) -> Image.Image:
    """Return what is printed on a page."""
    return dark(page_picture(pdf, page))


def test_a_full_page_has_22_lines_of_28_characters_in_the_type_area(decision: bytes) -> None:
    assert [len(line) for line in lines_of(decision, 2)] == [28] * 22
    left, top, right, bottom = extent(ink(decision, 2), top=30, bottom=264)
    assert (left, right) == (pytest.approx(LEFT, abs=EDGE), pytest.approx(RIGHT, abs=EDGE))
    assert TOP <= top <= TOP + (LINE - 5.6) / 2 + FACE
    assert BOTTOM - (LINE - 5.6) / 2 - FACE <= bottom <= BOTTOM


def test_lines_are_a_twenty_second_of_the_type_area_apart(decision: bytes) -> None:
    found = bands(ink(decision, 2), top=30, bottom=263)
    assert len(found) == 22
    pitch = (found[-1][0] - found[0][0]) / 21
    assert pitch == pytest.approx(LINE, abs=0.05)


def test_the_mark_stands_35_mm_below_the_top_of_the_type_area(decision: bytes) -> None:
    mark = bands(red(page_picture(decision, 1)))[0]
    assert mark[0] == pytest.approx(TOP + 35, abs=EDGE)
    left, _, right, _ = extent(red(page_picture(decision, 1)), bottom=mark[1] + 1)
    assert (left + right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=FACE)


@pytest.mark.parametrize("name", ["decision", "request_"])
def test_the_red_rule_is_4_mm_below_the_number_and_as_wide_as_the_type_area(name: str, request: pytest.FixtureRequest) -> None:
    pdf = request.getfixturevalue(name)
    rule = bands(red(page_picture(pdf, 1)))[-1]
    left, _, right, _ = extent(red(page_picture(pdf, 1)), top=rule[0] - 0.5)
    assert (left, right) == (pytest.approx(LEFT, abs=EDGE), pytest.approx(RIGHT, abs=EDGE))
    above = [band for band in bands(ink(pdf, 1)) if band[1] < rule[0]]
    assert rule[0] - above[-1][1] == pytest.approx(4, abs=EDGE)


@pytest.mark.parametrize("name", ["decision", "request_"])
def test_two_lines_stand_between_mark_and_number_and_between_rule_and_title(name: str, request: pytest.FixtureRequest) -> None:
    pdf = request.getfixturevalue(name)
    found = bands(ink(pdf, 1))
    # The ink of a line of body type begins half of what the line is higher than its type below the line's edge.
    half = (LINE - 5.6) / 2
    assert found[1][0] - found[0][1] == pytest.approx(2 * LINE + half, abs=FACE)
    assert found[3][0] - found[2][1] == pytest.approx(2 * LINE + (LINE - 22 * 25.4 / 72) / 2, abs=FACE)


def test_an_upward_document_has_number_left_and_signatory_right_one_character_in(request_: bytes) -> None:
    number = bands(ink(request_, 1))[1]
    left, _, right, _ = extent(ink(request_, 1), top=number[0] - 0.3, bottom=number[1] + 0.3)
    assert left == pytest.approx(LEFT + CHARACTER, abs=FACE)
    assert right == pytest.approx(RIGHT - CHARACTER, abs=FACE)
    assert "东人社文〔2026〕12号" in lines_of(request_, 1)[1]
    assert "签发人：方启明" in lines_of(request_, 1)[1]


def test_page_numbers_stand_outside_with_dashes_7_mm_below(decision: bytes) -> None:
    odd = extent(ink(decision, 1), top=BOTTOM + 2)
    even = extent(ink(decision, 2), top=BOTTOM + 2)
    assert odd[2] == pytest.approx(RIGHT - EM4, abs=FACE)
    assert even[0] == pytest.approx(LEFT + EM4, abs=FACE)
    dash = extent(ink(decision, 2), top=BOTTOM + 2, right=even[0] + 3)
    assert (dash[1] + dash[3]) / 2 == pytest.approx(BOTTOM + 7, abs=EDGE)


def test_the_date_has_no_leading_zero_and_ends_four_characters_in() -> None:
    pdf = paper("decision", synthetic=False, paragraphs=["正文。"], document_date="2026-03-05")
    assert lines_of(pdf, 1)[-1] == "2026年3月5日"
    date = bands(ink(pdf, 1), bottom=BOTTOM)[-1]
    right = extent(ink(pdf, 1), top=date[0] - 0.3, bottom=date[1] + 0.3)[2]
    assert right == pytest.approx(RIGHT - 4 * CHARACTER, abs=FACE)


def test_the_annex_begins_a_page_and_its_title_stands_on_the_third_line(decision: bytes) -> None:
    page = next(number for number in range(1, 9) if lines_of(decision, number)[0] == "附件")
    found = bands(ink(decision, page))
    assert found[0][0] == pytest.approx(TOP + (LINE - 5.6) / 2, abs=FACE)
    assert extent(ink(decision, page), bottom=found[0][1] + 1)[0] == pytest.approx(LEFT, abs=FACE)
    assert found[1][0] == pytest.approx(TOP + 2 * LINE + (LINE - 22 * 25.4 / 72) / 2, abs=FACE)


def test_the_last_rule_of_the_colophon_is_the_lower_edge_of_the_last_even_page(decision: bytes) -> None:
    pages = len(PdfReader(io.BytesIO(decision)).pages)
    assert pages % 2 == 0
    rules = [
        band for band in bands(ink(decision, pages), left=LEFT, right=LEFT + 4, bottom=BOTTOM + 2) if band[1] - band[0] < 0.8
    ]
    assert rules[-1][1] == pytest.approx(BOTTOM, abs=EDGE)
    assert [round(bottom - top, 1) for top, bottom in rules[-3:]] == [
        pytest.approx(wide, abs=0.12) for wide in (0.35, 0.25, 0.35)
    ]
    assert extent(ink(decision, pages), top=rules[-1][0] - 0.2, bottom=BOTTOM + 1)[::2] == (
        pytest.approx(LEFT, abs=EDGE), pytest.approx(RIGHT, abs=EDGE)
    )  # fmt: skip


def test_a_letter_has_its_mark_at_30_mm_and_two_double_rules_of_170_mm(letter: bytes) -> None:
    printed = red(page_picture(letter, 1))
    mark, thick, thin, lower_thin, lower_thick = bands(printed)
    assert mark[0] == pytest.approx(30, abs=EDGE)
    assert thick[0] == pytest.approx(45, abs=EDGE)
    assert lower_thick[1] == pytest.approx(297 - 20, abs=EDGE)
    assert thick[1] - thick[0] > thin[1] - thin[0]
    assert lower_thick[1] - lower_thick[0] > lower_thin[1] - lower_thin[0]
    assert extent(printed, top=thick[0] - 0.2, bottom=thin[1])[::2] == (pytest.approx(20, abs=EDGE), pytest.approx(190, abs=EDGE))


def test_the_first_page_of_a_letter_has_no_number(letter: bytes) -> None:
    assert bands(ink(letter, 1), top=BOTTOM + 1, bottom=274) == []
    assert len(bands(ink(letter, 2), top=BOTTOM + 1, bottom=274)) == 1
