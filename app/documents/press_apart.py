"""A batch of papers is printed apart, in one process for the whole batch, and signed here: the key stays in the house."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from app.documents.cms import CmsForm
from app.documents.papers_apart import TIME_LIMIT, WORKER
from app.documents.parcels import pack_template
from app.documents.press import AT_A_TIME, Sheet
from app.documents.rooms import Rooms
from app.documents.signing import Credential
from app.documents.slots import Slot, fill
from app.documents.templates import Template

_MOST = 16
_IDLE = 120.0


@lru_cache(maxsize=1)
def _rooms() -> Rooms:
    """Return rooms beside those of single papers, which do not wait for a batch; one is kept for the next batch for a while."""
    return Rooms(WORKER, most=_MOST, idle=_IDLE)


def end_rooms() -> None:
    """End the processes that are kept for the next batch; what they took is known to the system only then."""
    _rooms().close()


class PressApart:
    """Prints and signs the papers of one batch; its room is free again after `close`, or after the `with` block."""

    def __init__(
        self,
        template: Template,
        contexts: Sequence[Mapping[str, Any]],
        *,
        credential: Credential,
        reason: str,
        at: datetime,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        """Cut the fonts to the plain values of all papers of the batch (`contexts`).

        `at` is the aware moment that the papers carry, `time_limit` the seconds of the processor for this and for each 25 papers.
        Raises `DomainError` for a template of more than one page, values that cannot be used, and a certificate that does not hold,
        `LimitsBroken` for a template that does not come to an end. Uses a child process.
        """
        credential.require_valid(at)
        self._form, self._limit = CmsForm(credential), time_limit
        slot = Slot(credential.subject, reason, self._form.size)
        job = {"kind": "open", "template": pack_template(template), "contexts": list(contexts), "slot": asdict(slot)}
        self._opening = {**job, "at": at.isoformat()}
        self._stack = ExitStack()
        self._room = self._stack.enter_context(_rooms().one())
        try:
            self._room.ask(self._opening, seconds=time_limit)
        except BaseException:
            self.close()
            raise

    def print(self, sheets: Sequence[Sheet]) -> Iterator[bytes]:
        """Yield the signed PDF/A of each sheet, in order. Raises what `Press.print` raises, and `LimitsBroken`."""
        for first in range(0, len(sheets), AT_A_TIME):
            some = [[dict(sheet.values), sheet.number] for sheet in sheets[first : first + AT_A_TIME]]
            job = {"kind": "print", "sheets": some}
            papers = self._room.ask(job, seconds=self._limit)["papers"]
            if papers is None:  # the room had nothing to do for so long that it went, and another one stands in its place
                self._room.ask(self._opening, seconds=self._limit)
                papers = self._room.ask(job, seconds=self._limit)["papers"]
            for paper in papers:
                yield fill(base64.b64decode(paper), size=self._form.size, sign=self._form.sign)

    def close(self) -> None:
        """Let others have the room."""
        self._stack.close()

    def __enter__(self) -> Self:
        """Return the press."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let others have the room, whatever happened."""
        self.close()
