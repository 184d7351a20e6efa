"""The audit log as a spreadsheet, as it is filtered; who took it away stands in the log itself."""

from collections.abc import Callable, Sequence

from app.documents.spreadsheets import Column, Sheet, write_xlsx
from app.domain.actors import Actor
from app.domain.clock import local
from app.domain.errors import DomainError, NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.persistence.queries import audit_log
from app.persistence.queries.audit_log import Sought
from app.services import audit
from app.services.context import Context

MOST = 20_000
"""So many lines fit into one file that an office program still opens quickly."""
_COLUMNS = (
    Column("at", "时间（北京时间）", width=20), Column("actor", "人员", width=36), Column("action", "操作", width=18),
    Column("subject", "对象", width=40), Column("detail", "详情", width=60), Column("case", "办件编号", width=18), Column("stream", "序列", width=14),
    Column("seq", "序号", "number", 8), Column("hash", "校验值", width=66),
)  # fmt: skip


def export_log(
    context: Context, *, actor: Actor, sought: Sought, title: Callable[[str], str], filter_words: Sequence[str]
) -> tuple[str, bytes]:
    """Return name and content of a file with everything that is sought, newest first, each line with its check value.

    `title` gives the words for a kind of event. `NotAllowed`; `DomainError` for more than `MOST` lines. Writes an audit event.
    """
    if not is_permitted(actor, Permission.READ_AUDIT):
        raise NotAllowed("audit.export", "只有审计管理员可以导出审计日志。")
    with context.transaction() as tx:
        found = audit_log.every(tx.session, sought=sought, most=MOST + 1)
        if len(found) > MOST:
            raise DomainError("audit.many", f"符合条件的记录超过{MOST}条，没有导出。请缩小日期范围后分几次导出。")
        rows = [
            {
                **{key: getattr(each, key) for key in ("actor", "subject", "detail", "case", "stream", "seq", "hash")},
                "at": f"{local(each.at):%Y-%m-%d %H:%M:%S}",
                "action": title(each.action),
            }
            for each in found
        ]
        notes = (f"筛选条件：{'；'.join(filter_words) or '全部'}", f"共{len(rows)}条")
        content = write_xlsx([Sheet("审计日志", _COLUMNS, rows, notes=notes)], made_at=tx.now)
        audit.record(tx, actor=actor, action="exported", subject="审计日志", detail={"rows": len(rows)})
        return f"审计日志-{local(tx.now):%Y%m%d-%H%M}.xlsx", content
