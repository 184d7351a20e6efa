"""What the tests of the studio share: the registry of the house, made once."""

import pytest

from app.services.registry import Registry
from app.services.registry_table import build_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return everything that a diagram may name."""
    return build_registry()
