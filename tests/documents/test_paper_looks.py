"""Papers that people read on a wall, in the hand or at a counter: how many sheets, how small the type, what stays in one piece."""

import io
import re
import subprocess
from typing import Any

import pytest
from PIL import ImageChops
from pypdf import PdfReader

from tests.documents.measure import extent, page_picture
from tests.documents.support import LONG_EMPLOYER, paper, shipped
from tests.text_layer import extract_text

POINT = 25.4 / 72
Line = tuple[str, float, float, float, float]


def lines_of(pdf: bytes, page: int) -> list[Line]:
    """Return text, left, right, top and bottom of each line on a page as poppler finds it, in millimetres."""
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), "-", "-"]
    told = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    words = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', told)
    return [(word[4], *(float(word[at]) * POINT for at in (0, 2, 1, 3))) for word in words]


def sizes(pdf: bytes, page: int, *, least: int = 12) -> list[float]:
    """Return the type size, in points, of the Chinese lines of a page with so many characters or more."""
    return [
        (line[2] - line[1]) / len(line[0]) / POINT
        for line in lines_of(pdf, page)
        if len(line[0]) >= least and re.fullmatch(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", line[0])
    ]


def pages_of(pdf: bytes) -> int:
    """Return how many pages a paper has."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


def people(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Return so many people of a poster."""
    one = {**shipped("notice-poster").sample["nominees"][0], **changes}
    return [{**one, "name": f"王小{'一二三四五六七八九十'[number % 10]}"} for number in range(count)]


@pytest.mark.parametrize(("count", "pages"), [(12, 1), (20, 1), (30, 2)])
def test_a_poster_of_a_usual_round_is_one_sheet_and_of_the_largest_two(count: int, pages: int) -> None:
    pdf = paper("notice-poster", nominees=people(count))
    assert pages_of(pdf) == pages
    assert min(sizes(pdf, 1)) >= 12
    assert f"共 {pages} 页" in extract_text(pdf)
    assert "受理单位" in PdfReader(io.BytesIO(pdf)).pages[-1].extract_text()


def test_a_poster_with_long_employers_shrinks_before_it_takes_a_second_sheet() -> None:
    roomy, close = (paper("notice-poster", nominees=people(10, **changes)) for changes in ({}, {"employer": LONG_EMPLOYER}))
    assert (pages_of(roomy), pages_of(close)) == (1, 1)
    assert max(sizes(roomy, 1)) > 14.9
    assert min(sizes(close, 1)) < min(sizes(roomy, 1))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("买买提·艾合买提", ("买买提·", "艾合买提")),
        ("阿卜杜热合曼·买买提依明", ("阿卜杜热合曼·", "买买提依明")),
        ("阿依·买买提", ("阿依·买买提",)),
    ],
)
def test_a_name_on_the_poster_goes_on_in_the_next_line_behind_its_dot(name: str, lines: tuple[str, ...]) -> None:
    first, *others = people(4)
    pdf = paper("notice-poster", nominees=[{**first, "name": name}, *others])
    assert set(lines) <= {line[0] for line in lines_of(pdf, 1)}


def test_long_deeds_on_the_form_stay_legible_and_go_on_where_there_is_room() -> None:
    """1,863 characters stood in their box at 7.1 points; 9 are the least that is read in print."""
    deed = "他始终扎根生产一线，主持完成精度恢复等攻关项目，累计节约成本八百余万元。" * 52
    pdf = paper("nomination-form", deed_full=[deed[:931], deed[931:1863]], deed_brief=["事" * 500])
    assert pages_of(pdf) == 3
    assert min(sizes(pdf, 2, least=20)) >= 8.9
    assert "下接附页" in PdfReader(io.BytesIO(pdf)).pages[1].extract_text()
    told = "".join(extract_text(pdf).split())
    assert told.count("主持完成") == deed[:1863].count("主持完成")
    assert "详细事迹（上接表内）" in told


def test_numbers_in_a_letter_stand_in_one_piece_and_nothing_is_below_nine_points() -> None:
    pdf = paper("opinion-letter")
    lines = [line for page in (1, 2, 3) for line in lines_of(pdf, page)]
    assert {"42**************00", "TJ2026-0007", "91420112X00000019E"} <= {line[0] for line in lines}
    assert min(line[4] - line[3] for line in lines) > 9 * POINT


def rings(pdf: bytes) -> tuple[float, ...]:
    """Return left, top, right and bottom of the rings that keep room for the seals: pale red, on the lower right."""
    red, green, _ = page_picture(pdf, 1).split()
    pale = ImageChops.subtract(red, green).point(lambda value: 255 if value > 44 else 0)
    return extent(pale, left=132, right=257, top=134, bottom=180)


def test_the_bodies_of_a_certificate_stand_evenly_and_the_date_is_clear_of_the_seals() -> None:
    """All in millimetres: both margins are 40, and the two bodies share the room to the right of the code."""
    pdf = paper("certificate", synthetic=False)
    found = {line[0]: line for line in lines_of(pdf, 1)}
    first, second, date = (found[text] for text in ("中共武汉市东西湖区委员会", "武汉市东西湖区人民政府", "2026年11月20日"))
    text = next(line for start, line in found.items() if start.startswith("察、社会公示"))
    assert text[1] == pytest.approx(40, abs=0.5)
    assert second[2] == pytest.approx(297 - 40, abs=4)
    assert second[1] - first[2] > 8
    assert first[1] - max(line[2] for start, line in found.items() if start.startswith("武汉临空港")) > 8
    left, top, right, bottom = rings(pdf)
    middles = [(line[1] + line[2]) / 2 for line in (first, second)]
    assert (left + 19, right - 19) == (pytest.approx(middles[0], abs=0.5), pytest.approx(middles[1], abs=0.5))
    assert bottom - top == pytest.approx(38, abs=0.5)
    assert date[3] > bottom + 1
    assert (date[1] + date[2]) / 2 == pytest.approx(sum(middles) / 2, abs=0.5)


def test_the_conclusion_of_an_inspection_moves_up_before_it_takes_a_page_of_its_own() -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(paper("inspection-report"))).pages]
    signed = next(text for text in pages if "考察组成员（签字）" in text)
    assert "考察结论" in signed
    assert "考察情况" in signed
