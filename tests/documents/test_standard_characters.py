"""All 8,105 characters of the national table (通用规范汉字表, 2013): each has a glyph in every face, and each comes out of a PDF."""

from pathlib import Path

import pytest

from app.documents.fonts import FontRole, check_coverage, resolve_chains
from app.documents.readback import require_texts
from app.documents.render import render_pdf
from app.documents.templates import Template
from tests.documents.support import MOMENT, small
from tests.text_layer import extract_text

TABLE = (Path(__file__).parent / "standard_characters.txt").read_text(encoding="utf-8").split()
STANDARD = "".join(TABLE)


def wide(css: str = "") -> Template:
    """Make a template that shows a long text in small print."""
    return small("<p>{{ note }}</p>", css=f"p {{ font-size: 7pt; line-height: 1.3 }} {css}")


def test_the_table_is_whole() -> None:
    assert len(STANDARD) == len(set(STANDARD)) == 8105
    assert sum(ord(char) > 0xFFFF for char in STANDARD) == 196
    assert sum(not _in_gb2312(char) for char in STANDARD) == 1467


def _in_gb2312(char: str) -> bool:
    try:
        return len(char.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


@pytest.mark.parametrize("role", list(FontRole))
def test_every_standard_character_has_a_glyph_in_every_face(role: FontRole) -> None:
    assert check_coverage(STANDARD, faces=resolve_chains()[role]) == []


@pytest.mark.parametrize("role", [FontRole.FANGSONG, FontRole.KAI])
def test_every_standard_character_comes_out_of_a_pdf_as_itself(role: FontRole) -> None:
    pdf = render_pdf(wide(f"p {{ font-family: var(--{role}) }}"), {"name": "全表", "note": STANDARD}, created_at=MOMENT)
    require_texts(pdf, expected=TABLE)
    assert "".join(extract_text(pdf).split()) == STANDARD
