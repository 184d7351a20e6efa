"""What every use case works with, and the transaction in which it works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.clock import Clock
from app.files.store import FileStore
from app.persistence.crypto import Cipher
from app.persistence.unit_of_work import Sessions, read_transaction, write_transaction
from app.services.calendar_cache import CalendarCache
from app.services.procedure_cache import ProcedureCache
from app.services.registry import Registry


@dataclass
class Transaction:
    """A running transaction: its session, the one moment that everything in it carries, and whether something leaves after it."""

    context: "Context"
    session: Session
    now: datetime
    leaving: bool = False


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

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a write transaction; it commits once, at the end, or leaves nothing behind.

        After a commit that put something into the outbox the workers are woken.
        """
        with write_transaction(self.sessions) as session:
            tx = Transaction(self, session, self.clock())
            yield tx
        if tx.leaving:
            self.wake()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Begin a transaction that only reads."""
        with read_transaction(self.sessions) as session:
            yield Transaction(self, session, self.clock())
