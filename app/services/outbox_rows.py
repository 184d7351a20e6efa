"""Entries of the outbox that no step of a case writes, e.g. letters of the clock and the mail behind them."""

import json
from collections.abc import Mapping
from typing import Any

from app.persistence.models import OutboxEntry
from app.persistence.upsert import insert_once
from app.services.context import Transaction


def entry_row(tx: Transaction, kind: str, *, key: str, payload: Mapping[str, Any], case_id: int | None = None) -> dict[str, Any]:
    """Return one entry, due at once; by its key it is written only once."""
    entry = {"kind": kind, "key": key, "case_id": case_id, "payload": json.dumps(payload, ensure_ascii=False)}
    return entry | {"state": "pending", "attempts": 0, "error": "", "next_at": tx.now, "created_at": tx.now}


def post(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    """Write entries (one statement); one whose key is there already is left as it is."""
    if rows:
        insert_once(tx.session, OutboxEntry, rows)
        tx.leaving = True
