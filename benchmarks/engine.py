"""What the engine costs a step of the flagship: load, advance, save, for every step of the happy scenario, against the naive way.

`.venv/bin/python -m benchmarks.engine [--rounds 20]` plays the scenario again and again and prints median and 95th percentile.
The naive way is the engine's own serializer with the whole workflow and its diagram, read and written for the same state.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG

from app.catalog.archive import read_folder
from app.catalog.manifest import read_procedure
from app.domain.procedure import Procedure
from app.engine import runtime
from app.services.packages import scenario_player, scenarios
from app.services.registry_table import build_registry

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
    registry = build_registry()
    scenarios.play(procedure, scenario, registry=registry)
    with timed_engine() as watch:
        for _ in range(rounds):
            scenarios.play(procedure, scenario, registry=registry)
    return watch.times


def naive_times(procedure: Procedure, *, rounds: int) -> list[float]:
    """Return how long it takes to read, refresh and write the whole workflow of a nomination that has just begun.

    It grows with every step, so this is the least that the naive way costs.
    """
    parser = SpiffBpmnParser()
    for name in sorted(procedure.files):
        if name.endswith(".bpmn"):
            parser.add_bpmn_str(procedure.files[name])
    workflow = BpmnWorkflow(parser.get_spec(procedure.case_kinds["nomination"].process))
    workflow.task_tree.data.update(json.loads(procedure.files[f"scenarios/{SCENARIO}.json"])["variables"])
    workflow.do_engine_steps()
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
    written, times = serializer.serialize_json(workflow), []
    for _ in range(rounds):
        began = time.perf_counter()
        again = serializer.deserialize_json(written)
        again.do_engine_steps()
        again.refresh_waiting_tasks()
        serializer.serialize_json(again)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _told(name: str, times: list[float]) -> float:
    median, slow = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
    print(f"{name:6} {len(times):5} steps: median {median:6.2f} ms, 95 % {slow:6.2f} ms")
    return median


def main() -> None:
    """Measure both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="how often the scenario is played")
    rounds, procedure = parser.parse_args().rounds, flagship()
    own = _told("own", own_times(procedure, rounds=rounds))
    naive = _told("naive", naive_times(procedure, rounds=rounds))
    print(f"ratio engine_own_vs_naive: {naive / own:.1f}")


if __name__ == "__main__":
    main()
