"""The register: revoked by decision, replaced for a misprint, made void, sealed; nothing is ever taken away."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain.errors import Conflict, DomainError, InvalidValues, NotAllowed, NotFound
from app.persistence.models import (
    AuditEvent,
    Certificate,
    CertificateEvent,
    Notification,
    OfficialDocument,
    ReissueRequest,
    SealRecord,
)
from app.services import outbox
from app.services.context import Context
from app.services.issuing import batches, register, reissues, revocations, seals
from app.services.issuing.electronic_seals import seal_electronically
from app.services.issuing.official_documents import deliver_pdf as deliver_decision
from app.services.issuing.papers import render_again
from app.services.issuing.verification import verify, verify_file
from app.services.packages.procedure_cache import ProcedureCache
from tests.databases import Databases
from tests.services.issuing_world import issued_world, printed_world, progress_round, stored
from tests.services.two_hands import confirm_reissue, confirm_revocation, reissued, revoked
from tests.services.world import World

SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def issued(databases: Databases, parsed: ProcedureCache, tmp_path: Path) -> Iterator[World]:
    """Return a district with three registered certificates, the first of them in a batch."""
    with issued_world(databases, parsed, tmp_path) as world:
        yield world


@pytest.fixture
def printed(databases: Databases, parsed: ProcedureCache) -> Iterator[World]:
    """Return the same district when the first certificate is printed."""
    with printed_world(databases, parsed) as world:
        yield world


def first(world: World) -> Certificate:
    """Return the first certificate as it is now."""
    row: Certificate = world.all(select(Certificate).order_by(Certificate.id))[0]
    return row


def with_files(world: World) -> None:
    """Give every certificate a file, as the batch would; what is in it does not matter here."""
    sha256 = world.context.files.put(io.BytesIO(SCAN + b"% certificate"), name="x.pdf").sha256
    with world.context.transaction() as tx:
        tx.session.execute(update(Certificate).values(pdf_sha256=sha256))


def today(world: World) -> date:
    """Return the day of the world's clock."""
    return world.clock.now.date()


def revoke(world: World, who: str = "handler", **changes: object) -> None:
    """Revoke the first certificate in two hands."""
    given = {"decision": "东发[2026]9号", "decided_on": today(world), "reason": "事迹经查不实"} | changes
    revoked(world, first(world).id, who=who, **given)  # type: ignore[arg-type]


def test_a_revoked_title_shows_at_once_and_keeps_who_why_and_on_what_basis(issued: World) -> None:
    revoke(issued)
    facts = verify(issued.context, serial=first(issued).serial, code=first(issued).check_code)
    assert facts is not None and facts.state == "revoked"
    entered, event = issued.all(select(CertificateEvent).order_by(CertificateEvent.id))
    assert (entered.kind, entered.by) == ("proposed", issued.users["handler"])
    assert (event.kind, event.reason) == ("revoked", "事迹经查不实")
    assert event.basis == entered.basis == f"东发〔2026〕9号 {today(issued)}" and event.by == issued.users["leader"]
    assert issued.all(select(AuditEvent).where(AuditEvent.action == "certificate_revoked"))[0].subject == first(issued).serial


def test_the_holder_is_told_of_a_revocation_and_of_a_replacement(issued: World) -> None:
    made = issued.all(select(Certificate).order_by(Certificate.id))
    revoke(issued)
    reissued(issued, made[1].id, {"employer": "某某机械有限公司"})
    outbox.deliver_pending(issued.context)
    letters = issued.all(select(Notification).where(Notification.user_id == made[0].holder_id).order_by(Notification.id))
    revoked, replaced = letters[-2:]
    assert "撤销" in revoked.subject and "东发〔2026〕9号" in revoked.body and made[0].serial in revoked.body
    assert "事迹经查不实" not in revoked.body
    [new] = issued.all(select(Certificate.serial).where(Certificate.replaces_id == made[1].id))
    assert "补发" in replaced.subject and made[1].serial in replaced.body and new in replaced.body


