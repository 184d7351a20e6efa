"""The house for a command: the same wiring as the web, without the web; and what the outside answered, in Chinese."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from app.cli.in_use import in_use
from app.domain.errors import DomainError
from app.persistence.schema import is_newest
from app.services.context import Context
from app.wiring import build_house


@contextmanager
def context_of_house(*, with_database: bool = True) -> Iterator[Context]:
    """Give the context of the installation in whose folder the command runs.

    Refuses a database that lacks tables; `with_database` is false for a command that asks it nothing.
    """
    with _house(with_database=with_database) as app:
        yield app.extensions["gongjiang"]


@contextmanager
def lasting() -> Iterator[None]:
    """Hold the installation for a process that runs for long, so that nobody resets it. Refuses a database that lacks tables."""
    with _house(with_database=True) as app:
        folder = Path(app.instance_path)
    with in_use(folder):
        yield


@contextmanager
def _house(*, with_database: bool) -> Iterator[Flask]:
    app = build_house()
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
        try:
            if with_database:
                _require_tables(engine)
            yield app
        finally:
            engine.dispose()


def _require_tables(engine: Engine) -> None:
    if not is_newest(engine):
        raise DomainError(
            "database.schema",
            "数据库还没有建立，或者与程序的版本不一致。请先运行 gongjiang database；只是试用，请运行 gongjiang demo。",
        )


def file_sentence(error: OSError) -> str:
    """Say in Chinese which file or folder could not be used, and why."""
    reasons = {
        errno.EACCES: "没有权限",
        errno.EPERM: "没有权限",
        errno.EROFS: "磁盘只能读取",
        errno.ENOSPC: "磁盘已满",
        errno.EDQUOT: "磁盘配额已用完",
        errno.ENOENT: "没有这个文件或文件夹",
        errno.ENOTDIR: "路径中有一段不是文件夹",
        errno.EISDIR: "这是一个文件夹，不是文件",
        errno.EEXIST: "同名的文件已经存在",
    }
    reason = reasons.get(error.errno or 0)
    if error.filename is None or reason is None:
        return f"读写文件或网络时出错（{error.errno or type(error).__name__}）。请检查磁盘、网络和权限后重试。"
    return f"不能使用 {error.filename}：{reason}。请换一个位置，或请管理员处理后重试。"


def database_sentence(error: Exception) -> str | None:
    """Say in Chinese that the database cannot be reached; None when the error is no such thing."""
    if not isinstance(error, OperationalError):
        return None
    reason = str(error.orig).strip().partition("\n")[0]
    return f"数据库没有应答或不能打开（{reason}）。请检查 GONGJIANG_DATABASE_URL、数据库服务和文件权限后重试。"
