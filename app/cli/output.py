"""What commands print: tables for people, JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import click


def show_json(rows: Any) -> None:
    """Print rows (dataclasses or plain values) as JSON, Chinese as it is."""
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def show_table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under headings, columns aligned by what a Chinese character takes on a terminal: two places."""
    texts = [[str(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(_width(row[column]) for row in texts) for column in range(len(headings))]
    for row in texts:
        cells = [cell + " " * (wide - _width(cell)) for cell, wide in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