def test_a_title_is_revoked_once_by_a_decision_of_the_past(issued: World) -> None:
    for who in ("leader", "supervisor"):
        with pytest.raises(NotAllowed):
            revoke(issued, who)
    for changes, field in (({"decision": "东发"}, "decision"), ({"reason": " "}, "reason")):
        with pytest.raises(InvalidValues) as refused:
            revoke(issued, **changes)
        assert field in refused.value.fields
    with pytest.raises(InvalidValues, match="不能晚于今天"):
        revoke(issued, decided_on=today(issued) + timedelta(days=2))
    revoke(issued)
    with pytest.raises(Conflict):
        revoke(issued)


def enter(world: World, who: str = "handler", *, decision: str = "东发〔2026〕9号") -> int:
    """Enter a revocation of the first certificate; return the certificate."""
    row = first(world)
    given = {"decision": decision, "decided_on": today(world), "reason": "事迹经查不实"}
    revocations.ask(world.context, actor=world.actor(who), certificate_id=row.id, **given)  # type: ignore[arg-type]
    return row.id


def test_who_enters_a_revocation_does_not_confirm_it_and_until_then_the_title_holds(issued: World) -> None:
    both = issued.actor("handler")
    leading = replace(both, grants=both.grants | issued.actor("leader").grants)
    row_id = enter(issued)
    with pytest.raises(NotAllowed, match="登记的人不能自己确认"):
        confirm_revocation(issued, leading, row_id)
    with pytest.raises(NotAllowed, match="负责人"):
        confirm_revocation(issued, issued.actor("documents"), row_id)
    with pytest.raises(Conflict, match="已经登记"):
        enter(issued, "documents")
    assert first(issued).state == "valid"
    outbox.deliver_pending(issued.context)
    [told] = issued.all(select(Notification).where(Notification.subject.contains("核对确认")))
    assert told.user_id == issued.users["leader"] and told.link == f"/certificates/{row_id}/record"


def test_a_revocation_is_sent_back_or_taken_back_with_a_reason(issued: World) -> None:
    for who in ("leader", "handler"):
        row_id = enter(issued)
        for other, reason, error in (("documents", "x", NotAllowed), (who, " ", InvalidValues)):
            with pytest.raises(error):
                revocations.decline(issued.context, actor=issued.actor(other), certificate_id=row_id, reason=reason)
        revocations.decline(issued.context, actor=issued.actor(who), certificate_id=row_id, reason="文号登记错了")
    with pytest.raises(NotFound):
        confirm_revocation(issued, issued.actor("leader"), row_id)
    assert issued.all(select(CertificateEvent.kind).order_by(CertificateEvent.id)) == ["proposed", "unproposed"] * 2
    assert first(issued).state == "valid"


def test_a_revocation_that_was_entered_anew_is_not_confirmed_by_who_compared_the_one_before(issued: World) -> None:
    row_id, handler, leader = enter(issued), issued.actor("handler"), issued.actor("leader")
    with issued.context.reading() as tx:
        compared = revocations.waiting(tx, certificate_id=row_id)
    assert compared is not None
    revocations.decline(issued.context, actor=handler, certificate_id=row_id, reason="文号登记错了")
    enter(issued, decision="东发〔2026〕10号")
    with pytest.raises(Conflict, match="改过"):
        revocations.confirm(issued.context, actor=leader, certificate_id=row_id, seen=compared.mark)
    assert first(issued).state == "valid"
    confirm_revocation(issued, leader, row_id)
    [event] = issued.all(select(CertificateEvent).where(CertificateEvent.kind == "revoked"))
    assert event.basis.startswith("东发〔2026〕10号")


