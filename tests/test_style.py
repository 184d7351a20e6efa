"""Ruff and mypy as tests, so that one command says whether the tree is fit. Both keep a cache in build/ or beside it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def complaints(*command: str) -> str:
    """Run a checker over the tree; return what it printed when it failed, and nothing when it passed."""
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def test_ruff_has_no_complaint() -> None:
    assert complaints("ruff", "check", "--quiet", "--output-format=concise") == ""
    assert complaints("ruff", "format", "--check", "--quiet") == ""


def test_mypy_has_no_complaint_about_the_inner_floors() -> None:
    assert complaints("mypy", "--no-error-summary") == ""
