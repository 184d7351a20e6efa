"""What the tests of papers share: the shipped templates, a small template made of strings, a fixed moment."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.documents.render import render_pdf
from app.documents.subset import FontSet, subset_for
from app.documents.templates import Template, load_template, template_from_files

CONTENT = Path(__file__).parents[2] / "certificates" / "linkonggang-artisan"
NAMES = (
    "certificate", "certificate-plain", "decision", "draw-record", "inspection-report", "nomination-form", "notice", "notice-poster",
    "opinion-letter", "payment-list", "request", "round-call", "score-summary",
)  # fmt: skip
MOMENT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)

METADATA = """
title = "试样"
page = "A4 portrait"
[fields]
name = { label = "姓名", type = "text" }
note = { label = "备注", type = "text", required = false }
"""


LONG_NAME = "阿卜杜热合曼·买买提依明·艾合买提江·吐尔逊阿依·阿布都克里木·赛麦提·吾买尔江·玉素甫江·艾山"
LONG_EMPLOYER = "武汉临空港经济技术开发区国家网络安全人才与创新基地智能制造产业技术研究院有限公司东西湖分公司"
RARE_NAMES = ("㼆", "吕𪟝", "徐𬱖", "张𨱏", "䶮·赛麦提")


@lru_cache(maxsize=1)
def fonts() -> FontSet:
    """Cut the fonts once for all shipped templates; cutting them for each paper is what takes the time."""
    sources = [path.read_text() for path in CONTENT.glob("*/*") if path.suffix in (".html", ".css", ".json")]
    return subset_for("".join((*sources, LONG_NAME, LONG_EMPLOYER, *RARE_NAMES, "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整")))


def paper(template: str, /, **changes: Any) -> bytes:
    """Render a shipped template with its sample, some values changed; the same paper is rendered once for all tests."""
    values = {**shipped(template).sample, **changes}
    wanted = template, repr(sorted(values.items()))
    if wanted not in _MADE:
        _MADE[wanted] = render_pdf(shipped(template), values, created_at=MOMENT, fonts=fonts())
    return _MADE[wanted]


_MADE: dict[tuple[str, str], bytes] = {}


@lru_cache
def shipped(name: str) -> Template:
    """Load one of the flagship's templates."""
    return load_template(CONTENT / name)


def small(
    html: str = "<p>{{ name }}</p>", *, metadata: str = METADATA, css: str = "", files: Mapping[str, bytes] | None = None
) -> Template:
    """Make a template of strings."""
    parts = {"template.html": html, "style.css": f"@page {{ size: A4 }} {css}", "metadata.toml": metadata, "sample.json": "{}"}
    return template_from_files({name: text.encode() for name, text in parts.items()} | dict(files or {}), key="test/small")
