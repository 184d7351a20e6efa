"""The register of a round's certificates as a spreadsheet: for the ceremony, the printer, and the file."""

from app.documents.spreadsheets import Column, Sheet
from app.domain.actors import Actor
from app.domain.certificates import STATE_TITLES
from app.persistence.queries import register as queries
from app.services.context import Context
from app.services.selection.round_exports import Export, export_file

_COLUMNS = (
    Column("serial", "证书编号", width=18), Column("name", "持证人", width=16), Column("title", "称号", width=16),
    Column("issued_on", "授予日期", width=12), Column("state", "状态", width=10), Column("file", "文件", width=10),
    Column("seal", "用印", width=10), Column("replaces", "补发自", width=18), Column("replaced_by", "由此替代", width=18),
)  # fmt: skip


def register_file(context: Context, *, actor: Actor, round_id: int, q: str, state: str) -> Export:
    """Return the register of a round as it is filtered. `NotAllowed`, `NotFound`. Writes an audit event."""
    with context.transaction() as tx:
        rows = [
            {
                **{key: getattr(row, key) for key in ("serial", "name", "title", "issued_on", "replaces", "replaced_by")},
                "state": STATE_TITLES.get(row.state, ""),
                "file": "已制作" if row.has_pdf else "待制作",
                "seal": "已用印" if row.is_sealed else "",
            }
            for row in queries.every(tx.session, round_id=round_id, q=q, state=state)
        ]
        sheets = [Sheet("证书登记册", _COLUMNS, rows, notes=(f"共{len(rows)}份",))]
        return export_file(tx, actor=actor, round_id=round_id, title="证书登记册", sheets=sheets)
