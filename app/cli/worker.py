"""`gongjiang worker` and `gongjiang database`: what runs behind the pages, and below them."""

import click
from huey.consumer import Consumer

from app.cli.chinese import ChineseCommand
from app.cli.environment import lasting
from app.persistence.schema import upgrade_schema
from app.wiring import build_house


def run_worker() -> None:
    """Work off queue, timers and outbox until the process is told to stop; what is under way is finished first."""
    app = build_house()
    Consumer(app.extensions["gongjiang.queue"], workers=1, periodic=True, graceful_signal="TERM").run()


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


COMMANDS = (worker, database)