def test_a_misprint_and_a_void_number_wait_until_the_revocation_is_decided(issued: World) -> None:
    ask(issued, name="陈精弓")
    row_id = enter(issued)
    with pytest.raises(Conflict, match="撤销已经登记"):
        confirm_reissue(issued, issued.actor("documents"), row_id)
    with pytest.raises(Conflict, match="撤销已经登记"):
        register.make_void(issued.context, actor=issued.actor("documents"), certificate_id=row_id, reason="登记错了")
    confirm_revocation(issued, issued.actor("leader"), row_id)
    assert first(issued).state == "revoked" and not issued.all(select(ReissueRequest))


def test_a_misprint_is_replaced_by_a_new_serial_and_both_stay(printed: World) -> None:
    old = first(printed)
    new_id = reissued(printed, old.id, {"name": "陈精弓"})
    assert batches.run_unfinished(printed.context) == 1
    new = printed.all(select(Certificate).where(Certificate.id == new_id))[0]
    assert (new.name, new.replaces_id, new.state) == ("陈精弓", old.id, "valid")
    assert new.serial not in {old.serial} and new.check_code != old.check_code
    assert verify_file(printed.context, stored(printed.context, old)).facts.state == "reissued"  # type: ignore[union-attr]
    assert verify_file(printed.context, stored(printed.context, new)).facts.name == "陈精弓"  # type: ignore[union-attr]
    with printed.context.reading() as tx:
        assert [event.kind for event in register.events_of(tx, certificate_id=old.id)] == ["made", "asked", "reissued"]


def ask(world: World, who: str = "handler", **corrections: str) -> None:
    """Ask for the first certificate anew."""
    reissues.ask(
        world.context, actor=world.actor(who), certificate_id=first(world).id, corrections=corrections, reason="姓名印错"
    )


def test_a_reissue_corrects_something_and_nothing_but_a_misprint(issued: World) -> None:
    for corrections in ({}, {"name": first(issued).name}, {"honor_title": "全国劳模"}, {"name": "  "}):
        with pytest.raises(InvalidValues, match="没有需要更正"):
            ask(issued, **corrections)
    with pytest.raises(NotAllowed):
        ask(issued, "leader", name="乙")
    ask(issued, name="乙")
    with pytest.raises(Conflict, match="已经有人申请"):
        ask(issued, "documents", name="丙")


def test_who_asked_for_a_reissue_does_not_confirm_it_and_until_then_nothing_changes(issued: World) -> None:
    ask(issued, name="陈精弓")
    row, handler = first(issued), issued.actor("handler")
    for actor, error in ((handler, "申请的人不能自己确认"), (issued.actor("leader"), "经办人")):
        with pytest.raises(NotAllowed, match=error):
            confirm_reissue(issued, actor, row.id)
    assert first(issued).state == "valid" and len(issued.all(select(Certificate))) == 3
    with issued.context.reading() as tx:
        waiting = reissues.waiting(tx, certificate_id=row.id)
    assert waiting is not None and [(one.old, one.new) for one in waiting.corrections] == [(row.name, "陈精弓")]
    confirm_reissue(issued, issued.actor("documents"), row.id)
    facts = verify(issued.context, serial=row.serial, code=row.check_code)
    assert facts is not None and facts.state == "reissued"
    with pytest.raises(Conflict):
        confirm_reissue(issued, issued.actor("documents"), row.id)


def test_a_reissue_is_declined_with_a_reason_or_taken_back_and_can_be_asked_again(issued: World) -> None:
    for who in ("documents", "handler"):
        ask(issued, name="陈精弓")
        with pytest.raises(InvalidValues):
            reissues.decline(issued.context, actor=issued.actor(who), certificate_id=first(issued).id, reason=" ")
        reissues.decline(issued.context, actor=issued.actor(who), certificate_id=first(issued).id, reason="没有印错")
    assert first(issued).state == "valid"
    with pytest.raises(NotFound):
        confirm_reissue(issued, issued.actor("documents"), first(issued).id)
    assert issued.all(select(CertificateEvent.kind).order_by(CertificateEvent.id)) == ["asked", "declined"] * 2


