"""Processes that read what strangers made, and what they are told of the house."""

from pathlib import Path

import pytest

from app.documents.apart import run_apart
from app.engine.gate.parsing import Parsing
from tests.studio.small import small

SECRET = "not for strangers"


def test_who_reads_a_strangers_diagram_knows_no_key_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGJIANG_DATA_KEY", SECRET)
    contents = {"flow.bpmn": small()["flow.bpmn"] + b"<!-- read by nobody before -->"}
    with Parsing(contents) as parsing:
        assert parsing._child is not None
        told = Path(f"/proc/{parsing._child.pid}/environ").read_bytes()
    assert b"PATH=" in told
    assert SECRET.encode() not in told


def test_who_reads_a_strangers_paper_knows_no_key_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGJIANG_DATA_KEY", SECRET)
    told = run_apart("tests.security.environment", b"", time_limit=20)
    assert told is not None
    assert b"PATH" in told
    assert SECRET.encode() not in told
