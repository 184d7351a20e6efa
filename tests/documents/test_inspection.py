"""The gate of templates: what is wrong is found with its file and line, and nothing bad takes the house with it."""

import io
import struct
import zlib

import pytest
from PIL import Image

from app.documents.inspection import Inspection, inspect_template
from app.documents.inspection_apart import inspect_apart
from app.documents.inspection_rules import source_findings
from app.documents.pictures import check_picture
from app.domain.errors import DomainError
from tests.documents.support import CONTENT, METADATA, MOMENT, NAMES, shipped
from tests.text_layer import extract_text

GOOD = {
    "template.html": "<p>{{ name }}</p>\n<p>{{ note }}</p>",
    "style.css": "@page { size: A4 }\np { font-family: var(--kai) }",
    "metadata.toml": METADATA,
    "sample.json": '{\n  "name": "张三"\n}',
}
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'


def files(**changes: str | bytes) -> dict[str, bytes]:
    """Return a sound template with some files changed; `template_html` stands for template.html."""
    named = {name.replace("_", ".", 1): content for name, content in changes.items()}
    return {name: content if isinstance(content, bytes) else content.encode() for name, content in {**GOOD, **named}.items()}


def inspected(**changes: str | bytes) -> Inspection:
    return inspect_template(files(**changes), key="test/small", created_at=MOMENT)


def only(found: Inspection) -> tuple[str, int, str]:
    """Return place and sentence of the one finding."""
    [finding] = found.findings
    return finding.file, finding.line, finding.message


def test_a_sound_template_gives_the_draft_of_its_sample() -> None:
    found = inspected()
    assert (found.accepted, found.findings) == (True, ())
    assert "张三" in extract_text(found.pdf)


def test_a_draft_says_so_on_every_page_and_has_no_number() -> None:
    shipped = {path.name: path.read_bytes() for path in (CONTENT / "decision").iterdir()}
    found = inspect_template(shipped, key="linkonggang-artisan/decision", created_at=MOMENT)
    text = extract_text(found.pdf).replace(" ", "")
    assert found.accepted
    assert text.count("样稿") == 4
    assert "（未编号）" in text
    assert "〔2026〕5号" not in text


@pytest.mark.parametrize(
    ("source", "line", "sentence"),
    [
        ("<p>\n\n{% if name %}</p>", 3, "缺少 {% endif %}"),
        ("<p>\n{{ name }</p>", 2, "括号和标签"),
        ("\n{{ name | safe }}", 2, "没有的过滤器或测试“safe”"),
        ("\n{% load x %}", 2, "没有标签“load”"),
        ("\n{% include 'x' %}", 2, "引用了别的模板"),
        ("\n\n{{ nmae }}", 3, "没有声明的“nmae”"),
        ("{% if false %}\n{{ nmae }}{% endif %}", 2, "没有声明的“nmae”"),
        ("\n{{ ''.__class__ }}", 2, "不允许的写法"),
        ("\n{{ name.upper() }}", 2, "不允许的写法"),
        ("\n\n{{ name | fit(width=1, size=30, least=29) }}", 3, "太长"),
        ("\n{{ name | yuan }}", 2, "用数据的方式不对"),
        ('\n<img src="file:///etc/passwd">', 2, "“file:///etc/passwd”"),
        ('\n<img src="http://169.254.169.254/latest">', 2, "“http://169.254.169.254/latest”"),
        ("\n<p style=\"background: url('//redirect.example/a')\">", 2, "“//redirect.example/a”"),
        ('\n<p style="font-family: Arial">', 2, "字体“Arial”没有安装"),
    ],
)
def test_a_fault_of_the_page_is_named_by_its_line(source: str, line: int, sentence: str) -> None:
    file, found, message = only(inspected(template_html=source))
    assert (file, found) == ("template.html", line)
    assert sentence in message


@pytest.mark.parametrize(
    ("source", "line", "sentence"),
    [
        ("@page { size: A4 }\n@import 'http://example.com/a.css';", 2, "“http://example.com/a.css”"),
        ("@page { size: A4 }\np { background: url(missing.png) }", 2, "“missing.png”"),
        ("@page { size: A4 }\n\np { font-family: '方正小标宋简体', var(--song) }", 3, "“方正小标宋简体”没有安装"),
        ("@page { size: A4 }\np { font: 12pt/1.5 SimSun }", 2, "“SimSun”没有安装"),
        ("@page { size: A4 }\np { font-family: var(--lishu) }", 2, "“var(--lishu)”没有安装"),
        ("@page { size: A4 }\n@font-face { font-family: var(--kai) }", 2, "自带字体"),
        ("\n@page { size: A5 }", 2, "声明的纸张是 A4 portrait"),
    ],
)
def test_a_fault_of_the_style_is_named_by_its_line(source: str, line: int, sentence: str) -> None:
    file, found, message = only(inspected(style_css=source))
    assert (file, found) == ("style.css", line)
    assert sentence in message


def test_what_the_renderer_passes_over_is_a_warning_at_its_line() -> None:
    found = inspected(style_css="@page { size: A4 }\np { colr: red }")
    assert only(found) == ("style.css", 2, "第2行的“colr: red”没有这个样式，已忽略。")
    assert found.accepted


def test_comments_are_not_judged() -> None:
    assert inspected(style_css="@page { size: A4 } /* url(a.png) font-family: Arial */").findings == ()


