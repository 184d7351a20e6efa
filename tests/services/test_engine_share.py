"""The engine's share of a completion of the flagship: load, advance, save (issue: at most 2 ms at the median)."""

import statistics

from benchmarks.engine import flagship, own_times


def test_a_step_of_the_flagship_takes_the_engine_two_milliseconds_at_most() -> None:
    times = own_times(flagship(), rounds=3)
    assert len(times) > 60
    assert statistics.median(times) <= 2
