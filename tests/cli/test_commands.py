"""Every command explains itself in Chinese, refuses in a sentence, and prints lists that programs can read."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlalchemy import text

from app.cli import MODULES, cli
from app.cli.processes import ROOT
from app.persistence.schema import newest_revision
from app.persistence.unit_of_work import make_engine
from config import Config
from tests.cli.conftest import Run, point_at

ENGLISH = (
    "Usage", "Options", "Commands", "Show this message", "Error", "Try ", "Missing", "Invalid", "[OPTIONS]", "[default",
    "PATH", "INTEGER", "TEXT", "DIRECTORY", "PROCEDURE", "[required]",
)  # fmt: skip


def paths(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words that lead to every command; commands that are loaded when they are asked for are asked for."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            yield from paths(inner, (*path, name))


@pytest.mark.parametrize("path", list(paths(cli)), ids=" ".join)
def test_help_is_chinese(path: tuple[str, ...], run: Run) -> None:
    code, out, _ = run(*path, "--help")
    assert code == 0 and "用法：" in out and "显示说明后退出。" in out
    assert [word for word in ENGLISH if word in out] == []


@pytest.mark.parametrize("name", MODULES)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None and command.get_short_help_str(limit=1000) == MODULES[name][1]


def test_the_list_of_commands_loads_none_of_them() -> None:
    source = "import sys; from app.cli import main; sys.argv[1:] = ['--help']\ntry: main()\nfinally: assert 'sqlalchemy' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "rehearse" in done.stdout and "通过网页把一轮评选" in done.stdout


def leaves() -> list[tuple[str, ...]]:
    """Return the commands that do something."""
    known = list(paths(cli))
    return [path for path in known if not any(other[: len(path)] == path for other in known if other != path)]


@pytest.mark.parametrize("path", leaves(), ids=" ".join)
def test_help_has_an_example(path: tuple[str, ...], run: Run) -> None:
    assert "示例：" in run(*path, "--help")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "用法：gongjiang"),
        (("nothing",), "没有命令"),
        (("users", "create", "x.y"), "缺少"),
        (("users", "list", "--colour"), "没有选项 --colour"),
        (("rounds", "show", "eins"), "应为一个整数"),
        (("rehearse", "linkonggang-artisan", "--winners", "0"), "1 到 13"),
        (("rehearse", "linkonggang-artisan", "--until", "midnight"), "可以是"),
        (("demo", "--port", "99999"), "1 到 65535"),
    ],
)
def test_unusable_arguments_end_with_2(arguments: tuple[str, ...], sentence: str, run: Run) -> None:
    code, out, err = run(*arguments)
    assert code == 2 and sentence in err and out == ""
    assert [word for word in ENGLISH if word in err] == []


def test_a_round_that_is_not_there_is_a_refusal(installation: Config, run: Run) -> None:
    code, _, err = run("rounds", "show", "7")
    assert code == 1 and err == "没有编号为 7 的轮次。可用 gongjiang rounds list 查看。\n"


def test_an_unknown_certificate_ends_with_1(installation: Config, run: Run) -> None:
    code, _, err = run("certificates", "verify", "LKGGJ-2026-001", "ABCDEFGH")
    assert code == 1 and "查无此证书" in err


@pytest.mark.parametrize("name", ["users", "rounds", "certificates", "procedures"])
def test_empty_lists_parse(name: str, installation: Config, run: Run) -> None:
    code, out, _ = run(name, "list", "--json")
    assert code == 0 and json.loads(out) == []


def test_all_accounts_are_listed(filled: Config, run: Run) -> None:
    rows = json.loads(run("users", "list", "--json")[1])
    assert len(rows) == 104 and {"username", "name", "unit", "grants"} <= set(rows[0])
    assert not any("hash" in key for key in rows[0])


def test_an_account_is_created_once(filled: Config, run: Run) -> None:
    wanted = ("users", "create", "renshe.gu", "--name", "顾清", "--unit", "东西湖区人力资源和社会保障局")
    code, out, _ = run(*wanted)
    assert code == 0 and "初始密码" in out
    code, _, err = run(*wanted)
    assert code == 1 and "已经有人使用" in err


def test_an_account_of_an_unknown_unit_is_refused(filled: Config, run: Run) -> None:
    code, _, err = run("users", "create", "renshe.gu", "--name", "顾清", "--unit", "某局")
    assert code == 1 and "没有名为“某局”的单位" in err


def test_passwords_are_reset_and_accounts_unlocked(filled: Config, run: Run) -> None:
    code, out, _ = run("users", "reset-password", "renshe.zhang")
    assert code == 0 and "renshe.zhang 的新密码" in out
    assert run("users", "unlock", "renshe.zhang")[0] == 0
    assert run("users", "unlock", "nobody.here")[0] == 1


@pytest.mark.parametrize(
    ("variable", "value", "arguments", "sentence"),
    [
        ("DATABASE_URL", "garbage", ("rounds", "list"), "应以 sqlite:/// 或 postgresql+psycopg:// 开头"),
        ("DATABASE_URL", "sqlite:////proc/none/x.db", ("rounds", "list"), "数据库没有应答或不能打开"),
        ("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none", ("users", "list"), "数据库没有应答或不能打开"),
        ("PORT_UNUSED", "", ("rehearse", "linkonggang-artisan", "--out", "/etc/passwd/x"), "不能建立文件夹 /etc/passwd/x"),
        ("PORT_UNUSED", "", ("rehearse", "linkonggang-artisan", "--database-url", "garbage"), "应以 sqlite:///"),
    ],
)
def test_what_cannot_be_reached_is_a_sentence(
    variable: str, value: str, arguments: tuple[str, ...], sentence: str,
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"GONGJIANG_{variable}", value)
    code, _, err = run(*arguments)
    assert code == 1 and sentence in err and "Traceback" not in err


def test_a_database_that_a_newer_program_has_changed_is_left_alone(installation: Config, run: Run) -> None:
    engine = make_engine(installation.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    code, _, err = run("database")
    assert code == 1 and "新版本的程序" in err and "没有作任何改动" in err
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest_revision()})
    engine.dispose()
    assert run("database")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [("rounds", "list"), ("users", "list"), ("audit", "verify"), ("deadlines", "run"), ("worker",), ("serve",)],
    ids=" ".join,
)
def test_a_database_without_tables_is_named_with_the_cure(
    arguments: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path, monkeypatch)
    code, _, err = run(*arguments)
    assert code == 1 and "gongjiang database" in err and "gongjiang demo" in err
