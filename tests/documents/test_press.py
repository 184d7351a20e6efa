"""The press: papers of a batch are the same pages as papers made alone, small, signed, and refused by name."""

import io
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms
from pypdf import PdfReader

from app.documents.charset import with_plain_numbers
from app.documents.cms import CmsForm
from app.documents.colour import srgb_profile
from app.documents.outlines import coarser
from app.documents.press import WORTH_SHARING, Press, Sheet, split
from app.documents.press_apart import PressApart
from app.documents.readback import require_texts
from app.documents.render import render_pdf
from app.documents.signatures import judge
from app.documents.slots import Slot
from app.documents.subset import FontSet, subset_for
from app.documents.templates import Template
from app.domain.errors import DomainError
from tests.documents.support import LONG_EMPLOYER, LONG_NAME, MOMENT, RARE_NAMES, shipped, small
from tests.documents.test_signing import credential

FIFTY = "阿卜杜热合曼买提依明艾江吐尔逊布都克里木赛麦吾玉素甫山古丽巴哈帕孜莱汗迪娜扎夏米西尼沙努肉苏妮嘉莎慧"
"""Fifty characters, none of them twice: no name weighs more."""
NAMES = ("陈精工", LONG_NAME, *RARE_NAMES, FIFTY)


def people() -> list[Sheet]:
    """Return certificates with names of every kind, one with the longest employer."""
    sample = dict(shipped("certificate").sample)
    return [
        Sheet(
            {**sample, "name": name, "serial": f"LKGGJ-2026-{at:03d}", "employer": LONG_EMPLOYER if len(name) > 40 else "某公司"},
            "x",
        )
        for at, name in enumerate(NAMES, 1)
    ]


@lru_cache(maxsize=1)
def fonts() -> FontSet:
    """Cut the fonts once for the certificates of this file: making them coarser takes time with each character."""
    designs = [shipped(design) for design in ("certificate", "certificate-plain")]
    said = [text for design in designs for text in (design.html, design.css, str(design.sample))]
    return subset_for("".join((*said, *NAMES, "欧阳建国", LONG_EMPLOYER, "某公司", "同甲乙丙丁多")))


def press(template: Template) -> Press:
    """Return a press with the fonts that the tests of this file share."""
    slot = Slot(credential().subject, "制发证书", CmsForm(credential()).size)
    return Press(template, fonts=fonts(), slot=slot, at=MOMENT)


@lru_cache(maxsize=1)
def printed() -> tuple[bytes, ...]:
    """Print and sign the batch once for all tests, apart as the application does."""
    values = [dict(sheet.values) for sheet in people()]
    with PressApart(shipped("certificate"), values, credential=credential(), reason="制发证书", at=MOMENT) as made:
        return tuple(made.print(people()))


