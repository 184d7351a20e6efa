"""What the layout of an official document needs beyond a style sheet (GB/T 9704-2012): full lines, and no signature without text.

A template asks for it with `layout = "official"` in its metadata; every other template is laid out as it always was.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

from app.documents.metadata import Metadata

TEXT, SIGNATURE = "text", "signature"
"""The classes by which a template says what is body text and what is its signature."""

_LEAST_LINES = 2
_BREAK = "\u200b"
_STATES = ("", "tight", "tighter")
_WIDEST = 0.15
"""Ems that may come between two characters of a line; a line that wants more has something in it that cannot be broken."""


def laid_out(metadata: Metadata, lay_out: Callable[[str], Any]) -> Any:
    """Return the layout of a document; `lay_out` makes one with a state as class on the body.

    A document that ends on an odd page and wants an even one is laid out again as `odd`. An official one whose signature stands
    on a page with less than two lines of text is laid out again as `tight`, then as `tighter`, where its style sheet moves the
    lines closer; nothing is written in place of the text (GB/T 9704-2012, 7.3.5.5). Of layouts that all fail, the one with the
    most text beside the signature is taken.
    """
    if metadata.layout != "official":
        return _paired(metadata, lay_out, "")
    best, most = None, -1.0
    for state in _STATES:
        document = _paired(metadata, lay_out, state)
        lines = lines_beside_signature(document)
        if lines > most:
            best, most = document, lines
        if lines >= _LEAST_LINES:
            break
    spread_lines(best)
    return best


def _paired(metadata: Metadata, lay_out: Callable[[str], Any], state: str) -> Any:
    document = lay_out(f"even {state}".strip())
    odd = metadata.even_pages and len(document.pages) % 2
    return lay_out(f"odd {state}".strip()) if odd else document


def lines_beside_signature(document: Any) -> float:
    """Return how many lines of body text stand on the page of the signature; infinite where nothing is signed.

    Where the first page has none there are none: it must show body text (GB/T 9704-2012, 7.3.3).
    """
    shown = False
    for page in document.pages:
        blocks = list(_blocks(page._page_box))
        lines = sum(len(box.children) for box, classes in blocks if TEXT in classes)
        shown = shown or lines > 0
        if any(SIGNATURE in classes for _, classes in blocks):
            return lines if shown else 0
        if not shown:
            return 0
    return math.inf


def spread_lines(document: Any) -> None:
    """Let every line that is justified, but the last of its paragraph, end at the edge: its characters move apart alike.

    The renderer stretches spaces only, and Chinese has none: a line before a mark that may not begin the next one would end a
    character early. Changes the boxes of the document.
    """
    from weasyprint.formatting_structure import boxes  # slow import: WeasyPrint

    for page in document.pages:
        for block, _ in _blocks(page._page_box):
            for line in block.children:
                if isinstance(line, boxes.LineBox) and line.style["text_align_all"] == "justify" and line.resume_at is not None:
                    _spread(line, edge=block.content_box_x() + block.width)


def _blocks(box: Any) -> Iterator[tuple[Any, frozenset[str]]]:
    """Yield every block with the classes of its element, the outer before the inner."""
    from weasyprint.formatting_structure import boxes  # slow import: WeasyPrint

    if isinstance(box, boxes.BlockContainerBox):
        own = box.element is not None and box.element_tag == box.element.tag
        yield box, frozenset(box.element.get("class", "").split()) if own else frozenset()
    for child in getattr(box, "children", ()):
        if isinstance(child, boxes.Box):  # what is placed absolutely stands behind a placeholder, and is no text of the page
            yield from _blocks(child)


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
