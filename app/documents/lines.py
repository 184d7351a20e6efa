"""Lines of Chinese text that end at the edge (GB/T 9704-2012: lines of 28 characters, filled), and the blocks that hold them."""

from collections.abc import Iterator
from typing import Any

_BREAK = "\u200b"
"""Where a line might be broken (`render` puts it beside quotation marks)."""
_WIDEST = 0.15
"""Ems that may come between two characters of a line; a line that wants more has something in it that cannot be broken."""


def spread_lines(document: Any) -> None:
    """Let every line that is justified, but the last of its paragraph, end at the edge: its characters move apart alike.

    The renderer stretches spaces only, and Chinese has none: a line before a mark that may not begin the next one would end a
    character early. Changes the boxes of the document.
    """
    from weasyprint.formatting_structure import boxes  # slow import: WeasyPrint

    for page in document.pages:
        for block, _ in blocks(page._page_box):
            for line in block.children:
                if isinstance(line, boxes.LineBox) and line.style["text_align_all"] == "justify" and line.resume_at is not None:
                    _spread(line, edge=block.content_box_x() + block.width)


def _spread(line: Any, *, edge: float) -> None:
    texts = list(_texts(line))
    if not texts:
        return
    last = texts[-1]
    # The places where the line might have been broken count as characters, and will be taken out.
    without = sum(_width(text, more=0) - text.width for text in texts if _BREAK in text.text)
    missing = edge - (last.position_x + last.width + without - _spacing(last))
    gaps = sum(len(_shown(text)) for text in texts) - 1
    if gaps < 1 or missing <= 0 or missing / gaps > _WIDEST * last.style["font_size"]:
        return
    _widen(line, missing / gaps, 0.0)


def _texts(box: Any) -> Iterator[Any]:
    """Yield the texts of a line in their order, those of what stands in it as one piece left out."""
    from weasyprint.formatting_structure import boxes  # slow import: WeasyPrint

    for child in box.children:
        if isinstance(child, boxes.TextBox):
            yield child
        elif isinstance(child, boxes.InlineBox):
            yield from _texts(child)


def _shown(text: Any) -> str:
    shown: str = text.text.replace(_BREAK, "")
    return shown


def _spacing(text: Any) -> float:
    spacing = text.style["letter_spacing"]
    return float(spacing) if isinstance(spacing, (int, float)) else 0.0


def _widen(box: Any, more: float, moved: float) -> float:
    """Move the characters of a line apart by `more`, and what follows them along; return how far its end has moved."""
    from weasyprint.formatting_structure import boxes  # slow import: WeasyPrint

    for child in box.children:
        if isinstance(child, boxes.TextBox):
            child.position_x += moved
            moved += _reset(child, more)
        elif isinstance(child, boxes.InlineBox):
            child.position_x += moved
            begun = moved
            moved = _widen(child, more, moved)
            child.width += moved - begun
        elif child.is_in_normal_flow():
            child.translate(moved, 0)
    return moved


def _reset(text: Any, more: float) -> float:
    """Set a text with `more` between its characters; return how much wider it is."""
    style, layout, width = _set(text, more)
    layout.deactivate()
    wider: float = width - text.width
    text.style, text.pango_layout, text.width = style, layout, width
    return wider


def _width(text: Any, *, more: float) -> float:
    return _set(text, more)[2]


def _set(text: Any, more: float) -> tuple[Any, Any, float]:
    from weasyprint.text.line_break import create_layout, line_size  # slow import: WeasyPrint

    style = text.style.copy()
    style["letter_spacing"] = _spacing(text) + more
    layout = create_layout(_shown(text), style, None, None, 0)
    width, _ = line_size(layout.get_first_line()[0], style)
    return style, layout, width


def blocks(box: Any) -> Iterator[tuple[Any, frozenset[str]]]:
    """Yield every block with the classes of its element, the outer before the inner."""
    from weasyprint.formatting_structure import boxes  # slow import: WeasyPrint

    if isinstance(box, boxes.BlockContainerBox):
        own = box.element is not None and box.element_tag == box.element.tag
        yield box, frozenset(box.element.get("class", "").split()) if own else frozenset()
    for child in getattr(box, "children", ()):
        if isinstance(child, boxes.Box):  # what is placed absolutely stands behind a placeholder, and is no text of the page
            yield from blocks(child)
