"""What every test shares: the choice of database, a browser, and the guards. Fixtures of one floor live in its own folder."""

import gc
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.guards import forbid_network, nothing_left_behind
from tests.passwords import hash_cheaply

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.databases import Databases, PostgresServer

PATIENCE = 60_000
"""Milliseconds that a browser test waits for what it expects: a wait that succeeds ends at once, and machines may be busy."""

QUICK = {"domain", "files", "notify"}
"""Folders whose files take a tenth of a second or less."""

SERVER: "pytest.StashKey[PostgresServer]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--db`."""
    parser.addoption("--db", choices=["sqlite", "postgresql"], default="sqlite", help="database under the tests")


def is_worker(config: pytest.Config) -> bool:
    """Tell whether this process was started by pytest-xdist."""
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Start the one PostgreSQL server of the run, in the process that starts the others."""
    forbid_network()
    gc.disable()  # collecting tests makes half a million objects that stay, and no cycle worth looking for
    config.option.loadscopereorder = False  # pytest-xdist would begin with the files of most tests, see below
    if config.getoption("--db") == "postgresql" and not is_worker(config) and not config.option.collectonly:
        from tests.databases import PostgresServer  # slow import: SQLAlchemy

        config.stash[SERVER] = PostgresServer.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the file that takes longest, and end with the rules that need no database: the processes finish together."""
    items.sort(key=lambda item: (item.path.name != "test_rehearsal.py", item.path.parent.name in QUICK))


def pytest_collection_finish() -> None:
    """Make passwords cheap, and spare the garbage collector what was imported: it would look through all of it again and again."""
    hash_cheaply()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, however the run ended, and look for garbage once: pytest and the interpreter would do it ten times."""
    if SERVER in config.stash:
        config.stash[SERVER].stop()
    gc.collect()  # what was left open complains now
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the server listens."""
    if SERVER in node.config.stash:
        node.workerinput["socket_folder"] = str(node.config.stash[SERVER].folder)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "Databases":
    """Make throw-away databases: `databases.create(build)`, where `build(url)` fills the template once."""
    from tests.databases import Databases  # slow import: SQLAlchemy; the process that starts the others never needs it

    config = request.config
    given: dict[str, Any] = getattr(config, "workerinput", {})
    started = str(config.stash[SERVER].folder) if SERVER in config.stash else None
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if given else own) / "built"  # the folders of the workers lie in that of the run
    shared.mkdir(exist_ok=True)
    folder, worker = tmp_path_factory.mktemp("databases"), given.get("workerid", "main")
    return Databases(folder, worker, given.get("socket_folder", started), shared)


@pytest.fixture(scope="session")
def database_url(databases: "Databases") -> str:
    """Return the URL of an empty database of this test process."""
    return databases.create()


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Return the system's Chromium, started once for this test process; the variable CHROMIUM says where it is."""
    from playwright.sync_api import expect, sync_playwright  # slow import: only browser tests need it

    expect.set_options(timeout=PATIENCE)
    flags = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run"]
    quiet = ["disable-background-networking", "disable-component-update", "disable-sync"]
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=[f"--{flag}" for flag in flags + quiet])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield
