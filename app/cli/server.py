"""`gongjiang serve`: the web server."""

import gc
from collections.abc import Callable
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from app import create_app
from app.cli.chinese import ChineseCommand
from app.cli.environment import lasting
from app.cli.processes import require_free_port
from app.wiring import load_pages


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships without types
    """Gunicorn with settings from the command line; every worker builds its own application, so that none shares a connection."""

    def __init__(self, build: Callable[[], Any] = create_app, *, host: str, port: int, workers: int) -> None:
        self._build = build
        self._own = {"bind": f"{host}:{port}", "workers": workers, "threads": 4, "worker_class": "gthread", "timeout": 120,
                     "graceful_timeout": 10, "loglevel": "warning", "proc_name": "gongjiang"}  # fmt: skip
        super().__init__()

    def load_config(self) -> None:
        """Take our settings instead of the command line's."""
        for name, value in self._own.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application; called in each worker."""
        app = self._build()
        # What was built stays as long as the worker: looking through its 200 000 objects for garbage takes a tenth of a second
        # in the middle of somebody's request, every few hundred requests, and never finds any.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        return app


def run_server(*, host: str, port: int, workers: int) -> None:
    """Serve the pages until the process is told to stop. Raises `DomainError` when the port is taken."""
    require_free_port(host, port)
    load_pages()
    gc.freeze()  # the workers share the memory of what lies still
    Server(host=host, port=port, workers=workers).run()


@click.command("serve", cls=ChineseCommand)
@click.option("--host", default="127.0.0.1", help="监听地址，默认 127.0.0.1。")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), help="端口，默认 8000。")
@click.option("--workers", default=2, type=click.IntRange(1, 64), help="进程数，默认 2。")
def serve(host: str, port: int, workers: int) -> None:
    """启动网站。

    \b
    示例：
      gongjiang serve --port 8080
    """
    with lasting():
        run_server(host=host, port=port, workers=workers)


COMMANDS = (serve,)
