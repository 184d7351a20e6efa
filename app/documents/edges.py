"""Does every text stand within its box and on its paper? What runs over is refused: on paper it would be cut, or cover its neighbour."""

from collections.abc import Iterator
from typing import Any

from app.documents.templates import Template
from app.domain.errors import DomainError

_SLACK = 2.0
"""CSS pixels: rounding of positions, about half a millimetre."""
_DESCENT = 0.5
"""Share of the font size by which the box of a text may be higher than its line: fonts bring room above and below the glyphs."""


def refuse_overflow(template: Template, document: Any) -> None:
    """Raise `DomainError` ("document_overflow") naming the first text that runs out of its box or off the page.

    `document` is what the renderer laid out. What is turned (a watermark) is not judged.
    """
    for number, page in enumerate(document.pages, 1):
        for text in _running_over(page._page_box, page.width, page.height):
            shown = text if len(text) <= 30 else text[:30] + "…"
            raise DomainError(
                "document_overflow",
                f"“{template.metadata.title}”第{number}页的“{shown}”放不下，会被裁掉或盖住别的字，未生成。"
                "请缩短内容，或在模板里改用能缩字（fit）的写法。",
            )


def _running_over(page_box: Any, width: float, height: float) -> Iterator[str]:
    """Yield each text whose box leaves the page, the block that holds it, or an outer block of fixed height."""
    from weasyprint.formatting_structure import boxes  # slow import: WeasyPrint

    # A box, the right edge and the lower edge that its text may reach.
    waiting: list[tuple[Any, float, float]] = [(page_box, width, height)]
    while waiting:
        box, right, lower = waiting.pop()
        if hasattr(box, "_box"):  # what is placed absolutely stands behind a placeholder, and may leave the block around it
            box, right, lower = box._box, width, height
        style = box.style
        if style["transform"]:
            continue
        if isinstance(box, boxes.TextBox):
            spacing = style["letter_spacing"] if isinstance(style["letter_spacing"], (int, float)) else 0.0
            over = box.position_x + box.width - spacing - right
            below = box.position_y + box.height - _DESCENT * style["font_size"] - lower
            if box.text.strip() and (over > _SLACK or below > _SLACK or box.position_x < -_SLACK):
                yield box.text.strip()
        elif isinstance(box, boxes.ParentBox):
            if isinstance(box, boxes.BlockContainerBox) and not isinstance(box, boxes.PageBox):
                right = min(width, box.content_box_x() + box.width)
                fixed = style["height"] != "auto" or style["max_height"].value != float("inf")
                lower = min(lower, box.content_box_y() + box.height) if fixed else lower
            waiting += [(child, right, lower) for child in box.children]
