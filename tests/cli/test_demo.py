"""The demonstration: what was prepared is not prepared again, what is half done is said, what is in the way is named."""

import socket
import time
from pathlib import Path

import click
import pytest
from flask import Flask

from app.cli import demo, demo_reset
from app.cli.in_use import in_use
from app.cli.processes import require_free_port, site_address
from app.cli.rehearsal.running import close
from app.cli.samples.loading import samples_mark
from app.domain.actors import Actor, Grant, Role
from app.domain.errors import DomainError
from app.persistence.schema import upgrade_schema
from app.services.accounts.provisioning import is_demonstration, mark_begun, mark_prepared, prepared_mark
from app.services.selection import rounds
from app.wiring import build_app
from config import Config
from tests.cli.conftest import Run


def test_a_second_start_is_quick_and_changes_nothing(filled: Config, house: Flask) -> None:
    context = house.extensions["gongjiang"]
    mark_prepared(context, mark=samples_mark(), notes={"panel": ["zhuanjia.liang"]})
    begun = time.process_time()
    assert demo.make_ready(filled) == []
    assert time.process_time() - begun < 5  # of the processor: preparing takes minutes
    assert prepared_mark(context) == (samples_mark(), {"panel": ["zhuanjia.liang"]})


def test_a_preparation_that_was_stopped_halfway_is_named(filled: Config, house: Flask) -> None:
    context = house.extensions["gongjiang"]
    mark_begun(context)
    handler = Actor(1, "张", 1, "区人社局", frozenset({Grant(Role.BUREAU_HANDLER, 1)}))
    rounds.start_round(context, actor=handler, procedure="linkonggang-artisan", title="第一届")
    with pytest.raises(DomainError, match="--reset"):
        demo.make_ready(filled)


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DomainError, match=f"{port}.*--port"):
            require_free_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:9001"),
        ("0.0.0.0", "http://127.0.0.1:9001"),
        ("::1", "http://[::1]:9001"),
        ("gj.example.cn", "http://gj.example.cn:9001"),
    ],
)
def test_an_address_leads_to_what_listens(host: str, address: str) -> None:
    assert site_address(host, 9001) == address


@pytest.mark.parametrize("given", [{}, {demo.BASE_URL: " "}, {demo.BASE_URL: "https://gj.example.cn"}])
def test_the_port_that_is_served_is_the_port_that_is_written(tmp_path: Path, given: dict[str, str]) -> None:
    written = Config.from_environment(tmp_path, demo.environment_of(given, host="127.0.0.1", port=9001)).public_base_url
    assert written == (given.get(demo.BASE_URL, "").strip() or "http://127.0.0.1:9001")


def test_production_takes_no_samples(installation: Config, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGJIANG_ENVIRONMENT", "production")
    monkeypatch.setenv("GONGJIANG_PUBLIC_BASE_URL", "https://example.org")
    code, _, err = run("demo", "--no-serve")
    assert code == 1 and "生产环境不能装入演示数据" in err


def test_reset_deletes_the_data_and_keeps_the_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = Config.from_environment(tmp_path, {})
    for name in ("gongjiang.db", "queue.db"):
        (tmp_path / name).touch()
    (tmp_path / "files").mkdir()
    demo_reset.remove_data(config)
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]
    assert str(tmp_path / "gongjiang.db") in capsys.readouterr().out


def test_what_is_being_served_is_not_deleted(tmp_path: Path) -> None:
    config = Config.from_environment(tmp_path, {})
    (tmp_path / "gongjiang.db").touch()
    with in_use(tmp_path), pytest.raises(DomainError, match=r"正在运行.*Ctrl\+C"):
        demo_reset.remove_data(config)
    assert (tmp_path / "gongjiang.db").exists()
    demo_reset.remove_data(config)
    assert not (tmp_path / "gongjiang.db").exists()


def test_what_is_no_demonstration_is_never_reset(filled: Config) -> None:
    with pytest.raises(DomainError, match="不是演示数据，不会删除"):
        demo_reset.remove_data(filled)


def test_files_that_no_demonstration_has_written_are_never_deleted(tmp_path: Path) -> None:
    config = Config.from_environment(tmp_path, {})  # as without the variables that name the real database of this folder
    kept = Path(config.files_url) / "ab" / "cd" / ("abcd" + "0" * 60)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"handed in")
    with pytest.raises(DomainError, match="GONGJIANG_FILES_URL"):
        demo_reset.remove_data(config)
    assert kept.read_bytes() == b"handed in"


def test_accounts_of_somebody_else_are_not_mixed_with_samples(filled: Config) -> None:
    with pytest.raises(DomainError, match="已有账号，不是演示数据"):
        demo.make_ready(filled)


def test_a_demonstration_is_reset_and_its_schema_built_anew(filled: Config, capsys: pytest.CaptureFixture[str]) -> None:
    app = build_app(filled)
    mark_begun(app.extensions["gongjiang"])
    close(app)
    written = Path(filled.files_url) / "ab"
    written.mkdir(parents=True)
    (written / "sample").touch()
    demo_reset.remove_data(filled)
    assert not written.exists()
    assert "已删除演示数据" in capsys.readouterr().out
    again = build_app(filled)
    with again.app_context():
        upgrade_schema(again.extensions["sqlalchemy"].engine)
    assert not is_demonstration(again.extensions["gongjiang"])
    close(again)


def test_the_table_names_those_whom_the_rehearsal_chose(capsys: pytest.CaptureFixture[str]) -> None:
    winner = {"username": "cabc", "name": "徐㼆", "unit": "武汉鼎昕重型钢构有限公司"}
    notes = {"panel": ["zhuanjia.liang"], "winner": [winner], "candidate": [{**winner, "username": "cdef"}]}
    demo.welcome("http://127.0.0.1:8000", notes)
    out = click.unstyle(capsys.readouterr().out)
    assert "http://127.0.0.1:8000" in out
    assert all(word in out for word in ("renshe.zhang", "梁国栋", "cabc", "cdef", "徐㼆", "Linkong@2026Demo"))
    assert "二维码" not in out


def test_the_table_says_when_the_codes_lead_to_another_address(capsys: pytest.CaptureFixture[str]) -> None:
    demo.welcome("http://127.0.0.1:8080", {"printed": "http://127.0.0.1:8000"})
    assert "二维码印的是 http://127.0.0.1:8000" in click.unstyle(capsys.readouterr().out)
