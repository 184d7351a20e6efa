"""Certificates in batches: watched, cancelled, resumed after a kill, started twice, on a full disk, with a clock that is set back."""

import errno
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.documents.credentials import CredentialSource
from app.documents.nursery import Child, Nursery
from app.documents.templates import read_files
from app.domain.actors import SYSTEM
from app.domain.clock import local, system_clock
from app.domain.errors import DomainError, NotAllowed, TryAgain
from app.files.store import FileStore, StoredFile
from app.persistence.models import (
    AuditEvent,
    Certificate,
    CertificateEvent,
    IssuedPaper,
    IssuingBatch,
    IssuingItem,
    SigningCertificate,
)
from app.services.issuing import batches, register
from app.services.issuing.serials import next_serial
from app.services.issuing.templates import write_version
from app.services.issuing.verification import verify_file
from app.services.packages.procedure_cache import ProcedureCache
from tests.databases import Databases
from tests.services.issuing_world import issued_world, progress_round, stored
from tests.services.two_hands import revoked
from tests.services.world import ROOT, World


@pytest.fixture
def issued(databases: Databases, parsed: ProcedureCache, tmp_path: Path) -> Iterator[World]:
    """Return a district with three registered certificates, the first of them in a batch."""
    with issued_world(databases, parsed, tmp_path) as world:
        yield world


def progress(world: World) -> batches.BatchProgress:
    """Return how far the only batch is."""
    with world.context.reading() as tx:
        found = batches.latest(tx, round_id=tx.session.scalars(select(IssuingBatch.round_id)).first() or 0)
        assert found is not None
        return found


def test_registered_certificates_are_printed_signed_and_entered(issued: World) -> None:
    assert (progress(issued).state, progress(issued).total) == ("waiting", 1)
    assert batches.start(issued.context, actor=issued.actor("handler"), round_id=progress_round(issued)) == progress(issued).id
    assert batches.run_unfinished(issued.context) == 3
    assert (progress(issued).state, progress(issued).made) == ("done", 3)
    for row in issued.all(select(Certificate)):
        answer = verify_file(issued.context, stored(issued.context, row))
        assert answer.facts is not None and (answer.verdict, answer.facts.serial) == ("registered", row.serial)
    assert [event.kind for event in issued.all(select(CertificateEvent))] == ["made"] * 3
    assert {one.subject for one in issued.all(select(SigningCertificate))} == {"演示签名 不具效力"}
    signers = issued.all(select(IssuedPaper.signed_with).where(IssuedPaper.sha256.in_(select(Certificate.pdf_sha256))))
    assert set(signers) == {issued.context.signing.open(now=issued.clock.now).fingerprint}
    assert len(issued.all(select(IssuedPaper).where(IssuedPaper.sha256.in_(select(Certificate.pdf_sha256))))) == 3


def test_started_twice_it_is_one_batch_and_makes_each_once(issued: World) -> None:
    round_id, handler = progress_round(issued), issued.actor("handler")
    assert len({batches.start(issued.context, actor=handler, round_id=round_id) for _ in range(3)}) == 1
    assert batches.run_unfinished(issued.context) == 3
    assert batches.run_unfinished(issued.context) == 0
    with pytest.raises(DomainError, match="已经制作完成"):
        batches.start(issued.context, actor=handler, round_id=round_id)
    with pytest.raises(NotAllowed):
        batches.start(issued.context, actor=issued.actor("convener"), round_id=round_id)


def test_a_worker_that_has_it_in_hand_keeps_others_off_until_its_lease_ends(issued: World) -> None:
    with issued.context.transaction() as tx:
        batch = tx.session.scalars(select(IssuingBatch)).one()
        batch.state, batch.worker, batch.lease_until = "running", "a worker that was killed", tx.now + batches.LEASE
    assert batches.run_unfinished(issued.context) == 0
    issued.clock.turn(seconds=batches.LEASE.total_seconds())
    assert batches.run_unfinished(issued.context) == 1


def test_a_clock_that_was_set_back_holds_nobody_off(issued: World) -> None:
    with issued.context.transaction() as tx:
        batch = tx.session.scalars(select(IssuingBatch)).one()
        batch.state, batch.worker, batch.lease_until = "running", "before", tx.now + timedelta(days=400)
    assert batches.run_unfinished(issued.context) == 1


def test_serials_go_on_when_the_clock_jumps_back_over_new_year(issued: World) -> None:
    def taken() -> str:
        with issued.context.transaction() as tx:
            return next_serial(tx, "ZS")[0]

    now = issued.clock.now
    first = taken()
    issued.clock.now = now.replace(year=now.year + 1)
    ahead = taken()
    issued.clock.now = now
    assert len({first, ahead, taken(), taken()}) == 4


class Full(FileStore):
    """A store whose disk is full after some files."""

    def __init__(self, store: FileStore, room: int) -> None:
        self.__dict__ = store.__dict__
        self.room = room

    def put(self, stream: Any, *, name: str) -> StoredFile:
        """Keep a file while there is room."""
        if self.room == 0:
            raise TryAgain("file.disk_full", "服务器存储空间已满，文件没有保存。") from OSError(errno.ENOSPC, "full")
        self.room -= 1
        return super().put(stream, name=name)


