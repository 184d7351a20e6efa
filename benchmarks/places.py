"""Where the benchmarks find their procedure."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent / "procedure"
DIAGRAM = PACKAGE / "benchmark.bpmn"
