"""Click in Chinese: headings of the help, and what is wrong with arguments."""

import re
from collections.abc import Sequence
from typing import Any

import click

_HEADINGS = {"Usage: ": "用法：", "Options": "选项", "Commands": "命令", "Arguments": "参数"}


_KINDS = {"TEXT": "文字", "INTEGER": "整数", "PATH": "路径", "DIRECTORY": "文件夹", "FILE": "文件", "[required]": "（必填）"}
_KIND = re.compile(r"\b(TEXT|INTEGER|PATH|DIRECTORY|FILE)(?: RANGE)?\b|\[required\]")


class _ChineseFormatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line with a Chinese heading."""
        args = args.replace("[OPTIONS]", "[选项]").replace("COMMAND [ARGS]...", "命令 [参数]...")
        super().write_usage(prog, args, prefix="用法：")

    def write_heading(self, heading: str) -> None:
        """Write a Chinese heading where Click would write an English one."""
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options with the kinds of their values in Chinese."""
        chinese = [tuple(_KIND.sub(lambda found: _KINDS[found[1] or found[0]], text) for text in row) for row in rows]
        super().write_dl([(option, text) for option, text in chinese], col_max, col_spacing)


class ChineseContext(click.Context):
    """A context whose help is laid out in Chinese."""

    formatter_class = _ChineseFormatter


class ChineseCommand(click.Command):
    """A command with Chinese help; examples stand in its docstring."""

    context_class = ChineseContext

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the help option with a Chinese text."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示说明后退出。"
        return option


class ChineseGroup(ChineseCommand, click.Group):
    """A group whose commands are Chinese too."""

    command_class = ChineseCommand

    def group(self, *args: Any, **kwargs: Any) -> Any:
        """Make groups inside this group of the same kind."""
        kwargs.setdefault("cls", ChineseGroup)
        return super().group(*args, **kwargs)


def usage_sentence(error: click.UsageError) -> str:
    """Say in Chinese what is wrong with the arguments."""
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}。"
    if isinstance(error, click.MissingParameter):
        return f"缺少{_name_of(error)}。"
    if isinstance(error, click.BadParameter):
        return f"{_name_of(error)}的值不能用。" + _expected(error)
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 的用法不对，它可能需要一个值。"
    text = error.format_message()
    return f"没有命令 {text.split()[-1]}" if text.startswith("No such command") else "参数的写法不对。"


def _name_of(error: click.BadParameter) -> str:
    if error.param is None:
        return "参数"
    kind = "选项" if isinstance(error.param, click.Option) else "参数"
    return f"{kind} {error.param.opts[0] if isinstance(error.param, click.Option) else error.param.make_metavar(error.ctx)} "


def _expected(error: click.BadParameter) -> str:
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return "可以是：" + "、".join(str(choice) for choice in kind.choices) + "。"
    if isinstance(kind, click.IntRange | click.types.IntParamType):
        return "应为一个整数。" if not isinstance(kind, click.IntRange) else f"应为 {kind.min} 到 {kind.max} 之间的整数。"
    if isinstance(kind, click.Path):
        return "没有这个文件或文件夹，或者无法读取。"
    return ""
