"""The functions that a diagram may name: operations, recorders, addressers and the lists that forms choose from.

A package of data refers to them by name; the gate refuses a name that is not here. Every function runs inside the transaction
that advances the case, writes rows or outbox entries only, and refuses with a `DomainError`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain.fields import Values
from app.engine.operations import ParamSpec
from app.engine.types import Variable
from app.formkit.sources import SourceItem

if TYPE_CHECKING:
    from app.persistence.models import WorkItem
    from app.services.casework.case_work import CaseWork
    from app.services.context import Transaction


@dataclass(frozen=True)
class Operation:
    """What a service task may call, with the type of each parameter."""

    name: str
    title: str
    description: str
    run: "Callable[[CaseWork, Mapping[str, Variable]], Variable]"
    params: Mapping[str, ParamSpec]


@dataclass(frozen=True)
class Recorder:
    """What a user task may name in `records`: it checks a submission against the rules and turns it into rows.

    It answers with process variables (`exports` names them) that are set beside those which the form exports.
    """

    name: str
    title: str
    description: str
    run: "Callable[[CaseWork, Values], Mapping[str, Variable]]"
    exports: tuple[str, ...]
    may_leave: "Callable[[CaseWork, WorkItem, int], None] | None" = None
    """Refuses that somebody is taken out of a countersigning while so many others remain; None where nothing more is asked."""


@dataclass(frozen=True)
class Addressed:
    """A case that a message goes to, with what it carries for this case."""

    case_id: int
    payload: Mapping[str, Variable]


@dataclass(frozen=True)
class Addresser:
    """What a message may name in `addressed_by`: it finds the cases that the message goes to."""

    name: str
    title: str
    run: "Callable[[CaseWork], Sequence[Addressed]]"
    payload: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A named list for forms (`optionsSource`, `repeatFor`)."""

    name: str
    title: str
    run: "Callable[[CaseWork], Sequence[SourceItem]]"


@dataclass(frozen=True)
class Prefill:
    """What a form shows when it is opened for the first time, by form key."""

    form_key: str
    run: "Callable[[CaseWork], Mapping[str, Any]]"


@dataclass(frozen=True)
class Ending:
    """What has to be done with the rows of a kind of case when it ends."""

    case_kind: str
    run: "Callable[[CaseWork, str], None]"


@dataclass(frozen=True)
class Delivery:
    """What carries an outbox entry of a kind out of the building, after the commit and in a transaction of its own.

    What talks to the network is handed back: it is done after that transaction, so that it does not hold the database.
    """

    kind: str
    title: str
    run: "Callable[[Transaction, Mapping[str, Any]], Callable[[], None] | None]"


@dataclass(frozen=True)
class Registry:
    """All of them, by name."""

    operations: Mapping[str, Operation]
    recorders: Mapping[str, Recorder]
    addressers: Mapping[str, Addresser]
    sources: Mapping[str, Source]
    prefills: Mapping[str, Prefill]
    endings: Mapping[str, Ending]
    deliveries: Mapping[str, Delivery]