def test_a_request_that_was_put_anew_is_not_confirmed_by_who_compared_the_one_before(issued: World) -> None:
    row, officer = first(issued), issued.actor("documents")
    ask(issued, name="陈精弓")
    with issued.context.reading() as tx:
        compared = reissues.waiting(tx, certificate_id=row.id)
    assert compared is not None
    reissues.decline(issued.context, actor=issued.actor("handler"), certificate_id=row.id, reason="又写错了")
    ask(issued, name="陈惊弓")
    with pytest.raises(Conflict, match="改过"):
        reissues.confirm(issued.context, actor=officer, certificate_id=row.id, seen=compared.mark)
    assert first(issued).state == "valid" and issued.all(select(Certificate.replaces_id)) == [None] * 3
    new_id = confirm_reissue(issued, officer, row.id)
    assert issued.all(select(Certificate.name).where(Certificate.id == new_id)) == ["陈惊弓"]


def test_a_revoked_certificate_is_not_reissued_any_more(issued: World) -> None:
    ask(issued, name="陈精弓")
    revoke(issued)
    assert issued.all(select(ReissueRequest)) == []
    with pytest.raises(Conflict):
        confirm_reissue(issued, issued.actor("documents"), first(issued).id)


def test_a_void_number_stays_void_and_is_never_given_again(issued: World) -> None:
    row, handler = first(issued), issued.actor("handler")
    register.make_void(issued.context, actor=handler, certificate_id=row.id, reason="登记错了办件")
    assert verify(issued.context, serial=row.serial, code=row.check_code) is None
    other = issued.all(select(Certificate).order_by(Certificate.id.desc()))[0]
    new_id = reissued(issued, other.id, {"name": "陈又一"})
    serials = [one.serial for one in issued.all(select(Certificate))]
    assert (
        len(serials) == len(set(serials))
        and issued.all(select(Certificate).where(Certificate.id == new_id))[0].serial != row.serial
    )
    assert first(issued).state == "void"
    with_files(issued)
    with pytest.raises(Conflict, match="不能作废"):
        register.make_void(issued.context, actor=handler, certificate_id=new_id, reason="x")


def sealing(world: World, chosen: list[tuple[str, int]], who: str = "documents", **changes: object) -> int:
    """Record that papers were sealed."""
    given: dict[str, Any] = {"sealed_on": today(world), "keeper": "王监印", "scan": io.BytesIO(SCAN)} | changes
    return seals.record_sealing(
        world.context, actor=world.actor(who), round_id=progress_round(world), chosen=chosen,
        told=seals.Sealed(given["sealed_on"], given["keeper"]), scan=given["scan"], scan_name="用印.pdf",
    )  # fmt: skip


def test_papers_wait_for_their_seal_until_the_scan_is_there(issued: World) -> None:
    with_files(issued)
    chosen = [("certificate", first(issued).id)]
    record_id = sealing(issued, chosen)
    with issued.context.reading() as tx:
        lines = seals.papers(tx, round_id=progress_round(issued))
    sealed = [line for line in lines if line.record is not None]
    assert [(line.number, line.record.keeper) for line in sealed if line.record] == [(first(issued).serial, "王监印")]
    with pytest.raises(Conflict, match="已经登记过"):
        sealing(issued, chosen)
    assert issued.all(select(CertificateEvent.kind).order_by(CertificateEvent.id.desc()))[0] == "sealed"
    sha256, name = seals.scan_of(issued.context, actor=issued.actor("supervisor"), record_id=record_id)
    assert name == "用印.pdf" and issued.context.files.open(sha256).read() == SCAN
    with pytest.raises(NotFound):
        seals.scan_of(issued.context, actor=issued.actor("convener"), record_id=record_id)


def test_a_sealing_without_paper_keeper_right_or_scan_is_refused(issued: World) -> None:
    with_files(issued)
    chosen = [("certificate", first(issued).id)]
    for refused, error in (
        (lambda: sealing(issued, []), InvalidValues),
        (lambda: sealing(issued, chosen, keeper=" "), InvalidValues),
        (lambda: sealing(issued, chosen, sealed_on=today(issued) + timedelta(days=3)), InvalidValues),
        (lambda: sealing(issued, chosen, who="leader"), NotAllowed),
        (lambda: sealing(issued, [("certificate", 999)]), NotFound),
        (lambda: sealing(issued, chosen, scan=io.BytesIO(b"MZ rubbish")), DomainError),
    ):
        with pytest.raises(error):
            refused()


