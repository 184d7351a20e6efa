"""Tables of the usual length stand on one page: no page for the last row of a list, no half an address at the top of one."""

import io

import pytest
from pypdf import PdfReader

from tests.documents.support import paper, shipped


def pages_of(pdf: bytes) -> list[str]:
    """Return what each page says, without white space."""
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("count", [19, 20, 22])
def test_the_places_of_all_units_of_a_district_stand_on_one_page(count: int) -> None:
    one = shipped("round-call").sample["places"][0]
    pages = pages_of(paper("round-call", places=[{**one, "unit": f"第{number}街道办事处"} for number in range(1, count + 1)]))
    assert len(pages) == 4
    assert "第1街道办事处" in pages[2] and f"第{count}街道办事处" in pages[2]


def test_all_who_were_drawn_stand_on_the_first_page_of_the_record() -> None:
    first, _ = pages_of(paper("draw-record"))
    assert all(member["key"] in first for member in shipped("draw-record").sample["members"])
    assert "候补2" in first and "二、逐步计算" not in first


@pytest.mark.parametrize("phones", [["027-83000000"], ["027-83000000", "027-83000001（工作日8:30—12:00，14:00—17:30）"]])
def test_an_address_is_not_parted_from_its_post_code(phones: list[str]) -> None:
    sample = shipped("notice").sample
    pages = pages_of(paper("notice", phones=phones))
    [place] = [number for number, text in enumerate(pages) if "通信地址" in text]
    assert f"邮政编码：{sample['post_code']}" in pages[place]
