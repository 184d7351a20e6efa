"""Taking a demonstration away again: its database, its files and its papers, and never anything that is not a demonstration."""

import shutil
from pathlib import Path

import click

from app.cli.in_use import require_unused
from app.cli.rehearsal.running import close
from app.domain.errors import DomainError
from app.services.accounts.provisioning import clear_demonstration
from app.wiring import build_app
from config import Config

FOLDER = "demo"
"""Where the papers of the finished round lie, within the instance folder."""


def remove_data(config: Config) -> None:
    """Delete what a demonstration has written into its database and the instance folder, and say so. The keys stay.

    Refuses a database that holds anything but a demonstration, one that is being served, and files beside no demonstration: they
    may belong to a real database, whose address somebody has left out.
    """
    require_unused(config.instance_path)
    embedded = config.database_url.startswith("sqlite:///")
    database = Path(config.database_url.removeprefix("sqlite:///"))
    is_ours = (not embedded or (database.exists() and database.stat().st_size > 0)) and _clear(config)
    if not is_ours:
        _require_no_files(config)
    files = [database, *_beside(database)] if embedded else []
    if "://" not in config.huey_url:
        files += [Path(config.huey_url), *_beside(Path(config.huey_url))]
    folders = [config.instance_path / FOLDER]
    if "://" not in config.files_url:
        folders.append(Path(config.files_url))
    # The database last: while it is there, it says that the rest may go.
    gone = [path for path in (*folders, *files) if path.exists()]
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    words = [] if embedded else ["数据库中的全部内容"]
    click.echo("已删除演示数据：" + ("、".join([*words, *map(str, gone)]) or "没有可删除的内容。"))


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal")]


def _require_no_files(config: Config) -> None:
    store = Path(config.files_url)
    if "://" not in config.files_url and any(path.is_file() for path in store.rglob("*")):
        raise DomainError(
            "demo.reset_files",
            f"没有找到演示数据库，而文件夹 {store} 里有文件，可能属于别的数据库，不会删除。"
            "请检查 GONGJIANG_DATABASE_URL 和 GONGJIANG_FILES_URL；确认文件不再需要的，请自行移走后再试。",
        )


def _clear(config: Config) -> bool:
    app = build_app(config)
    try:
        with app.app_context():
            return clear_demonstration(app.extensions["gongjiang"])
    finally:
        close(app)
