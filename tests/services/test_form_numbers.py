"""The numbers of a round in the texts of its forms: nobody reads a place that was left open."""

import re
from collections.abc import Iterator

from app.catalog.archive import read_folder
from app.domain.fields import Field
from app.domain.rounds import RoundSettings
from app.services.casework.forms import with_numbers
from app.services.packages.procedure_cache import read_forms
from tests.services.world import PROCEDURE, ROOT

PLACE = re.compile(r"(?<!\{)\{[a-z_]+\}(?!\})")


def texts(field: Field) -> Iterator[str]:
    """Yield what a person reads of a field."""
    yield from (field.label, field.description, field.text, *(option.label for option in field.options))


def test_no_form_leaves_a_place_open() -> None:
    forms = read_forms(read_folder(ROOT / "bpmn" / PROCEDURE, forms_folder=ROOT / "forms" / PROCEDURE))
    written = [text for form in forms.values() for field in form.every for text in texts(field) if PLACE.search(text)]
    read = [text for form in forms.values() for field in with_numbers(form, RoundSettings()).every for text in texts(field)]
    assert any(
        "署名成果" in text for text in written
    )  # the place in an option, which an expert who declares a relation chooses from
    assert [text for text in read if PLACE.search(text)] == []
    assert "近3年内共同署名成果" in read
