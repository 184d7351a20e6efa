"""Lines, headings and signatures of official documents, measured on the finished page (domain handbook 1.14).

What is measured are the em boxes of the characters as poppler finds them in the file, in millimetres. Tolerances: EDGE for what
stands at an edge of the type area (the renderer writes places in thousandths of an em, which add up over a line), MIDDLE for
the middles of two lines that stand one above the other, PITCH for lines of another height.
"""

import io
import re
import subprocess
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest
from pypdf import PdfReader

from app.documents.layouts import laid_out
from app.documents.render import lay_out, page_html, render_pdf
from tests.documents.support import METADATA, MOMENT, fonts, paper, shipped, small

EDGE, MIDDLE, PITCH = 0.4, 0.3, 0.1
LEFT, RIGHT, LINE, CHARACTER, SEAL = 28.0, 184.0, 225 / 22, 156 / 28, 42.0
FULL = "临空港工匠评选表彰决定正文"
PUNCTUATED = "“工匠”是称号，“大师”是等级；钳工、焊工、车工，都“能”评。"
BODIES = ["中共武汉市东西湖区委员会", "武汉市东西湖区人民政府", "武汉市东西湖区总工会", "武汉市东西湖区财政局"]
BUREAU = "武汉市东西湖区人力资源和社会保障局"
Line = tuple[str, float, float, float]


@lru_cache(maxsize=24)
def lines_of(pdf: bytes, page: int) -> list[Line]:
    """Return text, left, right and top of each line on a page, from above; the page number and marks above are left out."""
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), "-", "-"]
    told = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    words = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', told)
    found = [(text, *(float(edge) * 25.4 / 72 for edge in (left, right, top))) for left, top, right, text in words]
    return sorted(((*line,) for line in found if 36 < line[3] < 262), key=lambda line: (round(line[3]), line[1]))  # type: ignore[misc]


def middle(line: Line) -> float:
    """Return where the middle of a line stands."""
    return (line[1] + line[2]) / 2


def signed_on(pdf: bytes) -> tuple[int, list[Line]]:
    """Return the page with the date of a document and the lines of that page, up to the date."""
    for page in range(1, len(PdfReader(io.BytesIO(pdf)).pages) + 1):
        lines = lines_of(pdf, page)
        for place, line in enumerate(lines):
            if re.fullmatch(r"2026年\d+月\d+日", line[0]):
                return page, lines[: place + 1]
    raise AssertionError("there is no date")


def official(template: str, /, **changes: Any) -> bytes:
    """Render an official document without the mark of a demonstration, its list short."""
    sample = shipped(template).sample
    short = {"winners": sample["winners"][:2]} if "winners" in sample else {}
    return paper(template, synthetic=False, **{**short, **changes})


def test_lines_before_marks_and_around_quotes_end_at_the_edge_like_all_others() -> None:
    lines = lines_of(official("decision", paragraphs=[PUNCTUATED * 25]), 2)
    full = [line for line in lines if line[1] < LEFT + 1]
    assert len(full) == 22
    assert {len(line[0]) for line in full} >= {27, 28}
    assert [line[2] for line in full] == [pytest.approx(RIGHT, abs=EDGE)] * 22


def test_a_line_with_numbers_and_latin_ends_at_the_edge_and_the_last_line_of_a_paragraph_does_not() -> None:
    text = "该同志2019年参与GB/T9704-2012宣贯，2021年起主持C919机体部件攻关，节约870.5万元，" * 8 + "完。"
    *full, last = lines_of(official("decision", paragraphs=[text, "第二段。"]), 2)[:9]
    assert [line[2] for line in full[:5]] == [pytest.approx(RIGHT, abs=EDGE)] * 5
    short = next(line for line in [*full, last] if line[0].endswith("完。"))
    assert short[2] < RIGHT - CHARACTER


@pytest.mark.parametrize(("template", "date"), [("decision", "2026-03-05"), ("opinion-letter", "2026-11-18")])
def test_a_single_body_stands_in_the_middle_above_the_date_which_ends_four_characters_in(template: str, date: str) -> None:
    _, lines = signed_on(official(template, issuing_bodies=["区人力资源社会保障局"], document_date=date))
    body, day = lines[-2:]
    assert body[0] == "区人力资源社会保障局"
    assert middle(body) == pytest.approx(middle(day), abs=MIDDLE)
    assert day[2] == pytest.approx(RIGHT - 4 * CHARACTER, abs=EDGE)
    assert day[3] - body[3] == pytest.approx(LINE, abs=PITCH)


@pytest.mark.parametrize("template", ["request", "opinion-letter", "notice"])
def test_above_a_long_name_the_date_moves_and_the_name_keeps_two_characters_to_the_right(template: str) -> None:
    _, lines = signed_on(official(template))
    body, day = lines[-2:]
    assert body[0] == BUREAU
    assert body[2] == pytest.approx(RIGHT - 2 * CHARACTER, abs=EDGE)
    assert middle(body) == pytest.approx(middle(day), abs=MIDDLE)


@pytest.mark.parametrize("template", ["decision", "request", "opinion-letter", "notice"])
def test_the_seal_has_room_two_lines_below_the_text(template: str) -> None:
    _, lines = signed_on(official(template))
    above = [line for line in lines if line[3] < lines[-2][3] - 1][-1]
    assert lines[-2][3] - above[3] == pytest.approx(3 * LINE, abs=PITCH)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_joint_signatures_stand_side_by_side_and_their_seals_do_not_touch(count: int) -> None:
    _, lines = signed_on(official("decision", issuing_bodies=BODIES[:count]))
    day, height = lines[-1], lines[-2][3]
    rows = [[line for line in lines if line[0] in body or body in line[0]] for body in BODIES[:count]]
    centres = [(middle(row[0]), row[0][3]) for row in rows]
    assert centres[-1][0] == pytest.approx(middle(day), abs=MIDDLE)
    assert day[2] == pytest.approx(RIGHT - 4 * CHARACTER, abs=EDGE)
    assert all(x - SEAL / 2 >= LEFT and x + SEAL / 2 <= RIGHT for x, _ in centres)
    assert all(
        ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 > SEAL + 1 for place, a in enumerate(centres) for b in centres[:place]
    )
    assert len([x for x, top in centres if abs(top - height) < LINE]) <= 3


