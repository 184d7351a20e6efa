"""A text that does not fit is refused by name: on paper it would be cut, or cover its neighbour."""

import pytest

from app.documents.render import render_pdf
from app.domain.errors import DomainError
from tests.documents.support import MOMENT, small

LONG = "张三李四王五赵六" * 4


@pytest.mark.parametrize(
    "style",
    [
        "width: 30mm; height: 10mm",
        "width: 30mm; max-height: 10mm; overflow: hidden",
        "width: 20mm; white-space: nowrap",
        "position: absolute; left: 190mm; white-space: nowrap",
        "position: absolute; left: 10mm; top: 290mm",
        "position: absolute; left: -30mm",
    ],
)
def test_a_text_out_of_its_box_or_off_the_page_is_refused(style: str) -> None:
    template = small(f'<div style="{style}">{{{{ name }}}}</div>')
    with pytest.raises(DomainError, match="放不下") as refusal:
        render_pdf(template, {"name": LONG}, created_at=MOMENT)
    assert refusal.value.code == "document_overflow"


@pytest.mark.parametrize(
    "style",
    [
        "width: 30mm",
        "width: 30mm; height: 60mm",
        "height: 6mm; line-height: 1",
        "letter-spacing: 4mm",
        "position: absolute; right: 0; width: 60mm",
        "position: fixed; left: -40mm; transform: rotate(-20deg); white-space: nowrap",
    ],
)
def test_what_fits_or_is_turned_on_purpose_passes(style: str) -> None:
    template = small(f'<div style="{style}">{{{{ name }}}}</div>')
    assert render_pdf(template, {"name": LONG[:8]}, created_at=MOMENT)
