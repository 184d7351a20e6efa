"""Papers: rendered from a template, read back, and kept in the file store by their hash."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.documents.context import Plain, plain
from app.documents.papers_apart import render_apart
from app.documents.render import NOTHING
from app.documents.templates import Template
from app.domain.errors import NotFound
from app.persistence.models import IssuedPaper
from app.persistence.upsert import insert_once
from app.services.context import Context, Transaction
from app.services.issuing.paper_photos import with_photos
from app.services.issuing.templates import current_version, template_by_id, template_in, version_id_of

_TITLE_LINE = 18
_LEAST_LINE = 4


def template_of(tx: Transaction, procedure: str, name: str) -> Template:
    """Return the deployed template of a paper, e.g. `certificate` of a procedure (one statement).

    Raises `NotFound` when none is deployed.
    """
    return template_in(current_version(tx, f"{procedure}/{name}"))


def printed_values(template: Template, values: Mapping[str, Any], *, synthetic: bool) -> dict[str, Plain]:
    """Return the values as the page will get them, and as they are remembered: plain, with the mark of a demonstration.

    Raises `DomainError` for a value that the template does not take.
    """
    declared = {field.name for field in template.metadata.fields}
    return plain({**values, "synthetic": synthetic} if "synthetic" in declared else values, template)


def render_checked(
    template: Template,
    printed: Mapping[str, Any],
    *,
    created_at: datetime,
    expected: Sequence[str],
    resources: Mapping[str, bytes] = NOTHING,
) -> bytes:
    """Render a paper from printed values and read it back; needs no database, so that nothing is locked meanwhile.

    `resources` are the pictures that the values name (`paper_photos.with_photos`). The template runs apart, with limits of time and
    memory: whoever deployed it may have written a loop without end. Names, numbers, dates and sums of the values are expected in any
    case (`expected_texts`).

    Raises `DomainError` for what cannot be printed, and when an expected text does not come out again.
    """
    return render_apart(template, printed, created_at=created_at, expected=expected, resources=resources)


def store(context: Context, pdf: bytes, *, name: str) -> str:
    """Put a finished paper into the store, before the transaction that enters it: that may take as long as the network.

    Returns the hash of its content. Side effect: a file in the store (the same content once).
    """
    return context.files.put(io.BytesIO(pdf), name=f"{name}.pdf").sha256


def keep(
    tx: Transaction,
    template: Template,
    printed: Mapping[str, Any],
    *,
    sha256: str,
    rendered_at: datetime,
    signed_with: str | None = None,
) -> str:
    """Remember of a stored paper the version of its template and its values; return the hash of its content.

    `rendered_at` is the moment that it was rendered with, `signed_with` the fingerprint of the certificate that signed it.
    Side effect: a row (the same content once). `NotFound` for a template that was never deployed.
    """
    row = {
        "sha256": sha256,
        "template_version_id": version_id_of(tx, template),
        "values_json": json.dumps(printed, ensure_ascii=False),
        "rendered_at": rendered_at,
        "signed_with": signed_with,
    }
    insert_once(tx.session, IssuedPaper, [row])
    return sha256


def render_again(context: Context, *, sha256: str) -> bytes:
    """Return the paper of which this is the hash, made once more from its own version and values: the same page.

    A signature on the paper is not repeated. `NotFound` when no paper of this hash was issued. Writes nothing.
    """
    with context.reading() as tx:
        paper = tx.session.scalars(select(IssuedPaper).where(IssuedPaper.sha256 == sha256)).one_or_none()
        if paper is None:
            raise NotFound("paper.unknown", "没有制发过这份文书。请核对文件指纹。")
        template, moment = template_by_id(tx, paper.template_version_id), paper.rendered_at
        values = json.loads(paper.values_json)
    shown, pictures = with_photos(context, values)
    return render_apart(template, shown, created_at=moment, resources=pictures)


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
