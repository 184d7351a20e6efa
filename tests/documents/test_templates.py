"""Template packages: what they declare, what they may not do, and that the fault is named."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from app.documents.context import plain
from app.documents.filters import chinese_amount, fit, yuan
from app.documents.metadata import format_number, parse_metadata, wording
from app.documents.render import render_pdf
from app.documents.templates import Template, content_hash, load_template
from app.domain.clock import cn_date
from app.domain.errors import DomainError
from tests.documents.support import CONTENT, METADATA, MOMENT, NAMES, shipped, small

FILES = ("template.html", "style.css", "metadata.toml", "sample.json")


def refusal_of(template: Template, **values: object) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        render_pdf(template, {"name": "张三", **values}, created_at=MOMENT)
    return refusal.value


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ name.__class__.__mro__ }}",
        "{{ name.upper() }}",
        "{{ name.format(1) }}",
        "{{ name * 100000000 }}",
        "{{ 9 ** 99999999 }}",
        "{{ '%s' % name }}",
        "{{ cycler('a').__init__ }}",
        "{{ (1).__class__ }}",
        "{{ name | safe }}",
        "{{ name | attr('__class__') }}",
        "{% include 'x' %}",
        "{% import 'os' as os %}",
        "{{ range(9) }}",
    ],
)
def test_a_template_cannot_leave_its_cage(source: str) -> None:
    assert refusal_of(small(f"<p>{source}</p>")).code.startswith("template_")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "https://example.com/a.png",
        "../decision/style.css",
        "/etc/passwd",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "missing.svg",
        "ftp://example.com/a",
    ],
)
def test_a_template_reaches_only_its_own_pictures(address: str) -> None:
    sources = (
        small(f'<img src="{address}">'),
        small(css=f"p {{ background: url('{address}') }}"),
        small(f"<style>@import '{address}';</style><p>{{{{ name }}}}</p>"),
        small(f'<link rel="stylesheet" href="{address}"><p>{{{{ name }}}}</p>'),
    )
    for template in sources:
        refusal = refusal_of(template)
        assert refusal.code == "template_resource"
        assert "自己文件夹" in refusal.message


def test_a_picture_cannot_reach_out_either() -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>'
    assert refusal_of(small('<img src="a.svg">', files={"a.svg": drawing})).code == "template_resource"
    with pytest.raises(DomainError, match="文档类型声明"):
        small(files={"a.svg": b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>'})


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.svg", b"<svg"),
        ("a.svg", b"<html/>"),
        ("a.png", b"GIF89a"),
        ("a.jpg", b"\x89PNG\r\n\x1a\n"),
        ("a.js", b""),
        ("图.svg", b"<svg/>"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_refused_with_the_package(name: str, body: bytes) -> None:
    with pytest.raises(DomainError, match=name):
        small(files={name: body})


def test_a_picture_that_is_handed_in_is_shown_and_nothing_else_is() -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    template = small('<img src="photo"><p>{{ name }}</p>')
    pdf = render_pdf(template, {"name": "张三"}, created_at=MOMENT, resources={"photo": out.getvalue()})
    assert [image.image.size for image in PdfReader(io.BytesIO(pdf)).pages[0].images if image.image] == [(8, 8)]
    with pytest.raises(DomainError, match="只能是 PNG 或 JPEG"):
        render_pdf(template, {"name": "张三"}, created_at=MOMENT, resources={"photo": b"<svg/>"})


def test_an_undefined_name_refuses_to_render_with_its_line() -> None:
    refusal = refusal_of(small("<p>\n{{ nmae }}</p>"))
    assert refusal.code == "template_undefined"
    assert "nmae" in refusal.message
    assert "第2行" in refusal.message


def test_a_syntax_error_names_its_line() -> None:
    refusal = refusal_of(small("<p>\n\n{% if name %}</p>"))
    assert refusal.code == "template_syntax"
    assert "第3行" in refusal.message


def test_values_are_escaped() -> None:
    assert render_pdf(small(), {"name": "<img src=file:///etc/passwd>&"}, created_at=MOMENT)


def test_missing_undeclared_and_wrong_fields_are_named() -> None:
    template = small()
    with pytest.raises(DomainError, match="缺少“姓名”"):
        plain({}, template)
    with pytest.raises(DomainError, match="没有声明字段“salary”"):
        plain({"name": "张三", "salary": 1}, template)
    with pytest.raises(DomainError, match="“姓名”（name）应是文字"):
        plain({"name": 3}, template)
    with pytest.raises(DomainError, match="U\\+0000"):
        plain({"name": "张\0三"}, template)
    assert plain({"name": "张三"}, template) == {"name": "张三", "note": ""}


def test_plain_values_hold_no_object_of_ours() -> None:
    template = shipped("score-summary")
    row = {
        "rank": 1,
        "name": "张三",
        "employer": "厂",
        "scores": [Decimal("90.5"), "回避"],
        "trimmed_mean": Decimal("90.50"),
        "combined": "9",
    }
    values = plain({**template.sample, "held_on": MOMENT, "rows": [row]}, template)
    assert values["held_on"] == "2026-11-20"
    assert values["rows"] == [
        {
            "rank": "1",
            "name": "张三",
            "employer": "厂",
            "scores": ["90.5", "回避"],
            "trimmed_mean": "90.50",
            "inspection": "",
            "combined": "9",
        }
    ]
    with pytest.raises(DomainError, match="“评分明细”第1行的“综合得分”"):
        plain({**template.sample, "rows": [{**row, "combined": 0.1}]}, template)


@pytest.mark.parametrize("name", NAMES)
def test_shipped_templates_load_and_declare_what_they_use(name: str) -> None:
    template = shipped(name)
    assert template.key == f"linkonggang-artisan/{name}"
    assert all(spec.label != spec.name for spec in template.metadata.fields)
    assert set(template.sample) <= {spec.name for spec in template.metadata.fields}


def test_the_hash_covers_every_file(tmp_path: Path) -> None:
    folder = CONTENT / "certificate"
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert load_template(folder).hash == content_hash(dict(reversed(files.items())))
    assert content_hash(files) != content_hash({**files, "border.svg": b"<svg/>"})


def test_a_broken_package_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="找不到文书模板"):
        load_template(tmp_path / "none")
    for part in FILES[:3]:
        (tmp_path / part).write_text(METADATA if part == "metadata.toml" else "")
    with pytest.raises(DomainError, match=r"缺少文件“sample\.json”"):
        load_template(tmp_path)
    (tmp_path / "sample.json").symlink_to("/etc/hostname")
    with pytest.raises(DomainError, match="不是普通文件"):
        load_template(tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "title = ",
        'title = "a"\npage = "A9"',
        'page = "A4 portrait"',
        'title = "a"\n[fields]\nitems = { label = "x" }',
        'title = "a"\n[fields]\nx = { type = "object" }',
        'title = "a"\nnumbering = "{a.__class__}"',
        'title = "a"\nlayout = "letter"',
        'title = "a"\n[fields]\nx = { type = "table" }',
    ],
)
def test_unusable_metadata_is_refused(source: str) -> None:
    with pytest.raises(DomainError) as refusal:
        parse_metadata(source)
    assert refusal.value.code == "template_metadata"


@pytest.mark.parametrize(
    ("entry", "fits", "too_long"),
    [
        ("numbering", f'"{"东" * 24}〔{{year}}〕{{number:09}}号"', f'"{"东" * 25}〔{{year}}〕{{number:09}}号"'),
        ("signers", f'["{"区" * 80}", "{"府" * 79}"]', f'["{"区" * 80}", "{"府" * 80}"]'),
    ],
)
def test_what_a_row_cannot_hold_is_told_before_a_paper_is_made(entry: str, fits: str, too_long: str) -> None:
    assert parse_metadata(f'title = "a"\n{entry} = {fits}').title == "a"
    with pytest.raises(DomainError, match=f"{entry}.*超过") as refusal:
        parse_metadata(f'title = "a"\n{entry} = {too_long}')
    assert refusal.value.code == "template_metadata"


def test_numbers_follow_the_pattern() -> None:
    assert format_number(shipped("certificate").metadata.numbering, year=2026, number=1) == "LKGGJ-2026-001"
    assert format_number(shipped("decision").metadata.numbering, year=2026, number=5) == "东发〔2026〕5号"


def test_too_many_pages_and_another_page_size_are_refused() -> None:
    one = small(
        "<p>{{ name }}</p><p style='break-before: page'>二</p>", metadata=METADATA.replace("[fields]", "max_pages = 1\n[fields]")
    )
    assert refusal_of(one).code == "document_overflow"
    assert refusal_of(small(metadata=METADATA.replace("portrait", "landscape"))).code == "template_page"


def test_dates_and_money_are_written_as_officials_write_them() -> None:
    assert cn_date("2026-03-05") == "2026年3月5日"
    assert yuan(30000000) == "300,000.00"
    assert yuan(-5) == "-0.05"


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (5, "伍分"),
        (1000, "壹拾元整"),
        (10001, "壹佰元零壹分"),
        (140950, "壹仟肆佰零玖元伍角"),
        (600714, "陆仟零柒元壹角肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (30000000, "叁拾万元整"),
        (10000000110, "壹亿零壹元壹角"),
    ],
)
def test_amounts_in_words(cents: int, words: str) -> None:
    assert chinese_amount(cents) == words


def test_a_text_shrinks_by_rule() -> None:
    assert fit("张三", width=100, size=20) == "20"
    assert float(fit("长" * 50, width=196, size=27)) == pytest.approx(196 / 25.4 * 72 / 50, abs=0.1)
    with pytest.raises(DomainError, match="太长"):
        fit("长" * 500, width=50, size=12)


@pytest.mark.parametrize("tag", ['<link rel="attachment" href="a.png">', '<p><a rel="attachment" href="a.png">x</a></p>'])
def test_no_file_travels_inside_a_paper(tag: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    with pytest.raises(DomainError, match="夹带文件"):
        render_pdf(small(f"{tag}<p>{{{{ name }}}}</p>", files={"a.png": out.getvalue()}), {"name": "张三"}, created_at=MOMENT)


def test_fixed_texts_of_a_template_are_put_in_and_a_missing_one_is_named() -> None:
    said = small(metadata='words = { closing = "妥否，请{body}批示。" }\n' + METADATA).metadata
    assert wording(said, "closing", body="区政府") == "妥否，请区政府批示。"
    with pytest.raises(DomainError, match=r"缺少固定用语“opening”.*\[words\]"):
        wording(said, "opening")
    for wrong in ('words = { closing = "" }', "words = { closing = 1 }", 'words = "妥否"'):
        with pytest.raises(DomainError, match="固定用语"):
            small(metadata=f"{wrong}\n{METADATA}")
