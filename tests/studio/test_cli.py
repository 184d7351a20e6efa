"""`gongjiang procedures`: what operators do from the command line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import procedures as commands
from app.domain.errors import DomainError
from app.services.context import Context
from tests.studio.house import House
from tests.studio.small import WAYS, diagram, person, small

INSERTED = diagram(
    more=person("party", "前置审核", form="request", stage="checking"),
    ways=WAYS.replace("fill > check", "fill > party > check"),
    leader="check party",
)


@pytest.fixture
def operated(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house as the commands find it."""

    @contextmanager
    def context_of_house() -> Iterator[Context]:
        yield house.context

    monkeypatch.setattr(commands, "context_of_house", context_of_house)
    return house


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands.procedures, arguments)


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_check_says_yes_no_or_cannot_read(tmp_path: Path) -> None:
    good = written(tmp_path / "good", small())
    assert run("check", str(good)).exit_code == 0
    bad = written(tmp_path / "bad", small(forms_check__json=b"{"))
    result = run("check", str(bad))
    assert result.exit_code == 1
    assert "form.malformed" in {line.split("\t")[0] for line in result.stdout.splitlines()}
    assert run("check", str(bad), "--json").stdout.startswith("[\n")
    (tmp_path / "no.zip").write_bytes(b"not a zip")
    assert run("check", str(tmp_path / "no.zip")).exit_code == 2


def test_rules_are_a_table_for_the_documentation() -> None:
    lines = [line for line in run("rules").stdout.splitlines() if line.startswith("|")]
    assert lines[1] == "| --- | --- | --- | --- |"
    assert all(line.count(" | ") == 3 for line in lines[2:])
    assert {rule["severity"] for rule in json.loads(run("rules", "--json").stdout)} == {"error", "warning", "note"}


def test_a_version_travels_to_another_machine_as_a_zip(operated: House, tmp_path: Path) -> None:
    operated.deploy_small()
    target = tmp_path / "out.zip"
    assert "已导出" in run("export", "small-service", "--out", str(target)).stdout
    assert "第 1 版" in run("deploy", str(target), "--reason", "同一内容").stdout
    missing = run("export", "small-service", "--number", "7")
    assert isinstance(missing.exception, DomainError)


def test_migrate_tries_first_and_moves_when_told(operated: House) -> None:
    first = operated.deploy_small()
    operated.deploy_small(flow__bpmn=INSERTED, scenarios_passed__json=None, scenarios_returned__json=None)
    case_id = operated.start(first)
    tried = run("migrate", "small-service", "--from", "1", "--to", "2")
    assert "可以迁移" in tried.stdout and operated.versions_of_cases() == {case_id: first}
    wrong = run("migrate", "small-service", "--from", "1", "--to", "2", "--map", "check=nowhere")
    assert isinstance(wrong.exception, DomainError) and "nowhere" in wrong.exception.message
    done = run("migrate", "small-service", "--from", "1", "--to", "2", "--reason", "改版", "--run")
    assert "迁移了 1 件" in done.stdout and operated.versions_of_cases() != {case_id: first}
