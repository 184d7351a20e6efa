"""Drafts of papers: they say on every page what they are, and carry no number."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.documents.templates import Template

SAMPLE, DRAFT = "样稿", "草稿"
"""What stands across the page: of a template's sample, and of a paper that somebody is about to sign."""
_MARK = '<div class="gongjiang-draft">{}</div>'
_STYLE = """
.gongjiang-draft { position: fixed; left: 0; right: 0; top: 40%; text-align: center; font-family: var(--hei); font-size: 96pt;
  line-height: 1; letter-spacing: 0.4em; color: #a8121b; opacity: 0.16; transform: rotate(-24deg) }
"""


def as_draft(template: Template, values: Mapping[str, Any], *, word: str = SAMPLE) -> tuple[Template, dict[str, Any]]:
    """Return a template and its values as a draft: a watermark on every page, and no number that looks as if it were given.

    What stands in place of a number is the field's `in_draft`, which may be nothing and need not come out again: it may stand where
    a code would.
    The mark of a demonstration makes room for the watermark. The lines of the template stay where they are.
    """
    fields = tuple(
        spec if spec.in_draft is None else replace(spec, required=False, printed=False) for spec in template.metadata.fields
    )
    metadata = replace(template.metadata, fields=fields)
    marked = replace(template, metadata=metadata, html=template.html + _MARK.format(word), css=template.css + _STYLE)
    hidden = {spec.name: spec.in_draft for spec in fields if spec.in_draft is not None}
    unmarked = {name: False for name in values if name == "synthetic"}
    return marked, {**values, **hidden, **unmarked}
