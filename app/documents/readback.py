"""Reads the text of a paper out of its finished file again, for a thousand papers a minute.

It reads what the renderer and `binding` write (two-byte codes, a ToUnicode table in each font) and nothing else; anything else
it refuses.
"""

import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from app.domain.errors import DomainError

_MAPPED = re.compile(rb"<([0-9a-f]{4})>\s*<([0-9a-f]+)>")
_TO_ZERO = re.compile(rb"<([0-9a-f]{4})>\s+0\s")
_SHOWN = re.compile(rb"/(\S+)\s+[-\d.]+\s+Tf|\[([^\]]*)\]\s*TJ|<([0-9a-f]+)>\s*Tj|/(\S+)\s+Do\b|([)])\s*(?:Tj|TJ|'|\")")
_CODES = re.compile(rb"<([0-9a-f]+)>")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


def require_texts(pdf: bytes, *, expected: Sequence[str]) -> None:
    """Refuse a paper that does not contain every expected text, code point by code point, white space apart.

    White space is not compared, because lines break where the page ends. A name that is part of another (王伟, 王伟明) must be there
    for itself as well. Raises `DomainError` "document_text" naming the text
    and the first character that is lost, "document_notdef" naming the page with a glyph that stands for no character, and
    "document_unreadable" for a file that is not of the kind.
    """
    try:
        found = "".join("".join(_Reader(pdf).pages()).split())
    except (PyPdfError, KeyError, ValueError, AttributeError) as error:
        raise DomainError("document_unreadable", "文书文件已损坏，读不出内容。请重新生成。") from error
    wanted = {text: "".join(text.split()) for text in expected}
    distinct = set(wanted.values())
    for text, squeezed in wanted.items():
        if found.count(squeezed) < (_times(squeezed, distinct) if _CHINESE.search(squeezed) else 1):
            raise DomainError(
                "document_text", f"文书里找不到“{text}”{_lost(text, found)}，文书未签发。请核对用字和模板后重新生成。"
            )


def _times(text: str, distinct: Collection[str]) -> int:
    """Return how often a text is read at least when each of the expected ones stands somewhere for itself."""
    return sum(text in other for other in distinct)


def _lost(text: str, found: str) -> str:
    lost = next((char for char in text if not char.isspace() and char not in found), None)
    return f"，其中“{lost}”（U+{ord(lost):04X}）没有出现" if lost else ""


class _Reader:
    """Reads one file; the table of a font is read once, however many pages use it."""

    def __init__(self, pdf: bytes) -> None:
        self._file = PdfReader(io.BytesIO(pdf))
        self._fonts: dict[int, dict[bytes, str]] = {}
        self._page = 0

    def pages(self) -> Iterator[str]:
        """Yield the text of each page, in the order in which it is drawn."""
        for page in self._file.pages:
            self._page += 1
            yield "".join(self._shown(page["/Contents"].get_object().get_data(), page["/Resources"].get_object()))

    def _shown(self, content: bytes, resources: Any) -> Iterator[str]:
        fonts, drawings = _entries(resources, "/Font"), _entries(resources, "/XObject")
        characters: Mapping[bytes, str] = {}
        for font, many, single, drawing, literal in _SHOWN.findall(content):
            if font:
                characters = self._font(fonts[font])
            elif drawing:
                yield from self._drawn(drawings[drawing].get_object(), resources)
            elif literal or b"(" in many:
                raise ValueError("a text that is not written in codes")
            else:
                yield from self._decoded([single] if single else _CODES.findall(many), characters)

    def _drawn(self, drawing: Any, resources: Any) -> Iterator[str]:
        if drawing["/Subtype"] == "/Form":
            yield from self._shown(drawing.get_data(), drawing.get("/Resources", resources).get_object())

    def _decoded(self, shown: Sequence[bytes], characters: Mapping[bytes, str]) -> Iterator[str]:
        for codes in shown:
            for at in range(0, len(codes), 4):
                code = codes[at : at + 4]
                if code not in characters:
                    message = f"文书第{self._page}页有字体不支持的字，会印成方框，文书未签发。请核对用字。"
                    raise DomainError("document_notdef", message)
                yield characters[code]

    def _font(self, reference: Any) -> dict[bytes, str]:
        if reference.idnum not in self._fonts:
            self._fonts[reference.idnum] = _read_font(reference.get_object())
        return self._fonts[reference.idnum]


def _entries(resources: Any, kind: str) -> dict[bytes, Any]:
    found = resources.get(kind)
    return {} if found is None else {name[1:].encode(): found.get_object().raw_get(name) for name in found.get_object()}


def _read_font(font: Any) -> dict[bytes, str]:
    """Return what the codes of a font stand for; a code that is missing here shows an empty box."""
    table = font["/ToUnicode"].get_data()
    table = table[table.index(b"endcodespacerange") :]
    characters = {code: bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in _MAPPED.findall(table)}
    # The renderer gives a missing character a code of its own, and an encoding that maps this code to glyph 0.
    encoding = font["/Encoding"]
    empty = _TO_ZERO.findall(encoding.get_data()) if hasattr(encoding, "get_data") else []
    return {code: text for code, text in characters.items() if code not in {b"0000", *empty}}
