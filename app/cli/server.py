"""`gongjiang serve`, `gongjiang worker`, `gongjiang database`: run the house."""

import click

from app.cli.chinese import ChineseCommand
from app.cli.environment import lasting
from app.cli.processes import run_server, run_worker
from app.persistence.schema import upgrade_schema
from app.wiring import build_house


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


@click.command("worker", cls=ChineseCommand)
def worker() -> None:
    """启动后台进程：到期处理、办件之间的消息、证书和文件。可在多台机器上同时运行多个。

    \b
    示例：
      gongjiang worker
    """
    with lasting():
        run_worker()


@click.command("database", cls=ChineseCommand)
def database() -> None:
    """把数据库结构升级到当前程序需要的样子；已是最新时什么也不做。

    \b
    示例：
      gongjiang database
    """
    app = build_house()
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
        upgrade_schema(engine)
        engine.dispose()
    click.echo("数据库结构已是最新。")


COMMANDS = (serve, worker, database)
