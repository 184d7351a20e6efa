"""What the tests of papers share: the shipped templates, a small template made of strings, a fixed moment."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from app.documents.templates import Template, load_template, template_from_files

CONTENT = Path(__file__).parents[2] / "certificates" / "linkonggang-artisan"
NAMES = ("certificate", "decision", "notice", "payment-list", "score-summary")
MOMENT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)

METADATA = """
title = "试样"
page = "A4 portrait"
[fields]
name = { label = "姓名", type = "text" }
note = { label = "备注", type = "text", required = false }
"""


def shipped(name: str) -> Template:
    """Load one of the flagship's templates."""
    return load_template(CONTENT / name)


def small(
    html: str = "<p>{{ name }}</p>", *, metadata: str = METADATA, css: str = "", files: Mapping[str, bytes] | None = None
) -> Template:
    """Make a template of strings."""
    parts = {"template.html": html, "style.css": f"@page {{ size: A4 }} {css}", "metadata.toml": metadata, "sample.json": "{}"}
    return template_from_files({name: text.encode() for name, text in parts.items()} | dict(files or {}), key="test/small")
