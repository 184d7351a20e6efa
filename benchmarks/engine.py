"""What the engine costs a step: load, advance, save, against the naive way on the same diagram, with the same steps and data.

`.venv/bin/python -m benchmarks.engine [--rounds 20]` walks the benchmark's ten reviews with both, then plays the happy scenario of
the flagship with ours alone, and prints medians, 95th percentiles, bytes of state and ratios. The naive way is the engine's own
serializer with the whole workflow and its diagram, read and written at every step.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.catalog.archive import read_folder
from app.catalog.manifest import read_procedure
from app.domain.procedure import Procedure
from app.engine import runtime
from app.engine.specs import load_spec
from app.services.packages import scenario_player, scenarios
from app.services.registry_table import build_registry
from benchmarks import naive_engine
from benchmarks.places import DIAGRAM

ROOT = Path(__file__).resolve().parent.parent
FLAGSHIP, SCENARIO = "linkonggang-artisan", "nomination_paid"


class Stopwatch:
    """Stands in the place of the engine, hands every call on, and keeps how long each took in milliseconds."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the engine's function of this name, timed."""
        function = getattr(runtime, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            result = function(*args, **kwargs)
            self.times.append((time.perf_counter() - began) * 1000)
            return result

        return timed


@contextmanager
def timed_engine() -> Iterator[Stopwatch]:
    """Time every step that a scenario makes while this lasts."""
    watch = Stopwatch()
    scenario_player.runtime = watch  # type: ignore[assignment, attr-defined]
    try:
        yield watch
    finally:
        scenario_player.runtime = runtime  # type: ignore[attr-defined]


def flagship() -> Procedure:
    """Return the package of the repository."""
    return read_procedure(read_folder(ROOT / "bpmn" / FLAGSHIP, forms_folder=ROOT / "forms" / FLAGSHIP))


def own_times(procedure: Procedure, *, rounds: int) -> list[float]:
    """Return how long each step took in so many plays of the happy scenario; the first play, which parses, is left out."""
    scenario = json.loads(procedure.files[f"scenarios/{SCENARIO}.json"])
    recorded = scenarios.recorded_by(build_registry())
    scenarios.play(procedure, scenario, recorded=recorded)
    with timed_engine() as watch:
        for _ in range(rounds):
            scenarios.play(procedure, scenario, recorded=recorded)
    return watch.times


def walk(engine: Any, *, rounds: int) -> tuple[list[float], int]:
    """Take so many cases through the ten reviews; return how long each step took, and the bytes of the last state of a case."""
    spec = load_spec({DIAGRAM.name: DIAGRAM.read_bytes()}, content_hash="benchmark")
    outside: dict[str, Any] = {"call": _no_operation, "functions": {}}
    times, size = list[float](), 0
    for _ in range(rounds):
        now = engine.start(spec, process_id=DIAGRAM.stem, variables={"decision": ""}, **outside)
        while not now.ended:
            size, [task] = len(now.state), now.ready
            began = time.perf_counter()
            now = engine.complete(spec, now.state, task_id=task.task_id, exports={"decision": "accept"}, **outside)
            times.append((time.perf_counter() - began) * 1000)
    return times, size


def _no_operation(name: str, params: object, *, node: object) -> None:
    raise RuntimeError(f"the benchmark's diagram calls no operation, but {name} was called")


def _told(name: str, times: list[float]) -> float:
    median, slow = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
    print(f"{name:14} {len(times):5} steps: median {median:6.2f} ms, 95 % {slow:6.2f} ms")
    return median


def main() -> None:
    """Measure both and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="how many cases are walked and scenarios played")
    rounds = parser.parse_args().rounds
    walk(runtime, rounds=1)  # what is built once a process is not what is measured
    (own, own_size), (naive, naive_size) = walk(runtime, rounds=rounds), walk(naive_engine, rounds=rounds)
    ratio = _told("naive", naive) / _told("own", own)
    _told("own, flagship", own_times(flagship(), rounds=rounds))
    print(f"bytes of state before the last step: naive {naive_size}, own {own_size}")
    print(f"ratio engine_own_vs_naive: {ratio:.1f}")
    print(f"ratio state_own_vs_naive: {naive_size / own_size:.1f}")


if __name__ == "__main__":
    main()
