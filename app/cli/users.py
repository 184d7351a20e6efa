"""`gongjiang users`: accounts, for the operator of the machine."""

import click

from app.cli.chinese import ChineseGroup
from app.cli.environment import context_of_house
from app.cli.output import show_json, show_table
from app.domain.actors import ROLE_TITLES, Actor, Grant, Role
from app.domain.errors import InvalidValues, NotFound
from app.persistence.queries import admin
from app.persistence.queries.paging import PAGE
from app.services.accounts import account_admin, resets
from app.services.context import Context

OPERATOR = Actor(None, "命令行操作员", None, "命令行", frozenset({Grant(Role.SYSTEM_ADMIN, 0)}))
"""Whoever may run commands on the machine may do what the system administrator may; the audit log says that it was here."""


@click.group("users", cls=ChineseGroup)
def users() -> None:
    """账号：列出、新建、重置密码、解锁。"""


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@click.option("--search", default="", help="只列出姓名、用户名或单位含有这些字的账号。")
def list_users(as_json: bool, search: str) -> None:
    """列出账号及其角色。

    \b
    示例：
      gongjiang users list
      gongjiang users list --search 人社局 --json
    """
    with context_of_house() as context:
        rows = _accounts(context, search)
    if as_json:
        show_json(rows)
        return
    if not rows:
        click.echo("没有符合条件的账号。")
        return
    show_table(("用户名", "姓名", "单位", "状态", "角色"), [_cells(row) for row in rows])


def _accounts(context: Context, search: str) -> list[admin.AccountRow]:
    found: list[admin.AccountRow] = []
    with context.reading() as tx:
        while True:
            page = admin.accounts(tx.session, q=search, page=len(found) // PAGE + 1)
            found += page.rows
            if not page.rows or len(found) >= page.total:
                return found


def _cells(row: admin.AccountRow) -> tuple[str, ...]:
    roles = "、".join(ROLE_TITLES[Role(role)] for role, _, _ in row.grants)
    state = "停用" if not row.active else "锁定" if row.locked_until else "须改密码" if row.must_change_password else "正常"
    return row.username, row.name, row.unit or "", state, roles or "（没有角色）"


@users.command("create")
@click.argument("username", metavar="用户名")
@click.option("--name", required=True, help="姓名。")
@click.option("--unit", required=True, help="单位名称，与单位列表中的写法一致。")
def create(username: str, name: str, unit: str) -> None:
    """新建账号，显示一次性的初始密码；角色由安全管理员在网页上授予。

    \b
    示例：
      gongjiang users create renshe.gu --name 顾清 --unit 东西湖区人力资源和社会保障局
    """
    with context_of_house() as context:
        with context.reading() as tx:
            unit_id = next((key for key, title in admin.unit_choices(tx.session) if title == unit), 0)
        try:
            _, password = account_admin.create_account(context, actor=OPERATOR, username=username, name=name, unit_id=unit_id)
        except InvalidValues as error:
            fields = dict(error.fields)
            if "unit" in fields:
                fields["unit"] = f"没有名为“{unit}”的单位。"
            raise InvalidValues(error.code, "".join(fields.values()) or error.message) from None
    click.echo(f"账号 {username.strip().lower()} 已建立。初始密码（只显示这一次，首次登录须修改）：{password}")


@users.command("reset-password")
@click.argument("username", metavar="用户名")
def reset_password(username: str) -> None:
    """重置密码，显示新的一次性密码；该账号的登录全部失效。

    \b
    示例：
      gongjiang users reset-password renshe.zhang
    """
    with context_of_house() as context:
        user_id = _id_of(context, username)
        password = resets.reset_on_the_machine(context, operator=OPERATOR, user_id=user_id)
    click.echo(f"{username} 的新密码（只显示这一次，下次登录须修改）：{password}")


@users.command("unlock")
@click.argument("username", metavar="用户名")
def unlock(username: str) -> None:
    """解除因连续输错密码造成的锁定。

    \b
    示例：
      gongjiang users unlock renshe.zhang
    """
    with context_of_house() as context:
        account_admin.unlock(context, actor=OPERATOR, user_id=_id_of(context, username))
    click.echo(f"{username} 已可以登录。")


def _id_of(context: Context, username: str) -> int:
    for row in _accounts(context, username):
        if row.username == username:
            return row.id
    raise NotFound("account.unknown", f"没有用户名为“{username}”的账号。可用 gongjiang users list 查看。")


COMMANDS = (users,)
