"""How long the pages take that people open most, with 1 and with 200 cases: desk, work item, case and round.

`.venv/bin/python -m benchmarks.pages [--cases 200]` measures in process, without network, by the processor's time,
so that a busy machine does not decide; compare the ratios.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient

from app.domain.actors import Role
from app.persistence.unit_of_work import make_engine
from tests.databases import Databases
from tests.web_rounds.world import World, build, make_world

REPEATS = 20


def settled(folder: Path, *, cases: int) -> tuple[World, dict[str, str]]:
    """Return a district with so many nominations that wait for their preliminary review, and the pages to open."""
    folder.mkdir()
    world = make_world(make_engine(Databases(folder, "pages").create(build)), folder)
    round_ = world.round()
    for number in range(1, cases + 1):
        row = world.nominee(round_, 2 * number - 1)  # odd numbers belong to the street of the clerk who looks
        item = world.item(row.case_id, round_id=round_.id, role=Role.OFFICE_CLERK, scope_unit_id=2)
    pages = {
        "desk": "/desk",
        "work_item": f"/work-items/{item.id}",
        "case": f"/cases/{row.case_id}",
        "round": f"/rounds/{round_.id}",
    }
    return world, pages


def median(browser: FlaskClient, path: str) -> float:
    """Return the median of opening a page in milliseconds of the processor; the first time, which fills caches, is left out."""
    times = []
    for _ in range(REPEATS + 1):
        began = time.process_time()
        status = browser.get(path).status_code
        times.append((time.process_time() - began) * 1000)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    return statistics.median(times[1:])


def measure(folder: Path, *, cases: int) -> dict[str, float]:
    """Return the medians by page, each opened by somebody who opens it at work."""
    world, pages = settled(folder, cases=cases)
    clerk, handler = world.client("office_clerk"), world.client("bureau_handler")
    found = {name: median(handler if name == "round" else clerk, path) for name, path in pages.items()}
    world.engine.dispose()
    for name, figure in found.items():
        print(f"{name:10} {cases:4} cases: median {figure:6.1f} ms")
    return found


def main() -> None:
    """Measure both and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200, help="how many cases the full district has")
    cases = parser.parse_args().cases
    with tempfile.TemporaryDirectory(prefix="gongjiang-benchmark-") as folder:
        few, many = measure(Path(folder) / "few", cases=1), measure(Path(folder) / "many", cases=cases)
    for name in few:
        print(f"ratio {name}_{cases}_vs_1_cases: {many[name] / few[name]:.2f}")


if __name__ == "__main__":
    main()
