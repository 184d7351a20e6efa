"""Does the finished PDF say what the data says? Text is taken out of the PDF again and compared code point by code point."""

import io
from collections.abc import Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from app.documents.readback import require_texts
from app.domain.errors import DomainError


def extract_text(pdf: bytes) -> str:
    """Return the text layer of a PDF, all pages joined by line feeds. Raises `DomainError` for bytes that are no PDF."""
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    except PyPdfError as error:
        raise DomainError("document_unreadable", "文书文件已损坏，读不出内容。请重新生成。") from error


def check_text(pdf: bytes, *, expected: Sequence[str]) -> None:
    """Refuse a PDF that does not contain every expected text."""
    require_texts(pdf, expected=expected)
