"""How much database a finished case takes beside its attachments."""

import io
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from app.domain.actors import Actor
from app.persistence.models import Case
from app.services import outbox
from app.services.casework import attachments, work_items
from app.services.packages.procedure_cache import ProcedureCache
from tests.databases import Databases
from tests.files.samples import pdf
from tests.services import filled
from tests.services.conftest import build, context_on, without_papers
from tests.services.steps import play_to_payment
from tests.services.world import PROCEDURE, ROOT, FakeClock, World

MOST = 40 * 1024
"""Bytes a finished nomination; the reference application on the same engine takes 130 kB (architecture, section 7)."""
NOMINEES = 8
FORMS = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "forms" / PROCEDURE).glob("*.json")))
PROSE = "".join(re.findall("[\u4e00-\u9fff，。；：、]", "".join(FORMS)))
"""Running text that does not repeat itself, as what people write does not."""
LENGTHS = {"deed_brief": 500, "deed_full": 2000, "report_text": 800, "unit_statement": 200, "comment": 200}
USUAL = 130
"""Characters that people write: the deeds as many as the form allows, an opinion between 60 and 200."""


class Writers(World):
    """The same district, whose people write as much as people do, and hand in a file of its own wherever a form asks for one."""

    def do(self, who: str | int, node: str, values: dict[str, Any], **which: Any) -> None:
        """Complete the open work item of a node with long texts and real files."""
        item_id, actor = self.item(node, **which), self.actor(who)
        with self.context.reading() as tx:
            form = work_items.take(tx, actor=actor, item_id=item_id).form
        assert form is not None
        wordy = {field.key for field in form.every if field.kind == "textarea"} & values.keys()
        texts = {key: self._words(item_id + place, LENGTHS.get(key, USUAL)) for place, key in enumerate(sorted(wordy))}
        files = {key: [self._upload(actor, item_id, key)] for key, value in values.items() if value is filled.FILE}
        super().do(who, node, {**values, **texts, **files}, **which)

    @staticmethod
    def _words(seed: int, length: int) -> str:
        begin = seed * 97 % (len(PROSE) - length)
        return PROSE[begin : begin + length]

    def _upload(self, actor: Actor, item_id: int, key: str) -> str:
        content = pdf() + f"%{item_id} {key}".encode()
        held = attachments.store_upload(
            self.context, actor=actor, item_id=item_id, field_key=key, stream=io.BytesIO(content), name=f"{key}扫描件.pdf"
        )
        return str(held.id)


def used_bytes(url: str) -> dict[str, int]:
    """Return by table and index what rows take, with the overhead of cells and pages but without the empty room in pages."""
    with closing(sqlite3.connect(make_url(url).database or "")) as connection:
        connection.execute("VACUUM")
        return dict(connection.execute("SELECT name, sum(pgsize - unused) FROM dbstat GROUP BY name").fetchall())


def test_a_finished_case_takes_at_most_40_kilobytes(databases: Databases) -> None:
    """The bytes of all rows and index entries (SQLite's dbstat) that a round of eight adds, divided by its finished nominations.

    Two of them are inspected and one wins. The round's own case, its messages, the new people and their accounts are counted with
    the nominations, and so are the rows about attachments (not the files): the figure is on the safe side.
    """
    clock = FakeClock()
    with databases.engine(build) as engine:
        if engine.dialect.name != "sqlite":
            pytest.skip("dbstat is SQLite's; the rows are the same")
        context = context_on(engine, files="memory://", procedures=ProcedureCache())
        world = Writers(without_papers(replace(context, clock=clock)), clock)
        world.remember()
        play_to_payment(world, NOMINEES)
        outbox.sweep(world.context)
        [ended] = world.all(select(func.count()).where(Case.kind == "nomination", Case.ended_at.is_not(None)))
    before, after = used_bytes(databases.create(build)), used_bytes(str(engine.url))
    added = {name: (size - before.get(name, 0)) / NOMINEES for name, size in after.items()}
    assert ended == NOMINEES
    assert sum(added.values()) <= MOST, sorted(added.items(), key=lambda each: -each[1])[:12]
