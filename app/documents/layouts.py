"""How a document is laid out beyond its style sheet: what an official document wants, and what a poster wants.

A template asks for it by `layout` in its metadata; every other template is laid out as it always was, and so is every version that
was deployed without it.
"""

import math
from collections.abc import Callable
from typing import Any

from app.documents.lines import blocks, spread_lines
from app.documents.templates import Template

TEXT, SIGNATURE = "text", "signature"
"""The classes by which a template says what is body text and what is its signature."""

_LEAST_LINES = 2
_STATES = ("", "tight", "tighter")
"""Classes of the body, from the layout as it should be to one where the style sheet moves everything closer."""


def laid_out(template: Template, lay_out: Callable[[str], Any]) -> Any:
    """Return the layout of a document; `lay_out` makes one with a state as class on the body.

    Only states that the template names are tried: in any other the page is the same. A document that ends on an odd page and wants
    an even one is laid out again as `odd`. What else happens is said by `layout`:

    - "official": where the signature stands on a page with less than two lines of text, the lines move closer (`tight`, then
      `tighter`); nothing is written in place of the text (GB/T 9704-2012, 7.3.5.5). Of layouts that all fail, the one with the
      most text beside the signature is taken. Justified lines end at the edge.
    - "poster": the roomiest layout on one page; where there is none, the roomiest with the fewest pages.
    """
    if template.metadata.layout == "poster":
        return _best(template, lay_out, merit=lambda document: -len(document.pages), enough=-1)
    if template.metadata.layout == "official":
        document = _best(template, lay_out, merit=lines_beside_signature, enough=_LEAST_LINES)
        spread_lines(document)
        return document
    return _paired(template, lay_out, "")


def _best(template: Template, lay_out: Callable[[str], Any], *, merit: Callable[[Any], float], enough: float) -> Any:
    best, most = None, -math.inf
    source = template.css + template.html
    for state in (state for state in _STATES if state in source):
        document = _paired(template, lay_out, state)
        found = merit(document)
        if found > most:
            best, most = document, found
        if most >= enough:
            break
    return best


def _paired(template: Template, lay_out: Callable[[str], Any], state: str) -> Any:
    document = lay_out(f"even {state}".strip())
    odd = template.metadata.even_pages and len(document.pages) % 2
    return lay_out(f"odd {state}".strip()) if odd else document


def lines_beside_signature(document: Any) -> float:
    """Return how many lines of body text stand on the page of the signature; infinite where nothing is signed.

    Where the first page has none there are none: it must show body text (GB/T 9704-2012, 7.3.3).
    """
    shown = False
    for page in document.pages:
        held = list(blocks(page._page_box))
        lines = sum(len(box.children) for box, classes in held if TEXT in classes)
        shown = shown or lines > 0
        if any(SIGNATURE in classes for _, classes in held):
            return lines if shown else 0
        if not shown:
            return 0
    return math.inf
