"""What a file says beyond what is seen of it: the text of all pages and cells, hidden parts, what travels along."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MAX_CELLS = 200_000
"""More cells are no list for the public."""
_AUTHOR = ("/Author", "/Creator", "/Manager", "/Company")


@dataclass(frozen=True)
class Part:
    """A piece of a file: where it stands, what it says, or (with `concealed`) what kind of thing travels along unseen."""

    place: str
    text: str = ""
    concealed: str = ""


def parts_of(content: bytes, *, media_type: str) -> Iterator[Part]:
    """Yield what a PDF or XLSX file says and conceals; nothing for a picture. A file that cannot be read is one concealed part."""
    readers = {"application/pdf": _pdf, SHEETS: _workbook}
    if media_type in readers:
        try:
            yield from readers[media_type](content)
        # A stranger's file can fail in any of the parsers' ways; whatever it is, a person has to look at it.
        except (PyPdfError, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, RecursionError):
            yield Part("", concealed="unreadable")


SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of an XLSX file."""


def _pdf(content: bytes) -> Iterator[Part]:
    reader = PdfReader(io.BytesIO(content))
    said = False
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        said = said or bool(text.strip())
        yield Part(f"第{number}页", text)
        for annotation in page.get("/Annots") or ():
            yield Part(f"第{number}页的批注", str(annotation.get_object().get("/Contents", "")))
    if not said:
        yield Part("", concealed="no_text")
    if reader.attachments:
        yield Part("、".join(sorted(reader.attachments))[:60], concealed="embedded_file")
    told: Mapping[str, Any] = reader.metadata or {}
    yield Part("文件属性", "\n".join(str(value) for value in told.values()))
    named = "、".join(str(told[key]) for key in _AUTHOR if told.get(key))
    if told.get("/Author"):
        yield Part(named[:60], concealed="document_data")


def _workbook(content: bytes) -> Iterator[Part]:
    from openpyxl import load_workbook  # slow import: openpyxl

    book = load_workbook(io.BytesIO(content), data_only=True)
    seen = 0
    for page in book.worksheets:
        if page.sheet_state != "visible":
            yield Part(page.title, concealed="hidden_sheet")
        if _hides(page):
            yield Part(page.title, concealed="hidden_cells")
        said: list[str] = []
        for row in page.iter_rows():
            for cell in row:
                seen += 1
                if seen > MAX_CELLS:
                    raise ValueError("too many cells")
                said += [str(cell.value)] if cell.value is not None else []
                if cell.comment is not None:
                    yield Part(f"{page.title} {cell.coordinate}", cell.comment.text, concealed="cell_comment")
        yield Part(f"工作表“{page.title}”", "\n".join(said))
    author = book.properties.creator
    if author and author != "openpyxl":
        yield Part(str(author)[:60], concealed="document_data")


def _hides(page: Any) -> bool:
    return any(row.hidden for row in page.row_dimensions.values()) or any(
        column.hidden for column in page.column_dimensions.values()
    )
