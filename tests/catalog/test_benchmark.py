"""The procedure of the benchmarks is deployed like any other: a new rule of the check must not leave it behind unseen."""

from app.catalog.archive import read_folder
from app.services.packages.procedures import check_package
from app.services.registry_table import build_registry
from benchmarks.places import PACKAGE


def test_the_procedure_of_the_benchmarks_passes_the_check() -> None:
    found = check_package(read_folder(PACKAGE, forms_folder=PACKAGE / "none"), registry=build_registry())
    assert [each.message for each in found if each.severity == "error"] == []
