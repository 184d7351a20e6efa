"""Samples for a rehearsal fit the forms that they are for: every shipped form takes what would be filled into it."""

import json
from datetime import date
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from app.domain.fields import Value, Values
from app.formkit.build import bind
from app.formkit.schema import read_form
from app.services.registry import Registry
from app.services.studio.sample_lists import sample_sources
from app.services.studio.sample_values import sample_values
from tests.catalog.packages import ROOT

TODAY = date(2026, 11, 23)
FORMS = sorted((ROOT / "forms").glob("*/*.json"))


def posted(values: Values, lead: str = "") -> list[tuple[str, str]]:
    """Return values as a browser would send them."""
    found: list[tuple[str, str]] = []
    for key, value in values.items():
        name = f"{lead}{key}"
        rows: list[Value] = value if isinstance(value, list) else [value]
        for number, one in enumerate(rows):
            inside = f"{name}-{number}-" if isinstance(value, list) else f"{name}-"
            found += posted(one, inside) if isinstance(one, dict) else [(name, "true" if one is True else str(one))]
    return found


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_form_takes_its_samples(registry: Registry, path: Path) -> None:
    spec = read_form(path.stem, json.loads(path.read_text()))
    sources = sample_sources(registry)
    values = sample_values(spec, sources=sources, today=TODAY)
    form = bind(spec, sources=sources, today=TODAY, formdata=MultiDict(posted(values)))
    form.validate()
    by_hand = {field.label for field in spec.every if field.is_decision or field.kind == "file"}
    assert [one.sentence for one in form.problems() if not any(label in one.sentence for label in by_hand)] == []