@pytest.mark.parametrize(
    ("source", "line", "sentence"),
    [
        ('{\n  "name": "张三"\n', 3, "写法有误"),
        ("[]", 1, "应是一个对象"),
        ("{}", 0, "缺少“姓名”"),
        ('{\n  "name": "张三",\n  "salary": 1\n}', 3, "没有声明字段“salary”"),
        ('{\n  "name": 3\n}', 2, "应是文字"),
        ('{\n  "name": "张\U0010fffd"\n}', 2, "没有可用字形"),
    ],
)
def test_a_sample_that_does_not_become_a_page_is_named(source: str, line: int, sentence: str) -> None:
    file, found, message = only(inspected(sample_json=source))
    assert (file, found) == ("sample.json", line)
    assert sentence in message


@pytest.mark.parametrize(
    ("source", "line", "sentence"),
    [
        ('title = "a"\npage = ', 2, "第2行写法有误"),
        ('title = "a"\n\npage = "A9"', 3, "纸张“A9”"),
        ('title = "a"\nmax_pages = "三"', 2, "max_pages"),
        ('title = "a"\nsigners = 1', 2, "signers"),
        ('title = "a"\n[fields]\nitems = { label = "x" }', 3, "字段名“items”"),
        ('title = "a"\n[fields.x]\ntype = "object"', 2, "类型“object”"),
        ('title = "a"\n[fields]\nx = { type = "flag", in_draft = "无" }', 3, "in_draft"),
    ],
)
def test_a_fault_of_the_metadata_is_named_by_its_line(source: str, line: int, sentence: str) -> None:
    file, found, message = only(inspected(metadata_toml=source))
    assert (file, found) == ("metadata.toml", line)
    assert sentence in message


def test_two_broken_parts_are_both_named() -> None:
    found = inspected(metadata_toml="title = ", template_html="{% if %}")
    assert [finding.file for finding in found.findings] == ["metadata.toml", "template.html"]


def test_a_text_that_overflows_the_page_is_refused() -> None:
    limited = METADATA.replace("[fields]", "max_pages = 1\n[fields]")
    found = inspected(metadata_toml=limited, template_html="<p>{{ name }}</p><p style='height: 300mm'>二</p><p>三</p>")
    assert "超出了1页" in only(found)[2]


def test_a_picture_that_is_not_shown_is_a_warning() -> None:
    found = inspected(a_svg=DRAWING.format(""))
    assert (found.accepted, only(found)[0]) == (True, "a.svg")


def png(width: int, height: int) -> bytes:
    """Return a small file that unpacks to a picture of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def repeated(levels: int) -> bytes:
    """Return a drawing that shows itself ten times a level."""
    uses = "".join(f'<g id="l{level}">' + f'<use href="#l{level - 1}"/>' * 10 + "</g>" for level in range(1, levels))
    return DRAWING.format(f'<g id="l0"><path/></g>{uses}').encode()


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("bomb.png", png(50_000, 50_000), "250000 万像素"),
        ("bomb.jpg", b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00", "万像素"),
        ("bomb.svg", repeated(8), "反复引用"),
        ("loop.svg", DRAWING.format('<g id="a"><use href="#a"/></g>').encode(), "反复引用"),
        ("cut.png", b"\x89PNG\r\n\x1a\n", "已损坏"),
    ],
)
def test_a_picture_bomb_is_refused_unopened(name: str, body: bytes, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        check_picture(name, body)


def test_real_pictures_pass() -> None:
    for kind in ("PNG", "JPEG"):
        out = io.BytesIO()
        Image.new("RGB", (40, 30), "red").save(out, kind)
        check_picture(f"a.{kind.lower()}", out.getvalue())
    check_picture("a.svg", repeated(3))


def test_a_loop_without_end_is_stopped() -> None:
    rows = METADATA + 'rows = { label = "行", type = "list" }'
    sample = '{"name": "张三", "rows": [' + ",".join(['"一"'] * 900) + "]}"
    loops = "{% for a in rows %}" * 6 + "{% if a == 'x' %}{{ name }}{% endif %}" + "{% endfor %}" * 6
    endless = files(template_html=loops, metadata_toml=rows, sample_json=sample)
    found = inspect_apart(endless, key="test/small", created_at=MOMENT, time_limit=0.1)
    assert "秒内没有排完" in only(found)[2]
    assert not found.accepted


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_the_sources_of_a_shipped_template_is_unknown(name: str) -> None:
    template = shipped(name)
    assert list(source_findings(template.html, fields=frozenset(spec.name for spec in template.metadata.fields))) == []


def test_a_field_that_is_not_printed_is_named_with_what_to_do() -> None:
    source = METADATA + 'title_of = { label = "职务", type = "text" }\n'
    found = inspect_template(
        files(metadata_toml=source, sample_json='{"name": "张三", "title_of": "钳工"}'), key="test/small", created_at=MOMENT
    )
    assert (
        only(found)[0] == "metadata.toml" and "“职务”的“钳工”没有印出来" in only(found)[2] and "printed = false" in only(found)[2]
    )


def test_loops_nested_too_deeply_are_a_fault_of_syntax() -> None:
    deep = "{% for a in name %}" * 25 + "{% endfor %}" * 25
    found = inspect_template(files(template_html=deep), key="test/small", created_at=MOMENT)
    assert "套得太深" in only(found)[2]


def test_a_template_that_fills_the_memory_is_stopped() -> None:
    growing = "{% set a = 'x' ~ name %}" + ("{% set a = " + " ~ ".join("a" * 64) + " %}") * 7 + "{{ a | length }}"
    found = inspect_apart(files(template_html=growing), key="test/small", created_at=MOMENT, time_limit=120)
    assert "超出内存或时间限制" in only(found)[2]


def test_a_sound_template_comes_back_from_the_other_process() -> None:
    found = inspect_apart(files(), key="test/small", created_at=MOMENT)
    assert (found.accepted, found.pdf) == (True, inspected().pdf)
