"""The text of any PDF, by a library that is not the reader of the house: what it says is compared with what the house reads back."""

import io

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from app.domain.errors import DomainError


def extract_text(pdf: bytes) -> str:
    """Return the text layer of a PDF, all pages joined by line feeds. Raises `DomainError` for bytes that are no PDF."""
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    except PyPdfError as error:
        raise DomainError("document_unreadable", "文书文件已损坏，读不出内容。请重新生成。") from error
