"""The registry holds every name that the package of the repository uses, and each name once."""

from xml.etree import ElementTree

import pytest

from app.catalog.archive import read_folder
from app.catalog.manifest import read_procedure
from app.domain.procedure import Procedure
from app.services.packages.procedure_cache import read_forms
from app.services.registry_table import _table, build_registry
from tests.services.world import PROCEDURE, ROOT

SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


@pytest.fixture(scope="module")
def package() -> Procedure:
    """Return the package of the repository."""
    return read_procedure(read_folder(ROOT / "bpmn" / PROCEDURE, forms_folder=ROOT / "forms" / PROCEDURE))


def values_of(package: Procedure, tag: str, attribute: str, **wanted: str) -> set[str]:
    """Return an attribute of every extension element of the diagrams."""
    found = set()
    for name in package.diagrams:
        for element in ElementTree.fromstring(package.files[name]).iter(SPIFF + tag):
            if all(element.get(key) == value for key, value in wanted.items()):
                found.add(element.get(attribute, ""))
    return found


def test_every_operation_and_recorder_of_the_diagrams_exists(package: Procedure) -> None:
    registry = build_registry()
    assert values_of(package, "serviceTaskOperator", "id") <= set(registry.operations)
    assert values_of(package, "property", "value", name="records") <= set(registry.recorders)


def test_every_addresser_of_the_messages_exists(package: Procedure) -> None:
    wanted = {message.addressed_by for message in package.messages.values() if message.addressed_by}
    assert wanted <= set(build_registry().addressers)


def test_every_list_of_the_forms_exists_and_every_prefill_has_its_form(package: Procedure) -> None:
    forms, registry = read_forms(package.files), build_registry()
    fields = [field for form in forms.values() for field in form.every]
    lists = {name for field in fields for name in (field.options_source, field.repeat_for) if name}
    assert lists <= set(registry.sources)
    assert set(registry.prefills) <= set(forms)


def test_a_name_that_is_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        _table((build_module(), build_module()), "ENTRIES", key=str)


def build_module() -> object:
    """Return something that looks like a feature module."""
    return type("Module", (), {"ENTRIES": ("one",)})
