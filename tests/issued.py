"""A paper issued at once, for tests of what comes after: the application renders between two transactions."""

from collections.abc import Mapping
from typing import Any

from app.documents.templates import Template
from app.services.context import Transaction
from app.services.issuing.papers import keep, printed_values, render_checked, store


def issue(tx: Transaction, template: Template, values: Mapping[str, Any], *, expected: str) -> str:
    """Render a paper, keep it and return its hash."""
    printed = printed_values(template, values, synthetic=tx.context.synthetic)
    pdf = render_checked(template, printed, created_at=tx.now, expected=[expected])
    return keep(tx, template, printed, sha256=store(tx.context, pdf, name="文书"), rendered_at=tx.now)
