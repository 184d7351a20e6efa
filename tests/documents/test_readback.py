"""The quick reader of finished papers sees what a patient one sees, and refuses what it does not understand."""

import io
import zlib

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, StreamObject

from app.documents.readback import require_texts
from app.documents.render import render_pdf
from app.domain.errors import DomainError
from tests.documents.support import MOMENT, small
from tests.text_layer import extract_text

FADED = '<p>{{ name }}</p><div style="opacity: 0.5">受控文本<b style="opacity: 0.4">更淡</b></div>'


def test_what_is_drawn_through_other_drawings_is_read_in_its_place() -> None:
    pdf = render_pdf(small(FADED), {"name": "张三"}, created_at=MOMENT)
    assert b"/Form" in pdf
    require_texts(pdf, expected=["张三受控文本更淡"])
    assert "".join(extract_text(pdf).split()) == "张三受控文本更淡"


def test_each_page_is_read_in_turn() -> None:
    pages = '<p>{{ name }}</p><p style="break-before: page">第二张</p>'
    require_texts(render_pdf(small(pages), {"name": "张三"}, created_at=MOMENT), expected=["张三第二张"])


@pytest.mark.parametrize("shown", [b"(Zhang) Tj", b"[(Zhang) -20 (San)] TJ", b"(Zhang) '"])
def test_a_text_that_is_not_written_in_codes_is_refused(shown: bytes) -> None:
    """It could be anything, and would not be found missing when nothing is expected."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(render_pdf(small(), {"name": "张三"}, created_at=MOMENT))))
    content = StreamObject()
    content.set_data(zlib.compress(writer.pages[0]["/Contents"].get_data() + b"\nBT " + shown + b" ET"))
    content[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = content
    changed = io.BytesIO()
    writer.write(changed)
    with pytest.raises(DomainError) as refusal:
        require_texts(changed.getvalue(), expected=[])
    assert refusal.value.code == "document_unreadable"