def test_a_full_disk_makes_the_batch_wait_with_its_reason_and_loses_nothing(issued: World) -> None:
    batches.start(issued.context, actor=issued.actor("handler"), round_id=progress_round(issued))
    full = replace(issued.context, files=Full(issued.context.files, room=1))
    assert batches.run_unfinished(full) == 0
    assert (progress(issued).state, progress(issued).made) == ("waiting", 0)
    assert "存储空间已满" in progress(issued).message
    assert batches.run_unfinished(issued.context) == 3
    assert len({row.pdf_sha256 for row in issued.all(select(Certificate))}) == 3


def test_one_that_cannot_be_printed_is_refused_with_its_reason_and_the_others_are_made(issued: World) -> None:
    with issued.context.transaction() as tx:
        bad = tx.session.scalars(select(Certificate).where(Certificate.name == "陈精1")).one()
        bad.values_json = bad.values_json.replace("陈精1", "陈\U0003134f")
        batches.gather(
            tx, round_id=bad.round_id, certificate_ids=[row.id for row in tx.session.scalars(select(Certificate))], by=None
        )
    assert batches.run_unfinished(issued.context) == 2
    [(_, name, why)] = progress(issued).refused
    assert name == "陈精1" and "U+3134F" in why
    assert {item.state for item in issued.all(select(IssuingItem))} == {"made", "refused"}


@pytest.mark.parametrize(("field", "value", "word"), [("name", "陈" * 90, "缩到最小字号"), ("employer", "", "缺少")])
def test_one_whose_values_fit_no_page_is_refused_and_the_others_are_made(
    issued: World, field: str, value: str, word: str
) -> None:
    batches.start(issued.context, actor=issued.actor("handler"), round_id=progress_round(issued))
    with issued.context.transaction() as tx:
        bad = tx.session.scalars(select(Certificate).where(Certificate.name == "陈精1")).one()
        bad.values_json = json.dumps({**json.loads(bad.values_json), field: value})
    assert batches.run_unfinished(issued.context) == 2
    [(_, name, why)] = progress(issued).refused
    assert (progress(issued).state, name) == ("done", "陈精1") and word in why


def test_a_store_that_fails_makes_the_batch_wait_and_says_so(issued: World) -> None:
    class Failing(Full):
        def put(self, stream: Any, *, name: str) -> StoredFile:
            raise OSError(errno.EIO, "broken")

    assert batches.run_unfinished(replace(issued.context, files=Failing(issued.context.files, room=0))) == 0
    assert progress(issued).state == "waiting" and "OSError" in progress(issued).message
    assert batches.run_unfinished(issued.context) == 1


def test_a_cancelled_batch_stops_keeps_what_is_made_and_can_be_begun_again(issued: World) -> None:
    round_id, handler = progress_round(issued), issued.actor("handler")
    batch_id = batches.start(issued.context, actor=handler, round_id=round_id)
    batches.cancel(issued.context, actor=handler, batch_id=batch_id)
    assert batches.run_unfinished(issued.context) == 0
    assert progress(issued).state == "cancelled"
    assert batches.start(issued.context, actor=handler, round_id=round_id) != batch_id
    assert batches.run_unfinished(issued.context) == 3
    assert {"batch_started", "batch_cancelled"} <= {event.action for event in issued.all(select(AuditEvent))}


def test_what_was_printed_when_somebody_cancelled_is_not_entered(issued: World) -> None:
    batch_round, handler = progress_round(issued), issued.actor("handler")
    batch_id = batches.start(issued.context, actor=handler, round_id=batch_round)

    class Cancelling(Full):
        def put(self, stream: Any, *, name: str) -> StoredFile:
            batches.cancel(issued.context, actor=handler, batch_id=batch_id)
            return FileStore.put(self, stream, name=name)

    assert batches.run_unfinished(replace(issued.context, files=Cancelling(issued.context.files, room=9))) == 0
    assert issued.all(select(Certificate))[0].pdf_sha256 is None


def end(world: World, row: Certificate, kind: str) -> None:
    """Take a certificate out of force, for ever."""
    if kind == "void":
        register.make_void(world.context, actor=world.actor("handler"), certificate_id=row.id, reason="登记错了办件")
    else:
        day = local(world.clock.now).date()
        revoked(world, row.id, decision="武临工匠〔2026〕9号", decided_on=day, reason="材料不实")


@pytest.mark.parametrize("kind", ["void", "revoked"])
def test_what_holds_no_longer_is_not_made_though_it_waits_in_a_batch(issued: World, kind: str) -> None:
    [row] = issued.all(select(Certificate).join(IssuingItem, IssuingItem.certificate_id == Certificate.id))
    end(issued, row, kind)
    assert batches.run_unfinished(issued.context) == 0
    [(serial, _, why)] = progress(issued).refused
    assert (progress(issued).state, serial) == ("done", row.serial) and "不再制作" in why
    [now] = issued.all(select(Certificate).where(Certificate.id == row.id))
    assert (now.state, now.pdf_sha256) == (kind, None)
    assert "made" not in issued.all(select(CertificateEvent.kind))


