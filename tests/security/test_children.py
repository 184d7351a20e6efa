"""Processes that read what strangers made, and what they are told of the house."""

import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.documents.apart import run_apart
from app.documents.nursery import Nursery
from app.engine.gate.parsing import Parsing
from tests.studio.small import small

SECRET = "not for strangers"


def test_who_reads_a_strangers_diagram_knows_no_key_of_the_house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that prints what it is told stands in for the interpreter: /proc may still be empty after a start."""
    telling = tmp_path / "telling"
    telling.write_text("#!/bin/sh\nexec env\n")
    telling.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(telling))
    monkeypatch.setenv("GONGJIANG_DATA_KEY", SECRET)
    contents = {"flow.bpmn": small()["flow.bpmn"] + b"<!-- read by nobody before -->"}
    with Parsing(contents) as parsing:
        assert parsing._child is not None
        assert parsing._child.stdout is not None
        told = parsing._child.stdout.read()
    assert b"PATH=" in told
    assert SECRET.encode() not in told


def test_who_reads_a_strangers_paper_knows_no_key_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGJIANG_DATA_KEY", SECRET)
    with closing(Nursery()) as new:  # the one of this process may have begun before there was a key
        monkeypatch.setattr("app.documents.apart.NURSERY", new)
        told = run_apart("tests.security.environment", b"", time_limit=20)
    assert told is not None
    assert b"PATH" in told
    assert SECRET.encode() not in told
