"""Papers: rendered from a template, read back, and kept in the file store by their hash."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.documents.check import check_text
from app.documents.render import render_pdf
from app.documents.templates import Template, load_template
from app.services.context import Transaction

_TITLE_LINE = 18
_LEAST_LINE = 4


def template_of(tx: Transaction, procedure: str, name: str) -> Template:
    """Return a paper's template, e.g. `certificate` of a procedure. Raises `DomainError` when it is missing."""
    return load_template(Path(tx.context.certificates_folder) / procedure / name)


def render_and_keep(tx: Transaction, template: Template, values: Mapping[str, Any], *, expected: Sequence[str], name: str) -> str:
    """Render a paper, refuse it when it does not say what the data say, store it; return the hash of its content.

    Side effects: a file in the store (the same content once). Raises `DomainError` for what cannot be printed.
    """
    declared = {field.name for field in template.metadata.fields}
    marked = {**values, "synthetic": tx.context.synthetic} if "synthetic" in declared else dict(values)
    pdf = render_pdf(template, marked, created_at=tx.now)
    check_text(pdf, expected=expected)
    return tx.context.files.put(io.BytesIO(pdf), name=f"{name}.pdf").sha256


def ordinal(number: int) -> str:
    """Return a small number as papers write it, e.g. 12 as 十二."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    head = "" if not tens else "十" if tens == 1 else f"{digits[tens]}十"
    return head + (digits[ones] if ones else "")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a typed text."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def honor_title(procedure_title: str) -> str:
    """Return the title that a selection gives, by the name of the procedure."""
    return procedure_title.removesuffix("评选")


def honoured(names: Sequence[str]) -> str:
    """Return how a decision names the people whom it honours, by the first of them."""
    return f"{names[0]}同志" if len(names) == 1 else f"{names[0]}等{len(names)}名同志"


def title_lines(title: str) -> list[str]:
    """Return a long title in two lines, broken by sense before the session or the name of the honour (GB/T 9704-2012, 7.3.1)."""
    for mark in ("第", "“"):
        place = title.find(mark)
        if len(title) > _TITLE_LINE and _LEAST_LINE <= place <= _TITLE_LINE:
            return [title[:place], title[place:]]
    return [title]
