"""Reads the text of a bound paper out of its finished file again: the same question as `check`, for a thousand papers a minute.

It reads what `binding` writes (two-byte codes, a ToUnicode table in each font) and nothing else; anything else it refuses.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from app.domain.errors import DomainError

_MAPPED = re.compile(rb"<([0-9a-f]{4})>\s*<([0-9a-f]+)>")
_SHOWN = re.compile(rb"/(\S+) [-\d.]+ Tf|\[([^\]]*)\] TJ|<([0-9a-f]+)> Tj")
_CODES = re.compile(rb"<([0-9a-f]+)>")


def require_texts(pdf: bytes, *, expected: Sequence[str]) -> None:
    """Refuse a bound paper that does not contain every expected text, code point by code point, white space apart.

    Raises `DomainError` "document_text" naming the text, "document_notdef" for a glyph that stands for no character, and
    "document_unreadable" for a file that is not of the kind.
    """
    try:
        found = "".join("".join(_texts(pdf)).split())
    except (PyPdfError, KeyError, ValueError, AttributeError) as error:
        raise DomainError("document_unreadable", "文书文件已损坏，读不出内容。请重新生成。") from error
    for text in expected:
        if "".join(text.split()) not in found:
            lost = next((char for char in text if not char.isspace() and char not in found), "")
            named = f"，其中“{lost}”（U+{ord(lost):04X}）没有出现" if lost else ""
            raise DomainError("document_text", f"文书里找不到“{text}”{named}，文书未签发。请核对用字和模板后重新生成。")


def _texts(pdf: bytes) -> Iterator[str]:
    [page] = PdfReader(io.BytesIO(pdf)).pages
    resources = page["/Resources"]
    characters = {name[1:].encode(): _characters(font) for name, font in _entries(resources, "/Font")}
    contents = page["/Contents"].get_data()
    yield from _shown(contents, characters)
    for _, drawing in _entries(resources, "/XObject"):
        if drawing["/Subtype"] == "/Form":
            yield from _shown(drawing.get_data(), characters)


def _entries(resources: Any, kind: str) -> Iterator[tuple[str, Any]]:
    found = resources.get(kind)
    if found is not None:
        yield from ((name, value.get_object()) for name, value in found.get_object().items())


def _characters(font: Any) -> dict[bytes, str]:
    table = font["/ToUnicode"].get_data()
    table = table[table.index(b"endcodespacerange") :]
    return {code: bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in _MAPPED.findall(table)}


def _shown(content: bytes, fonts: Mapping[bytes, Mapping[bytes, str]]) -> Iterator[str]:
    characters: Mapping[bytes, str] = {}
    for font, many, single in _SHOWN.findall(content):
        if font:
            characters = fonts[font]
            continue
        for codes in [single] if single else _CODES.findall(many):
            for at in range(0, len(codes), 4):
                code = codes[at : at + 4]
                if code == b"0000" or code not in characters:
                    raise DomainError("document_notdef", "文书有字体不支持的字，会印成方框，文书未签发。请核对用字。")
                yield characters[code]
