"""The command line: operators come in. Exit 0 when done, 1 for a refusal, 2 for arguments that cannot be used, 130 after Ctrl+C."""

import gc
import sys
from importlib import import_module

import click

from app.cli.chinese import ChineseGroup, usage_sentence
from app.domain.errors import DomainError
from config import ConfigError

MODULES = {
    "serve": ("server", "启动网站。"),
    "worker": ("worker", "启动后台进程：到期处理、办件之间的消息、证书和文件。可在多台机器上同时运行多个。"),
    "database": ("worker", "把数据库结构升级到当前程序需要的样子；已是最新时什么也不做。"),
    "demo": (
        "demo",
        "准备演示数据（一届已办结、一届正在公示、一届正在评审、一届正在申报），启动网站和后台进程，列出可用的账号。",
    ),
    "procedures": ("procedures", "流程包：列出、检查、部署、导出、迁移办件。"),
    "rounds": ("rounds", "评选轮次：列出、查看进展。"),
    "rehearse": ("rehearse", "通过网页把一轮评选从立项演练到归档，留下证书、公示、决定、排名和小结。"),
    "users": ("users", "账号：列出、新建、重置密码、解锁。"),
    "certificates": ("certificates", "证书：列出、核验。"),
    "documents": ("documents", "文书：签发文书用的证书和字体。"),
    "templates": ("templates", "文书模板：列出、检查、部署、导出，按原版本再生成文书。"),
    "audit": ("audit", "操作记录：核对完整性。"),
    "deadlines": ("deadlines", "时限：到期处理。"),
}
"""Command -> the module that holds it, and the first paragraph of its help: neither the list of all commands nor one of them
loads anything of the others."""


class House(ChineseGroup):
    """All commands, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command, None when there is none of this name."""
        if cmd_name not in MODULES:
            return None
        # Modules are no garbage: looking for it among them costs a tenth of the time of a short command.
        was_looking = gc.isenabled()
        gc.disable()
        module = import_module(f"app.cli.{MODULES[cmd_name][0]}")
        gc.freeze()
        if was_looking:
            gc.enable()
        return next((command for command in module.COMMANDS if command.name == cmd_name), None)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what every command does, in the order of the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in MODULES.items()])


@click.group(cls=House)
def cli() -> None:
    """临空港工匠评选系统的命令行工具。

    \b
    示例：
      gongjiang demo                       建立演示数据并打开网站
      gongjiang procedures check 文件夹     检查流程包
      gongjiang rehearse linkonggang-artisan --out 结果
      gongjiang audit verify               核对操作记录是否完整
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command; a mistake of the user ends in a sentence, never in a traceback."""
    try:
        code = cli.main(args=arguments, prog_name="gongjiang", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.UsageError as error:
        if error.ctx is not None:
            click.echo(error.ctx.get_usage(), err=True)
        click.echo(f"{usage_sentence(error)} 用 --help 查看用法。", err=True)
        sys.exit(2)
    except (DomainError, ConfigError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断。", err=True)
        sys.exit(130)
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        click.echo(sentence, err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _sentence(error: Exception) -> str | None:
    """Say what the outside refused: a folder, a disk, a database. None for a mistake of ours."""
    from app.cli.environment import database_sentence, file_sentence  # slow import: SQLAlchemy

    return file_sentence(error) if isinstance(error, OSError) else database_sentence(error)
