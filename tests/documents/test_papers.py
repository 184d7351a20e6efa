"""Every shipped template renders its sample, and what it says can be read out of the PDF again."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from app.documents.context import expected_texts, plain
from app.documents.filters import yuan
from app.documents.readback import require_texts
from app.documents.render import batch_fonts, render_pdf
from app.documents.subset import FontSet
from app.domain.errors import DomainError
from tests.documents import support
from tests.documents.archive import breaches
from tests.documents.support import LONG_EMPLOYER, LONG_NAME, MOMENT, NAMES, RARE_NAMES, paper, shipped
from tests.text_layer import extract_text


@pytest.fixture(scope="module")
def pdfs() -> dict[str, bytes]:
    return {name: paper(name) for name in NAMES}


@pytest.fixture(scope="module")
def pages(pdfs: dict[str, bytes]) -> dict[str, list[str]]:
    """Return the text of each page as another reader than ours takes it out."""
    return {name: [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages] for name, pdf in pdfs.items()}


def said(name: str) -> list[str]:
    """Return what a reader must find on the paper: short texts as they are, dates as they are written."""
    return [text for _, text in expected_texts(plain(shipped(name).sample, shipped(name)), shipped(name))]


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_comes_out_character_by_character(name: str, pdfs: dict[str, bytes]) -> None:
    expected = said(name)
    assert len(expected) > 5
    assert any("𬱖" in text for text in expected)
    require_texts(pdfs[name], expected=expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_the_declared_size(name: str, pdfs: dict[str, bytes]) -> None:
    width, height = shipped(name).metadata.size_mm
    for page in PdfReader(io.BytesIO(pdfs[name])).pages:
        assert float(page.mediabox.width) / 72 * 25.4 == pytest.approx(width, abs=0.1)
        assert float(page.mediabox.height) / 72 * 25.4 == pytest.approx(height, abs=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_the_pdf_is_archivable_and_says_what_it_is(name: str, pdfs: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(pdfs[name]))
    assert reader.metadata is not None
    assert reader.metadata.title == shipped(name).metadata.title
    assert reader.root_object["/Lang"] == "zh-CN"
    assert reader.metadata.creation_date == MOMENT
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert (xmp.pdfaid_part, xmp.pdfaid_conformance) == ("3", "B")
    assert breaches(pdfs[name]) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_demo_paper_says_so_on_its_pages(name: str, pages: dict[str, list[str]]) -> None:
    assert pages[name] and all("演示数据" in page for page in pages[name])


@pytest.mark.parametrize(
    ("name", "heading"), [("payment-list", "实发金额"), ("score-summary", "综合得分"), ("notice", "主要事迹")]
)
def test_table_headings_repeat_on_each_page(name: str, heading: str, pages: dict[str, list[str]]) -> None:
    listed = [
        text
        for text in pages[name]
        if "徐𬱖\n" in text or "徐𬱖 " in text or "张𨱏" in text or "王磊" in text or "崔廖凯" in text
    ]
    assert len(listed) >= 2
    assert all(heading in text for text in listed)


def test_the_colophon_stands_on_the_last_even_page(pdfs: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(pdfs["decision"]))
    assert len(reader.pages) % 2 == 0
    shorter = PdfReader(io.BytesIO(paper("decision", winners=shipped("decision").sample["winners"][:3])))
    assert len(shorter.pages) % 2 == 0
    assert "印发" in shorter.pages[-1].extract_text()


def test_the_payment_list_totals_in_digits_and_words(pdfs: dict[str, bytes]) -> None:
    sample = shipped("payment-list").sample
    assert sample["net_total"] == sum(row["net"] for row in sample["rows"])
    require_texts(pdfs["payment-list"], expected=[f"¥{yuan(sample['net_total'])}", "壹佰肆拾捌万叁仟玖佰伍拾玖元壹角"])


def test_fifty_characters_and_a_long_employer_fit_on_the_certificate() -> None:
    pdf = paper("certificate", name=LONG_NAME, employer=LONG_EMPLOYER)
    require_texts(pdf, expected=[LONG_NAME, LONG_EMPLOYER])
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


@pytest.mark.parametrize("name", NAMES)
def test_long_names_and_employers_fit_on_every_paper_and_a_real_one_says_nothing_of_a_demonstration(name: str) -> None:
    template, long = shipped(name), {"name": LONG_NAME, "employer": LONG_EMPLOYER}
    specs = {spec.name: spec for spec in template.metadata.fields}
    changes: dict[str, Any] = {key: value for key, value in long.items() if key in specs}
    for key, spec in specs.items():
        columns = {column.name for column in spec.columns}
        if "name" in columns:
            first = template.sample[key][0] | {column: value for column, value in long.items() if column in columns}
            changes[key] = [first, *template.sample[key][1:]]
    assert changes
    real = paper(name, synthetic=False, **changes)
    require_texts(real, expected=[LONG_NAME])
    assert "演示" not in "".join(extract_text(real).split()).replace("演示说明", "").replace("演示路", "")


def test_what_the_form_has_no_room_for_goes_to_another_sheet_and_is_never_cut() -> None:
    many = [f"先进操作法　第{number}项　{'临空港工匠评选' * 40}完" for number in range(1, 21)]
    pdf = paper("nomination-form", achievements=many)
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) >= 3
    assert "下接附页" in pages[1].extract_text()
    require_texts(pdf, expected=[f"第{number}项" for number in range(1, 21)])
    assert "".join(extract_text(pdf).split()).count("评选完") == 20


def test_what_cannot_shrink_any_more_is_refused() -> None:
    with pytest.raises(DomainError, match="太长") as refusal:
        paper("certificate", name="长" * 90)
    assert refusal.value.code == "document_overflow"


@pytest.fixture(scope="module")
def batch() -> tuple[FontSet, dict[str, bytes]]:
    """Return certificates with rare names, and the fonts that were cut for them together."""
    template = shipped("certificate")
    contexts: dict[str, Any] = {name: {**template.sample, "name": name} for name in RARE_NAMES}
    fonts = batch_fonts(template, list(contexts.values()))
    return fonts, {name: render_pdf(template, values, created_at=MOMENT, fonts=fonts) for name, values in contexts.items()}


@pytest.mark.parametrize("name", RARE_NAMES)
def test_rare_names_come_out_of_the_certificate(name: str, batch: tuple[FontSet, dict[str, bytes]]) -> None:
    pdf = batch[1][name]
    require_texts(pdf, expected=[name])
    with pytest.raises(DomainError, match=f"找不到“{name}𠮷”，其中“𠮷”"):
        require_texts(pdf, expected=[name + "𠮷"])


def test_equal_input_gives_equal_bytes(pdfs: dict[str, bytes]) -> None:
    template = shipped("certificate")
    assert render_pdf(template, template.sample, created_at=MOMENT, fonts=support.fonts()) == pdfs["certificate"]
    assert paper("certificate", serial="LKGGJ-2026-002") != pdfs["certificate"]


def test_fonts_cut_for_one_paper_say_the_same(pdfs: dict[str, bytes]) -> None:
    template = shipped("certificate")
    alone = render_pdf(template, template.sample, created_at=MOMENT)
    assert extract_text(alone) == extract_text(pdfs["certificate"])


def test_a_batch_shares_its_fonts(batch: tuple[FontSet, dict[str, bytes]]) -> None:
    fonts, papers = batch
    assert len(papers) == len(RARE_NAMES)
    assert max(map(len, papers.values())) < 60_000 and fonts.size < 200_000
