"""Taking a demonstration away again: its database, its files and its papers, and never anything that is not a demonstration."""

import shutil
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from app.cli.rehearsal.running import close
from app.domain.errors import DomainError
from app.persistence.schema import empty_schema, holds_tables
from app.services.accounts.provisioning import is_demonstration
from app.wiring import build_app
from config import Config

FOLDER = "demo"
"""Where the papers of the finished round lie, within the instance folder."""


def remove_data(config: Config) -> None:
    """Delete what a demonstration has written into its database and the instance folder, and say so. The keys stay.

    Refuses a database that holds anything but a demonstration.
    """
    embedded = config.database_url.startswith("sqlite:///")
    database = Path(config.database_url.removeprefix("sqlite:///"))
    if not embedded or (database.exists() and database.stat().st_size):
        _empty(config, keep_tables=embedded)
    files = [database, *_beside(database)] if embedded else []
    if "://" not in config.huey_url:
        files += [Path(config.huey_url), *_beside(Path(config.huey_url))]
    folders = [config.instance_path / FOLDER]
    if "://" not in config.files_url:
        folders.append(Path(config.files_url))
    gone = [path for path in (*files, *folders) if path.exists()]
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    words = [] if embedded else ["数据库中的全部内容"]
    click.echo("已删除演示数据：" + ("、".join([*words, *map(str, gone)]) or "没有可删除的内容。"))


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal")]


def _empty(config: Config, *, keep_tables: bool) -> None:
    """Refuse what is no demonstration; empty the schema unless the whole file goes anyway."""
    app = build_app(config)
    try:
        with app.app_context():
            engine: Engine = app.extensions["migrate"].db.engine
            if holds_tables(engine):
                _require_demonstration(app)
                if not keep_tables:
                    empty_schema(engine)
    except OperationalError as error:
        sentence = "不能清空数据库：连接不上，或者正在使用。请先停止网站和后台进程，核对数据库地址后再试。"
        raise DomainError("demo.reset_busy", sentence) from error
    finally:
        close(app)


def _require_demonstration(app: Flask) -> None:
    if not is_demonstration(app.extensions["gongjiang"]):
        raise DomainError(
            "demo.reset_real",
            "数据库里的内容不是演示数据，不会删除。请检查 GONGJIANG_DATABASE_URL，或换一个数据库、文件夹来试用。",
        )
