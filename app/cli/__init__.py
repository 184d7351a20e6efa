"""The command line: operators come in. Exit 0 when done, 1 for a refusal, 2 for arguments that cannot be used, 130 after Ctrl+C."""

import gc
import sys
from importlib import import_module

import click

from app.cli.chinese import ChineseGroup, usage_sentence
from app.domain.errors import DomainError
from config import ConfigError

MODULES = {
    "serve": "server",
    "worker": "server",
    "database": "server",
    "demo": "demo",
    "procedures": "procedures",
    "rounds": "rounds",
    "rehearse": "rehearse",
    "users": "users",
    "certificates": "certificates",
    "documents": "documents",
    "templates": "templates",
    "audit": "audit",
    "deadlines": "deadlines",
}
"""Command -> the module that holds it; a command loads what it needs and nothing of the others."""


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
        gc.disable()
        module = import_module(f"app.cli.{MODULES[cmd_name]}")
        gc.freeze()
        gc.enable()
        return next((command for command in module.COMMANDS if command.name == cmd_name), None)


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