class Stamp:
    """A certified service as the port sees it; `holds` is what it says of its own seals."""

    name, holds = "市级电子印章平台", True
    change: Callable[[bytes], bytes] | None = None

    def seal(self, pdf: bytes, *, body: str) -> bytes:
        """Seal."""
        return self.change(pdf) if self.change is not None else pdf + f"\n% {body}电子印章".encode()

    def verify(self, pdf: bytes) -> bool:
        """Check."""
        return self.holds


def test_without_a_certified_service_no_electronic_seal_is_made(issued: World) -> None:
    with_files(issued)
    with pytest.raises(DomainError, match="没有接入合规的电子印章服务"):
        stamp(issued, issued.context)
    assert first(issued).state == "valid" and issued.all(select(SealRecord)) == []


def stamp(world: World, context: Context, who: str = "handler") -> None:
    """Have the first certificate sealed by the service of a context."""
    chosen = [("certificate", first(world).id)]
    seal_electronically(context, actor=world.actor(who), round_id=progress_round(world), chosen=chosen)


def test_the_sealed_file_takes_the_place_of_the_certificate_and_verifies(printed: World) -> None:
    before, connected = first(printed), replace(printed.context, seals=Stamp())
    stamp(printed, connected)
    after = first(printed)
    assert after.pdf_sha256 not in (None, before.pdf_sha256)
    answer = verify_file(connected, stored(connected, after))
    assert answer.facts is not None and (answer.verdict, answer.signer) == ("registered", "市级电子印章平台")
    with connected.reading() as tx:
        [line] = [line for line in seals.papers(tx, round_id=progress_round(printed)) if line.number == after.serial]
    assert line.record is not None and line.record.keeper == "市级电子印章平台"
    assert render_again(connected, sha256=str(after.pdf_sha256)).startswith(b"%PDF-")
    with pytest.raises(Conflict, match="已经登记过"):
        stamp(printed, connected)
    with pytest.raises(NotAllowed):
        stamp(printed, connected, "leader")


def test_a_seal_that_its_own_service_does_not_confirm_is_not_entered(printed: World) -> None:
    doubtful = Stamp()
    doubtful.holds = False
    with pytest.raises(DomainError, match="没有通过它自己的验证"):
        stamp(printed, replace(printed.context, seals=doubtful))
    assert printed.all(select(SealRecord)) == []


@pytest.mark.parametrize("change", [lambda pdf: b"%PDF-1.7 another", lambda pdf: pdf, lambda pdf: pdf[:-9] + b"sealed %%EOF"])
def test_a_service_that_gives_another_paper_back_is_not_believed(printed: World, change: Callable[[bytes], bytes]) -> None:
    confused, before = Stamp(), first(printed).pdf_sha256
    confused.change = change
    with pytest.raises(DomainError, match="不是这份文书"):
        stamp(printed, replace(printed.context, seals=confused))
    assert printed.all(select(SealRecord)) == [] and first(printed).pdf_sha256 == before


def test_the_decision_is_signed_too_and_is_no_certificate(issued: World) -> None:
    [document_id] = issued.all(select(OfficialDocument.id).where(OfficialDocument.doc_type == "decision"))
    with issued.context.transaction() as tx:
        errand = deliver_decision(tx, {"document": document_id})
    errand()
    [sha256] = issued.all(select(OfficialDocument.pdf_sha256).where(OfficialDocument.doc_type == "decision"))
    answer = verify_file(issued.context, issued.context.files.open(sha256).read())
    assert (answer.verdict, answer.facts, answer.signer) == ("paper", None, "演示签名 不具效力")
