"""A template as a web page of one file, and as plain text: the same words as on the paper, from the same values."""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from app.documents.context import plain
from app.documents.sandbox import render_body
from app.documents.templates import Template

_ROLE = re.compile(r"var\(--(fangsong|song|xiaobiaosong|kai|hei)\)")
_FACES = {
    "fangsong": '"FangSong", "仿宋", serif',
    "song": '"SimSun", "宋体", "Noto Serif CJK SC", serif',
    "xiaobiaosong": '"方正小标宋_GBK", "SimSun", serif',
    "kai": '"KaiTi", "楷体", serif',
    "hei": '"SimHei", "黑体", "Noto Sans CJK SC", sans-serif',
}
"""Faces by role as a reader's own machine has them: a page carries no fonts."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The page stands on other people's sites: whatever got into a template or a value, a browser runs, loads and sends nothing of it."""
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "li", "tr", "div", "table"})
_CELLS = frozenset({"td", "th"})


def web_page(template: Template, context: Mapping[str, Any]) -> str:
    """Return a template as a web page that needs nothing else: no script, no picture, no font from elsewhere.

    Raises `DomainError` for missing fields and forbidden constructs, as the rendering of a paper does.
    """
    body = render_body(template, plain(context, template))
    style = _ROLE.sub(lambda role: _FACES[role[1]], template.css)
    language, title = html.escape(template.metadata.language), html.escape(str(context.get("title") or template.metadata.title))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head><body>\n{body}</body></html>\n'
    )


def plain_text(page: str) -> str:
    """Return the words of a page, a line for each block and a table's cells side by side; nothing of its head."""
    reader = _Words()
    reader.feed(page)
    lines = (line.strip(" |") for line in "".join(reader.words).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


class _Words(HTMLParser):
    """Gathers the text of a body."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line with a block, and be silent inside what is not read."""
        self._silent += tag in ("head", "style", "script")
        if tag in _BLOCKS or tag == "br":
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a line with a block, and part cells."""
        self._silent -= tag in ("head", "style", "script")
        if tag in _BLOCKS:
            self.words.append("\n")
        elif tag in _CELLS:
            self.words.append(" | ")

    def handle_data(self, data: str) -> None:
        """Take words; how the source is broken into lines says nothing."""
        if not self._silent:
            self.words.append(re.sub(r"[ \t\r\n]+", " ", data))
