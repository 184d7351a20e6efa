"""Does the finished PDF say what the data says? Text is taken out of the PDF again and compared code point by code point."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import cast

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, StreamObject

from app.domain.errors import DomainError

_TO_ZERO = re.compile(rb"<[0-9a-fA-F]+>\s+0\s")


def extract_text(pdf: bytes) -> str:
    """Return the text layer of a PDF, all pages joined by line feeds. Raises `DomainError` for bytes that are no PDF."""
    try:
        return _text_of(PdfReader(io.BytesIO(pdf)))
    except PyPdfError as error:
        raise _unreadable() from error


def _text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def _unreadable() -> DomainError:
    return DomainError("document_unreadable", "文书文件已损坏，读不出内容。请重新生成。")


def check_text(pdf: bytes, *, expected: Sequence[str]) -> None:
    """Refuse a PDF that does not contain every expected text (names, numbers, dates), or that shows an empty box.

    White space is not compared, because lines break where the page ends. Raises `DomainError` ("document_text") naming the
    text and the first character that is lost, or "document_notdef" naming the page.
    """
    try:
        reader = PdfReader(io.BytesIO(pdf))  # once for both looks: taking a PDF apart costs as much as laying it out
        found = _squeeze(_text_of(reader))
    except PyPdfError as error:
        raise _unreadable() from error
    for number, page in enumerate(reader.pages, 1):
        if _shows_notdef(page):
            raise DomainError("document_notdef", f"文书第{number}页有字体不支持的字，会印成方框，文书未签发。请核对用字。")
    for text in expected:
        if _squeeze(text) not in found:
            raise DomainError(
                "document_text", f"文书里找不到“{text}”{_lost(text, found)}，文书未签发。请核对用字和模板后重新生成。"
            )


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _lost(text: str, found: str) -> str:
    lost = next((char for char in text if not char.isspace() and char not in found), None)
    return f"，其中“{lost}”（U+{ord(lost):04X}）没有出现" if lost else ""


def _shows_notdef(page: PageObject) -> bool:
    """Tell whether a page draws glyph 0: by number, or through a font whose encoding sends a code there."""
    return any(map(_maps_to_notdef, _fonts(page))) or any(_draws_zero(raw) for raw in _strings(page))


def _fonts(page: PageObject) -> Iterator[DictionaryObject]:
    resources = cast(DictionaryObject, page.get("/Resources", DictionaryObject()).get_object())
    fonts = cast(DictionaryObject, resources.get("/Font", DictionaryObject()).get_object())
    return (cast(DictionaryObject, font.get_object()) for font in fonts.values())


def _maps_to_notdef(font: DictionaryObject) -> bool:
    # The renderer gives a missing character a code of its own and an encoding that maps this code to glyph 0.
    encoding = font["/Encoding"].get_object() if "/Encoding" in font else None
    return isinstance(encoding, StreamObject) and _TO_ZERO.search(encoding.get_data()) is not None


def _strings(page: PageObject) -> Iterator[bytes]:
    content = page.get_contents()
    for operands, operator in content.operations if content is not None else ():
        if operator in (b"Tj", b"TJ", b"'", b'"'):
            parts = operands[-1] if operator == b"TJ" else [operands[-1]]
            yield from (getattr(part, "original_bytes", b"") for part in parts)


def _draws_zero(raw: bytes) -> bool:
    """Codes have two bytes in every font that the renderer embeds."""
    return any(raw[at : at + 2] == b"\0\0" for at in range(0, len(raw), 2))
