"""What every use case works with, and the transaction in which it works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.documents.credentials import CredentialSource
from app.documents.seals import NoSealService, SealService
from app.domain.clock import Clock, local
from app.files.store import FileStore
from app.persistence.crypto import Cipher
from app.persistence.models import AuditEvent, Case
from app.persistence.unit_of_work import Sessions, read_transaction, write_transaction
from app.persistence.upsert import insert_rows, update_row
from app.services.calendar_cache import CalendarCache
from app.services.packages.procedure_cache import ProcedureCache
from app.services.registry import Registry


@dataclass
class Transaction:
    """A running transaction: its session, the one moment that everything in it carries, and whether something leaves after it.

    `events` gathers the history, and `changes` what becomes of the rows of cases, the heads of their chains among it: both are
    written once, at the end.
    """

    context: "Context"
    session: Session
    now: datetime
    leaving: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[Case, dict[str, Any]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The local day of the transaction."""
        return local(self.now).date()

    def change(self, case: Case, **values: Any) -> None:
        """Change a case whose row the caller has locked. It shows the values at once; they are written with the history."""
        for name, value in values.items():
            set_committed_value(case, name, value)
        self.changes.setdefault(case, {}).update(values)

    def write_history(self) -> None:
        """Write the events that have gathered, and the rows of the cases that changed (one statement each)."""
        insert_rows(self.session, AuditEvent, self.events)
        self.events.clear()
        while self.changes:
            case, values = self.changes.popitem()
            update_row(self.session, case, values)


@dataclass(frozen=True)
class Context:
    """The adapters and settings that the services combine; built once by `app.wiring`."""

    sessions: Sessions
    clock: Clock
    files: FileStore
    cipher: Cipher
    audit_key: bytes
    procedures: ProcedureCache
    calendars: CalendarCache
    registry: Registry
    public_base_url: str
    certificates_folder: str
    synthetic: bool
    wake: Callable[[], None]
    signing: CredentialSource = field(default_factory=CredentialSource)
    seals: SealService = field(default_factory=NoSealService)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a write transaction; it commits once, at the end, or leaves nothing behind.

        After a commit that put something into the outbox the workers are woken.
        """
        with write_transaction(self.sessions) as session:
            tx = Transaction(self, session, self.clock())
            yield tx
            tx.write_history()
        if tx.leaving:
            self.wake()

    @contextmanager
    def reading(self, *, one_moment: bool = False) -> Iterator[Transaction]:
        """Begin a transaction that only reads; `one_moment` for who compares several answers, or reads with `yield_per`."""
        with read_transaction(self.sessions, one_moment=one_moment) as session:
            yield Transaction(self, session, self.clock())
