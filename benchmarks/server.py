"""What is served in a benchmark: the real application on a throw-away installation, with the engine asked for.

`python -m benchmarks.server PORT` serves it as `gongjiang serve` does, with two processes.
"""

import os
import sys
from pathlib import Path

from flask import Flask

from app import create_app
from app.cli.server import Server
from app.engine import runtime
from app.services.casework import cases, work_items
from benchmarks import naive_engine
from config import Config

INSTANCE, ENGINE = "BENCHMARK_INSTANCE", "BENCHMARK_ENGINE"


def use(engine: str) -> None:
    """Put the engine in place by which cases move in this process: `own` or `naive`."""
    chosen = naive_engine if engine == "naive" else runtime
    cases.runtime = work_items.runtime = chosen  # type: ignore[assignment]


def application() -> Flask:
    """Build the application on the installation that the environment names."""
    use(os.environ[ENGINE])
    return create_app(Config.from_environment(Path(os.environ[INSTANCE])))


if __name__ == "__main__":
    Server(application, host="127.0.0.1", port=int(sys.argv[1]), workers=2).run()