def picture(pdf: bytes, folder: Path) -> Image.Image:
    """Return the first page as poppler draws it, three times as fine as it is compared: poppler moves glyphs to quarters of a pixel."""
    (folder / "paper.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "210", "-singlefile", "paper.pdf", "page"], cwd=folder, check=True)
    return Image.open(folder / "page.ppm").convert("L").reduce(3)


def test_every_name_comes_out_again_code_point_by_code_point() -> None:
    for sheet, pdf in zip(people(), printed(), strict=True):
        require_texts(pdf, expected=[str(sheet.values[key]) for key in ("name", "serial", "employer", "document_number")])
        with pytest.raises(DomainError, match="找不到“欧阳”，其中“欧”"):
            require_texts(pdf, expected=["欧阳"])


def test_a_page_of_the_batch_is_the_page_made_alone(tmp_path: Path) -> None:
    alone = render_pdf(shipped("certificate"), people()[1].values, created_at=MOMENT, fonts=fonts())
    difference = ImageChops.difference(picture(alone, tmp_path), picture(printed()[1], tmp_path))
    # Coarser outlines may turn a grey pixel at the edge of a stroke; a stroke that is missing or elsewhere is black on white.
    strong = difference.point(lambda value: 255 if value > 110 else 0)
    assert strong.histogram()[255] <= 12


def test_an_independent_reader_finds_names_title_and_language(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(printed()[1])
    told = subprocess.run(["pdftotext", "paper.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert LONG_NAME in "".join(told.stdout.split())
    reader = PdfReader(io.BytesIO(printed()[0]))
    catalog = reader.trailer["/Root"]
    assert reader.metadata is not None and reader.metadata.title == "“临空港工匠”荣誉证书 x"
    assert catalog["/Lang"] == "zh-CN"
    packet = catalog["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in packet
    assert "“临空港工匠”荣誉证书 x" in packet and "2026-11-20T09:30:00+08:00" in packet


def test_every_paper_is_signed_and_small_and_embeds_its_fonts() -> None:
    for pdf in printed():
        assert judge(pdf, trusted={credential().fingerprint}).verdict == "ours"
        assert len(pdf) <= 40_000
        fonts_used = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"]
        descriptors = [font.get_object()["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts_used.values()]
        assert all("/FontFile2" in one or "/FontFile3" in one for one in descriptors)


@pytest.mark.parametrize("name", ["陈精工", "欧阳建国", LONG_NAME])
@pytest.mark.parametrize("design", ["certificate", "certificate-plain"])
def test_both_designs_keep_to_their_size_with_a_long_employer(design: str, name: str) -> None:
    sheet = Sheet({**shipped(design).sample, "name": name, "employer": LONG_EMPLOYER}, "x")
    [pdf] = press(shipped(design)).print([sheet])
    assert len(pdf) <= 40_000
    # What an authority's RSA key and a certificate in between add to a signature leaves names of usual length room.
    assert len(name) > 4 or len(pdf) <= 36_000


def test_nothing_in_a_paper_is_forbidden_by_the_archive_format() -> None:
    body = b"".join(_all_objects(printed()[0]))
    for forbidden in (b"/JavaScript", b"/Encrypt", b"/Interpolate true", b"/LZWDecode", b"/Launch", b"/EmbeddedFile"):
        assert forbidden not in body
    assert b"/OutputIntent" in body and b"/GTS_PDFA1" in body


def _all_objects(pdf: bytes) -> list[bytes]:
    reader = PdfReader(io.BytesIO(pdf))
    return [pdf, *(repr(reader.get_object(number)).encode() for number in range(1, int(str(reader.trailer["/Size"]))))]


def test_what_is_shared_is_drawn_once_only_when_it_is_the_same() -> None:
    template = marked("{{ note }}")
    made = press(template)
    pages = [Sheet({"name": "陈精工", "note": note}, "1") for note in "甲乙丙丁"]
    assert len(pages) >= WORTH_SHARING
    for pdf, note in zip(made.print(pages), "甲乙丙丁", strict=True):
        require_texts(pdf, expected=["陈精工", note])


@pytest.mark.parametrize(("count", "is_shared"), [(WORTH_SHARING - 1, False), (WORTH_SHARING, True)])
def test_what_is_the_same_is_drawn_once_for_as_many_as_make_it_worth_while(count: int, is_shared: bool) -> None:
    for pdf in press(marked("同一")).print([Sheet({"name": "陈精工"}, "1")] * count):
        require_texts(pdf, expected=["陈精工", "同一"])
        assert ("/XObject" in PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]) is is_shared


def test_marks_in_the_flow_of_the_page_change_nothing(tmp_path: Path) -> None:
    template = small("<div><!--shared--><p>同一</p><!--/shared--><p>{{ name }}</p></div>", metadata=one_page())
    pdf, *_ = press(template).print([Sheet({"name": "陈精工"}, "1")] * WORTH_SHARING)
    alone = render_pdf(template, {"name": "陈精工"}, created_at=MOMENT, fonts=fonts())
    assert (
        ImageChops.difference(picture(pdf, tmp_path), picture(alone, tmp_path)).point(lambda v: 255 if v > 110 else 0).getbbox()
        is None
    )


def test_names_that_come_later_in_a_batch_are_drawn_like_the_first(tmp_path: Path) -> None:
    """The outlines of the papers that were drawn by then are made coarser first, and all others when one of them is wanted."""
    template = small("<div style='font-size:60pt'>{{ name }}</div>", metadata=one_page())
    made = press(template)
    [first], [later] = (list(made.print([Sheet({"name": name}, "x")])) for name in ("陈精工", "欧阳建国"))
    [alone] = press(template).print([Sheet({"name": "欧阳建国"}, "x")])
    assert ImageChops.difference(picture(later, tmp_path), picture(alone, tmp_path)).getbbox() is None
    assert ImageChops.difference(picture(later, tmp_path), picture(first, tmp_path)).getbbox() is not None


def marked(inside: str) -> Template:
    """Return a template with a shared part out of the flow."""
    html = f'<div><!--shared--><p style="position:absolute;top:80mm">{inside}</p><!--/shared--><p>{{{{ name }}}}</p>'
    html += "<!--shared--><!--/shared--></div>"  # what stands before the first mark and after the last is around both parts
    return small(html, metadata=one_page())


def one_page() -> str:
    """Return the metadata of the small template with a limit of one page."""
    return """
title = "试样"
page = "A4 portrait"
max_pages = 1
[fields]
name = { label = "姓名", type = "text" }
note = { label = "备注", type = "text", required = false }
"""


def test_the_one_that_overflows_is_refused_by_name() -> None:
    template = small("<div>{{ name }}<p style='height:250mm'></p>{% if note %}<p>{{ note }}</p><p style='height:90mm'></p>{% endif %}</div>",
                     metadata=one_page())  # fmt: skip
    pages = [Sheet({"name": "陈精工", "note": note}, "1") for note in ("", "多")]
    with pytest.raises(DomainError, match="超出了1页"):
        list(press(template).print(pages))


def test_a_name_without_glyph_is_refused_with_person_and_character() -> None:
    bad = people()[0].values | {"name": "陈\U0003134f工"} if isinstance(people()[0].values, dict) else {}
    with pytest.raises(DomainError, match=r"陈.工.*U\+3134F"):
        list(press(shipped("certificate")).print([Sheet(bad, "1")]))


def test_a_character_of_the_template_without_glyph_is_refused() -> None:
    template = small("<p>{{ name }}\U0003134f</p>", metadata=one_page())
    with pytest.raises(DomainError, match=r"U\+3134F"):
        list(press(template).print([Sheet({"name": "陈精工"}, "1")]))


def test_a_paper_of_several_pages_is_not_for_the_press() -> None:
    with pytest.raises(DomainError, match="不是单页文书"):
        press(shipped("decision"))


@pytest.mark.parametrize("body", ["", "<p>甲</p>", "<div><!--shared-->甲</div>", "<!--/shared-->"])
def test_a_body_without_a_pair_of_marks_is_its_own(body: str) -> None:
    assert split(body) in [("", body), ("甲</div><div>", body)] and split(body)[1] == body


def test_the_small_profile_is_srgb() -> None:
    ours, theirs = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())), ImageCms.createProfile("sRGB")
    image, lab = Image.linear_gradient("L").convert("RGB"), ImageCms.createProfile("LAB")
    seen: list[Any] = [ImageCms.profileToProfile(image, one, lab, outputMode="LAB") for one in (ours, theirs)]
    assert max(abs(a - b) for a, b in zip(seen[0].tobytes(), seen[1].tobytes(), strict=True)) <= 1


def test_the_heaviest_name_has_fifty_different_characters() -> None:
    assert len(FIFTY) == len(set(FIFTY)) == 50


def test_coarser_outlines_stay_where_they_were_and_widths_agree() -> None:
    from fontTools.pens.boundsPen import BoundsPen  # slow import: fontTools
    from fontTools.ttLib import TTFont  # slow import: fontTools

    for body in subset_for(FIFTY).files.values():
        fine, coarse = TTFont(io.BytesIO(body)), TTFont(io.BytesIO(coarser(body)))
        scale = fine["head"].unitsPerEm / coarse["head"].unitsPerEm
        assert scale >= 2 and fine.getGlyphOrder() == coarse.getGlyphOrder()
        for name in fine.getGlyphOrder()[:30] + fine.getGlyphOrder()[-30:]:
            pens = [BoundsPen(font.getGlyphSet()) for font in (fine, coarse)]
            for pen, font in zip(pens, (fine, coarse), strict=True):
                font.getGlyphSet()[name].draw(pen)
            if pens[0].bounds is not None and pens[1].bounds is not None:
                # The tolerance and half a unit of the coarse grid, in thousandths of an em.
                assert max(abs(a - scale * b) for a, b in zip(pens[0].bounds, pens[1].bounds, strict=True)) <= 9
            assert abs(fine["hmtx"][name][0] - scale * coarse["hmtx"][name][0]) <= scale / 2
            assert coarse.getGlyphSet()[name].width == coarse["hmtx"][name][0]


def test_cut_fonts_count_their_characters_by_glyph() -> None:
    from fontTools.ttLib import TTFont  # slow import: fontTools

    cut = [TTFont(io.BytesIO(body)) for body in fonts().files.values() if body[:4] == b"OTTO"]
    assert cut
    for font in cut:
        charset = font["CFF "].cff[0].charset
        assert charset[1:] == [f"cid{number:05d}" for number in range(1, len(charset))]
    assert with_plain_numbers(b"\0\1\0\0rest") == b"\0\1\0\0rest"
