"""Mail over a real connection: that it goes out, says little, is tried again, and does not hold the database."""

import sys
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from app.domain.actors import Actor, Grant, Role
from app.domain.errors import DomainError
from app.notify.senders import ConsoleMail, Mail, SmtpMail
from app.persistence.models import Incident, OutboxEntry, User
from app.services import outbox, reminders
from app.services.casework import incidents
from app.services.outbox_rows import entry_row, post
from app.services.registry_table import build_registry
from tests.services.conftest import without_papers
from tests.services.mailbox import Mailbox, mailbox
from tests.services.test_item_actions import review  # noqa: F401  # a fixture is imported to be shared
from tests.services.world import World

ADDRESS = "li@example.org"


def with_mail(world: World, sender: object) -> World:
    """Give the clerk an address and the house a sender, and let new work be told."""
    registry = build_registry(mail=sender)  # type: ignore[arg-type]
    world.context = without_papers(replace(world.context, registry=registry))
    with world.context.transaction() as tx:
        tx.session.execute(update(User).where(User.username == "clerk").values(email=ADDRESS))
    world.clock.turn(hours=6)
    reminders.tell_new(world.context)
    return world


def smtp(server: Mailbox) -> SmtpMail:
    """Return the sender for a server."""
    return SmtpMail("127.0.0.1", server.port, "gongjiang@example.org")


def entries(world: World) -> list[OutboxEntry]:
    """Return the mail in the outbox."""
    return world.all(select(OutboxEntry).where(OutboxEntry.kind == "mail"))


def test_a_mail_says_that_there_is_work_and_nothing_of_whom(review: World) -> None:  # noqa: F811
    with mailbox() as server:
        with_mail(review, smtp(server)).deliver()
    [mail] = server.mails
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "【临空港工匠评选系统】您有1项待办")
    body = mail.get_content()
    assert "http://127.0.0.1:8000/desk" in body
    assert not any(word in body + mail["Subject"] for word in ("王建国", "初审", "TJ2026"))
    assert mail["Auto-Submitted"] == "auto-generated"


def test_who_has_no_address_gets_no_mail_and_the_outbox_holds_none(review: World) -> None:  # noqa: F811
    with mailbox() as server:
        with_mail(review, smtp(server)).deliver()
    assert [mail["To"] for mail in server.mails] == [ADDRESS]
    assert [ADDRESS in entry.payload for entry in entries(review)] == [False]


def test_a_refused_mail_is_tried_again_and_the_bell_rings_once(review: World) -> None:  # noqa: F811
    with mailbox() as server:
        server.refuses = True
        with_mail(review, smtp(server)).deliver()
        [entry] = entries(review)
        assert (entry.state, entry.attempts) == ("pending", 1)
        assert ADDRESS not in entry.error
        server.refuses = False
        review.clock.turn(hours=1)
        review.deliver()
    assert (len(server.mails), entries(review)[0].state) == (1, "done")


def test_mail_that_fails_for_good_is_one_incident_however_many_and_goes_out_with_its_cure(review: World) -> None:  # noqa: F811
    admin = Actor(1, "管理员", None, "", frozenset({Grant(Role.PROCESS_ADMIN, 1)}))
    with mailbox() as server:
        server.refuses = True
        with_mail(review, smtp(server)).deliver()
        with review.context.transaction() as tx:
            post(tx, [entry_row(tx, "mail", key="another", payload={"user": review.users["clerk"], "count": ""})])
        assert review.all(select(Incident.code)) == []
        for _ in range(outbox.MOST_ATTEMPTS):
            review.clock.turn(hours=1)
            review.deliver()
        assert [entry.state for entry in entries(review)] == ["failed", "failed"]
        [incident] = review.all(select(Incident))
        assert (incident.case_id, incident.code, incident.source) == (None, "mail.failed", "outbox:mail")
        server.refuses = False
        incidents.retry(review.context, actor=admin, incident_id=incident.id)
        review.deliver()
    assert (len(server.mails), {entry.state for entry in entries(review)}) == (2, {"done"})


def test_a_server_that_is_not_there_is_a_refusal_in_words() -> None:
    with mailbox() as server:
        gone = smtp(server)
    with pytest.raises(DomainError, match="邮件没有发出"):
        gone.send(Mail("a@example.org", "题", "文"))


def test_a_line_break_in_a_subject_makes_no_header() -> None:
    with mailbox() as server:
        smtp(server).send(Mail("a@example.org", "题\r\nBcc: b@example.org", "文"))
    assert server.mails[0]["Bcc"] is None
    assert server.mails[0]["Subject"] == "题 Bcc: b@example.org"


def test_sending_does_not_hold_the_database(review: World) -> None:  # noqa: F811
    seen = []

    class Slow:
        def send(self, mail: Mail) -> None:
            with review.context.transaction() as tx:  # would wait for ever if the delivery held the database
                seen.append(tx.session.scalars(select(OutboxEntry.state).where(OutboxEntry.kind == "mail")).all())
            assert outbox.deliver_pending(review.context) == 0  # another worker leaves it alone

    with_mail(review, Slow()).deliver()
    assert seen == [["pending"]]
    assert [entry.state for entry in entries(review)] == ["done"]


def test_the_console_shows_a_mail(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleMail(sys.stdout).send(Mail("a@example.org", "您有1项待办", "请办理"))
    assert "主题：您有1项待办" in capsys.readouterr().out