def test_what_was_printed_when_its_number_was_made_void_is_not_entered(issued: World) -> None:
    [row] = issued.all(select(Certificate).join(IssuingItem, IssuingItem.certificate_id == Certificate.id))

    class Late(Full):
        def put(self, stream: Any, *, name: str) -> StoredFile:
            end(issued, row, "void")
            return FileStore.put(self, stream, name=name)

    assert batches.run_unfinished(replace(issued.context, files=Late(issued.context.files, room=9))) == 0
    assert [serial for serial, _, _ in progress(issued).refused] == [row.serial]
    assert issued.all(select(CertificateEvent.kind)) == ["void"]
    assert issued.all(select(Certificate.pdf_sha256).where(Certificate.pdf_sha256.is_not(None))) == []


@pytest.fixture(scope="module")
def worker() -> Iterator[Callable[..., Child]]:
    """Return what starts a worker in a process of its own on the same database and store."""

    def start(world: World, work: str, *die_after: str) -> Child:
        url = world.context.sessions.kw["bind"].url.render_as_string(hide_password=False)
        files = world.context.files.path("0" * 64).partition("/00/")[0]
        return nursery.child("tests.services.issuing_worker", url, files, work, *die_after, seconds=300)

    with closing(Nursery()) as nursery:
        yield start


def said_by(process: Child) -> tuple[str, int]:
    """Return what a worker writes, and how it ends."""
    with process.stdin, process.stdout as stdout:
        return stdout.read().decode(), process.wait()


def test_two_workers_take_serials_at_once_and_one_is_killed_in_the_middle(issued: World, worker: Callable[..., Child]) -> None:
    both = [worker(issued, "serials", "20"), worker(issued, "serials")]
    (first, killed), (second, ended) = map(said_by, both)
    assert (killed, ended) == (-9, 0)
    taken = [first.split(), second.split()]
    assert (len(taken[0]), len(taken[1])) == (20, 50)
    with issued.context.transaction() as tx:
        tx.now = system_clock()
        last, _ = next_serial(tx, "ZS")
    # Seventy were committed; the next is the seventy-first: none twice, and the one of the dead process is no gap.
    assert len({*taken[0], *taken[1]}) == 70
    assert int(last.rpartition("-")[2]) == 71


def test_a_killed_worker_leaves_a_batch_that_another_finishes(issued: World, worker: Callable[..., Child]) -> None:
    batches.start(issued.context, actor=issued.actor("handler"), round_id=progress_round(issued))
    assert said_by(worker(issued, "batch", "2")) == ("", -9)
    assert (progress(issued).state, progress(issued).made) == ("running", 0)
    issued.clock.now = system_clock() + batches.LEASE + timedelta(seconds=5)
    assert batches.run_unfinished(issued.context) == 3
    rows = issued.all(select(Certificate))
    assert all(verify_file(issued.context, stored(issued.context, row)).verdict == "registered" for row in rows)
    assert len({row.serial for row in rows}) == len({row.pdf_sha256 for row in rows}) == 3


def test_without_a_credential_that_holds_the_batch_waits_and_says_what_to_set(issued: World, tmp_path: Path) -> None:
    for source, word in (("", "还没有配置签名证书"), (str(tmp_path / "x.p12"), "读不到签名证书文件")):
        bare = replace(issued.context, signing=CredentialSource(source, demo=False))
        assert batches.run_unfinished(bare) == 0
        assert progress(issued).state == "waiting" and word in progress(issued).message
    issued.clock.now += timedelta(days=3660)
    expired = replace(issued.context, signing=expiring(issued.context.signing))
    assert batches.run_unfinished(expired) == 0
    assert "过期" in progress(issued).message


def expiring(source: CredentialSource) -> CredentialSource:
    """Return a source whose credential was made long ago."""
    source.open(now=datetime(2026, 1, 1, tzinfo=UTC))
    return source


def test_certificates_whose_template_hangs_are_refused_with_the_reason_and_nobody_waits_for_them(issued: World) -> None:
    batches.start(issued.context, actor=issued.actor("handler"), round_id=progress_round(issued))
    with issued.context.transaction() as tx:
        files = read_files(ROOT / "certificates" / "linkonggang-artisan" / "certificate")
        loops = "{% for a in '" + "一" * 900 + "' %}"
        loops = loops * 6 + "{% if a == 'x' %}{{ a }}{% endif %}" + "{% endfor %}" * 6
        files["template.html"] += loops.encode()
        version = write_version(tx, actor=SYSTEM, key="linkonggang-artisan/certificate", files=files, reason="无尽循环")
        tx.session.execute(update(Certificate).values(template_version_id=version))
    assert batches.run_unfinished(issued.context, time_limit=0.1) == 0
    told = progress(issued)
    assert (told.state, told.made, len(told.refused)) == ("done", 0, 3)
    assert all("0.1 秒内没有排完" in why for _, _, why in told.refused)
