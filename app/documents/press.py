"""Prints a batch of one-page papers: what all pages share is laid out and drawn once, what is each paper's own many at a time."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from app.documents.binding import Binder, Layer
from app.documents.context import Plain, plain
from app.documents.edges import refuse_overflow
from app.documents.fetcher import fetcher_for
from app.documents.render import NOTHING, batch_fonts, check_pages, identifier_of, lay_out, page_html, refuse_missing_glyphs
from app.documents.sandbox import render_body
from app.documents.slots import Slot
from app.documents.subset import FontSet
from app.documents.templates import Template
from app.domain.errors import DomainError

AT_A_TIME = 25
"""Papers in one layout: more is hardly faster, and what is under way is lost when the process dies."""
WORTH_SHARING = 2
"""Papers: what they share is drawn once for all of them; to find out what it is takes a layout of two pages more."""

_BREAK = '<div style="break-before:page"></div>'
_MARK = re.compile(r"<!--\s*(?:/?)shared\s*-->")


@dataclass(frozen=True)
class Sheet:
    """One paper of a batch: the values of its page, and the number that its document information carries."""

    values: Mapping[str, Any]
    number: str


class Press:
    """Prints the papers of one batch with one template and one set of small fonts; each keeps a slot for its signature.

    A template that marks what all its papers share (`<!--shared-->` … `<!--/shared-->`, out of the flow of the page) has that
    drawn once; the first paper is also laid out as a whole, and when its text does not stand in the same places, or when the
    marked part differs from paper to paper, every page is drawn in full.
    """

    def __init__(self, template: Template, *, fonts: FontSet, slot: Slot, at: datetime) -> None:
        """`at` is the aware moment that the papers carry. Raises `DomainError` for a template of more than one page."""
        if template.metadata.max_pages != 1:
            raise DomainError(
                "document_batch", f"模板“{template.key}”不是单页文书，不能成批制作。请在模板说明中写明 max_pages = 1。"
            )
        self._template, self._fonts, self._at = template, fonts, at
        self._binder = Binder(template.metadata, fonts=fonts, slot=slot, at=at)
        self._shared: str | None = None
        self._ground: Layer | None = None

    @classmethod
    def for_values(cls, template: Template, contexts: list[Mapping[str, Any]], *, slot: Slot, at: datetime) -> "Press":
        """Return a press with fonts cut to the characters of all papers of a batch."""
        return cls(template, fonts=batch_fonts(template, contexts), slot=slot, at=at)

    def print(self, sheets: Sequence[Sheet]) -> Iterator[bytes]:
        """Yield the bound PDF/A of each sheet, in order, its slot for the signature empty (`slots.fill`).

        Raises `DomainError` for a character without glyph, a field that is missing, or a page that overflows.
        """
        queue = iter(sheets)
        while some := list(islice(queue, AT_A_TIME)):
            values = [plain(sheet.values, self._template) for sheet in some]
            for each in values:
                refuse_missing_glyphs(self._template, each)
            layers = self._layers(values)
            for sheet, each, layer in zip(some, values, layers, strict=True):
                yield self._binder.bind(
                    [self._ground, layer] if self._ground else [layer],
                    identifier=identifier_of(self._template, each),
                    number=sheet.number,
                )

    def _layers(self, values: list[dict[str, Plain]]) -> list[Layer]:
        bodies = [render_body(self._template, each) for each in values]
        if self._shared is None and len(bodies) < WORTH_SHARING:
            return self._draw(bodies)
        parts = [split(body) for body in bodies]
        is_first = self._shared is None
        if is_first:
            self._shared = parts[0][0]
        if not self._shared or any(shared != self._shared for shared, _ in parts):
            self._ground = None
            return self._draw(bodies)
        own = [rest for _, rest in parts]
        if is_first:
            return self._draw_sharing(self._shared, own, bodies)
        return self._draw(own if self._ground else bodies)

    def _draw_sharing(self, shared: str, own: list[str], bodies: list[str]) -> list[Layer]:
        """Draw what is each paper's own, and find out whether it may lie on what they share; where not, draw them in full."""
        drawn = self._draw([*own, shared, bodies[0]], wanted=_if_they_add_up)
        if not drawn:
            return self._draw(bodies)
        *layers, self._ground = drawn
        return layers

    def _draw(self, bodies: list[str], *, wanted: Callable[[list[Any]], list[Any]] = list) -> list[Layer]:
        """Lay pages out and draw those that are wanted."""
        fetcher = fetcher_for(template=self._template, fonts=self._fonts.files, resources=NOTHING)
        page = page_html(self._template, _BREAK.join(bodies), self._fonts, self._at)
        with self._fonts.lock:
            document = lay_out(page, self._fonts, fetcher)
            if len(document.pages) != len(bodies):
                self._name_overflow(bodies)
            refuse_overflow(self._template, document)
            pages = wanted(document.pages)
            layers = self._binder.take(document.copy(pages)) if pages else []
        if fetcher.refused is not None:
            raise fetcher.refused
        return layers

    def _name_overflow(self, bodies: list[str]) -> None:
        """One paper took more than its page; find which, so that the refusal is about that one alone."""
        fetcher = fetcher_for(template=self._template, fonts=self._fonts.files, resources=NOTHING)
        for body in bodies:
            check_pages(self._template, lay_out(page_html(self._template, body, self._fonts, self._at), self._fonts, fetcher))
        raise DomainError("document_batch", f"模板“{self._template.key}”的页面不能连排，不能成批制作。请检查样式中的分页设置。")


def split(body: str) -> tuple[str, str]:
    """Return what a page shares with all others, and what is its own, each within the elements around; ("", body) without marks."""
    pieces = _MARK.split(body)
    if len(pieces) < 3 or len(pieces) % 2 == 0:
        return "", body
    outside, inside = pieces[::2], pieces[1::2]
    return outside[0] + "".join(inside) + outside[-1], "".join(outside)


def _if_they_add_up(pages: list[Any]) -> list[Any]:
    """Of papers' own pages, the one that they share and the first as a whole, return all but the last if nothing moves; else none."""
    *own, ground, whole = pages
    return [*own, ground] if texts_of(ground) + texts_of(own[0]) == texts_of(whole) else []


def texts_of(page: Any) -> Counter[tuple[Any, ...]]:
    """Return what a laid-out page says where, and in which type, in hundredths of a CSS pixel."""
    found: Counter[tuple[Any, ...]] = Counter()
    waiting = [page._page_box]
    while waiting:
        box = waiting.pop()
        box = getattr(box, "_box", box)  # what is placed absolutely stands behind a placeholder
        if text := getattr(box, "text", ""):
            place = (box.position_x, box.position_y, box.width, box.height, box.style["font_size"])
            found[text, tuple(box.style["font_family"]), *(round(one, 2) for one in place)] += 1
        waiting += getattr(box, "children", ())
    return found
