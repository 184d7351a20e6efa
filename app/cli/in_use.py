"""Whether processes of this installation are running: what is being served is not deleted under them."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import DomainError

NAME = "in-use"


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Mark an installation as running; the kernel takes the mark away with the last process that inherited it, however it ends."""
    with (folder / NAME).open("a") as mark:
        fcntl.flock(mark, fcntl.LOCK_SH)
        yield


def require_unused(folder: Path) -> None:
    """Refuse while an installation is running."""
    if not (folder / NAME).exists():
        return
    with (folder / NAME).open("a") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            sentence = "演示正在运行，现在不能删除它的数据。请先在运行它的终端按 Ctrl+C 停止，再重试。"
            raise DomainError("demo.running", sentence) from error
