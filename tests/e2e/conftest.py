"""Fixtures of the tests that go through a browser from end to end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.databases import Databases
from tests.e2e.pages import AXE
from tests.e2e.site import Site, open_site
from tests.e2e.stages import Stages


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """Return what fills databases up to a stage."""
    assert AXE.exists(), "the front end is not built: run ./bin/test, or `node build.mjs` in frontend/"
    return Stages(tmp_path_factory.mktemp("stages"))


@pytest.fixture
def at(chromium: Browser, stages: Stages, databases: Databases, tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    """Serve a copy of a stage: `site = at("scoring")`. A script error or a breach of the policy on any page fails the test."""
    with ExitStack() as stack:
        yield lambda stage: stack.enter_context(open_site(chromium, stages, databases.create(getattr(stages, stage)), tmp_path))