@pytest.mark.parametrize("lines", [1, 3, 6, 24])
def test_text_stands_beside_the_signature_and_on_the_first_page_however_long_it_is(lines: int) -> None:
    """One line goes on the first page with everything (the lines move closer); there is never a page without text."""
    pdf = official("decision", addressees="各单位", paragraphs=[(FULL * 99)[: 28 * lines - 3] + "。"])
    page, found = signed_on(pdf)
    beside = [line for line in found if line[0][:3] in FULL * 2 and len(line[0]) > 15]
    assert len(beside) >= min(2, lines)
    assert any(line[0][:3] in FULL * 2 and len(line[0]) > 15 for line in lines_of(pdf, 1))
    assert "此页无正文" not in "".join(line[0] for line in found)
    assert page == 1 or lines > 1


def test_the_closing_of_a_request_takes_a_line_of_text_along() -> None:
    _, lines = signed_on(official("request", paragraphs=[(FULL * 9)[:110]], notice_paragraphs=["公示期满，没有收到异议。"]))
    place = next(place for place, line in enumerate(lines) if line[0] == "妥否，请批示。")
    assert place >= 1


def faces(pdf: bytes, page: int) -> dict[str, str]:
    """Return the family in which each line of a page begins (pypdf)."""
    found: dict[str, str] = {}

    def visit(text: str, _m: Any, _t: Any, font: Any, _size: Any) -> None:
        if text.strip():
            found[text.strip()[:6]] = str(font["/BaseFont"]) if font else ""

    PdfReader(io.BytesIO(pdf)).pages[page - 1].extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize(("template", "field"), [("decision", "paragraphs"), ("request", "paragraphs"), ("notice", "basis")])
def test_typed_headings_take_the_face_of_their_level(template: str, field: str) -> None:
    typed = ["一、总体要求。坚持公平公正公开，面向一线。", "（一）评选范围", "1.具体条件如下。", FULL * 9]
    found = faces(official(template, **{field: typed, **({"title_lines": ["决定"]} if template != "notice" else {})}), 1)
    hei, kai, body = found["一、总体要求"[:6]], found["（一）评选范"], found["1.具体条件"[:6]]
    assert len({hei, kai, body}) == 3
    assert found["坚持公平公正"] == body


def test_a_notice_keeps_a_blank_line_above_its_attachment_and_begins_it_two_characters_in() -> None:
    pdf = official("notice")
    lines = [line for page in (1, 2) for line in lines_of(pdf, page)]
    for before, line in pairwise(lines):
        if line[0].startswith("附件：公示人选"):
            assert line[3] - before[3] == pytest.approx(2 * LINE, abs=PITCH)
            assert line[1] == pytest.approx(LEFT + 2 * CHARACTER, abs=EDGE)
            return
    raise AssertionError("there is no attachment")


def test_ten_people_with_long_deeds_take_three_pages_and_each_deed_the_whole_width() -> None:
    """The deed stands below its person; as a column of a quarter of the page it took a page for each."""
    sample = shipped("notice").sample["nominees"][0]
    deed = "参与攻关项目并解决现场难题，带出徒弟多名，" * 23 + "完。"
    pdf = official("notice", nominees=[{**sample, "deed": deed} for _ in range(10)])
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    listed = [number for number, text in enumerate(pages, 1) if "主要事迹" in text and "姓" in text]
    assert len(deed) == 485
    assert (len(pages), len(listed)) == (5, 3)
    wide = [line for line in lines_of(pdf, listed[1]) if len(line[0]) >= 40]
    assert len(wide) > 25
    assert all(line[2] - line[1] > 155 for line in wide)


@pytest.mark.parametrize(
    ("layout", "css", "states"),
    [
        ("official", "", ["even"]),
        ("official", ".tight {} .tighter {}", ["even", "even tight", "even tighter"]),
        ("official", "body[class~=tight] {}", ["even", "even tight"]),
        ("poster", ".tight {}", ["even"]),
        ("free", ".tight {}", ["even"]),
    ],
)
def test_lines_move_closer_only_where_the_style_sheet_knows_how(layout: str, css: str, states: list[str]) -> None:
    template = small("<p class='signature'>{{ name }}</p>", metadata=f'layout = "{layout}"\n{METADATA}', css=css)
    page, tried = lay_out(page_html(template, "<p class='signature'>某局</p>", fonts(), MOMENT), fonts(), None), []

    def again(state: str) -> Any:
        tried.append(state)
        return page

    assert laid_out(template, again) is page
    assert tried == states


def test_a_version_without_the_layout_is_laid_out_as_it_was() -> None:
    """Papers of earlier versions come out again as they were printed: their lines are not spread, their pages not changed."""
    now = shipped("decision")
    before = replace(now, metadata=replace(now.metadata, layout="free"))
    values = {**now.sample, "synthetic": False, "addressees": "各单位", "paragraphs": [PUNCTUATED * 25]}
    lines = lines_of(render_pdf(before, values, created_at=MOMENT, fonts=fonts()), 2)
    assert min(line[2] for line in lines if line[1] < LEFT + 1) < RIGHT - 4
