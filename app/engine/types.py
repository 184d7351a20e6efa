"""All that leaves this package: plain values, no SpiffWorkflow object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.errors import DomainError

Scalar = str | int | float | bool | None
Variable = Scalar | list["Variable"] | dict[str, "Variable"]
"""What the engine may hold: ids, decisions, counters, and short lists of them."""

Functions = Mapping[str, Callable[..., object]]
"""What expressions may call beside the built-in ones, e.g. `workdays`, `deadline`; made per call by the services."""


@dataclass(frozen=True)
class NodeInfo:
    """One element of a diagram as the rest of the house may know it."""

    node_id: str
    name: str
    kind: str  # userTask, serviceTask, businessRuleTask, startEvent, endEvent, boundaryEvent, exclusiveGateway, …
    lane: str | None
    properties: Mapping[str, str]
    loop: str | None = None  # "parallel", "sequential" or "standard" for an activity that runs several times
    event: str | None = None  # "timer", "message", "terminate", … for an event with a definition


@dataclass(frozen=True)
class ReadyTask:
    """A user task that waits for a person. `assignee`, `scope` and `due` are its expressions, evaluated when it became ready."""

    task_id: str
    node: NodeInfo
    item: Variable = None  # the element of the multi-instance collection, None outside one
    assignee: Variable = None
    scope: Variable = None
    due: datetime | None = None


@dataclass(frozen=True)
class WaitingTimer:
    """A timer event that waits. The clock is not the engine's: it fires when `fire_timer` is called for it."""

    task_id: str
    node: NodeInfo
    due: datetime


@dataclass(frozen=True)
class WaitingMessage:
    """A catch event that waits for a message of this name."""

    task_id: str
    node: NodeInfo
    message: str


@dataclass(frozen=True)
class ThrownMessage:
    """A message that a throw event, a send task or a message end event sent during this advance."""

    message: str
    node: NodeInfo
    payload: Mapping[str, Variable]


@dataclass(frozen=True)
class Advance:
    """What one step of a case came to: its new state and everything the services have to project into rows.

    `ready`, `timers` and `waiting` are all that is open after the step (not only what is new), `thrown` and `passed` are what
    happened during it, in order; an activity that runs several times is passed once, when all of it is done. `variables` are
    those of the case as a whole after the step (without what belongs to one instance of a multi-instance). `taken` are the flows
    that were followed, by the ids of the nodes at their ends. `outcome` is the `outcome` property (or id) of the end event that
    ended the case.
    """

    state: bytes
    ready: tuple[ReadyTask, ...]
    timers: tuple[WaitingTimer, ...]
    waiting: tuple[WaitingMessage, ...]
    thrown: tuple[ThrownMessage, ...]
    passed: tuple[NodeInfo, ...]
    ended: bool
    outcome: str | None
    variables: Mapping[str, Variable]
    taken: tuple[tuple[str, str], ...] = ()


class OperationCaller(Protocol):
    """How a service task reaches the application: one call, typed parameters, a result that the engine may hold."""

    def __call__(self, name: str, params: Mapping[str, Variable], *, node: NodeInfo) -> Variable: ...


class EngineError(DomainError):
    """A case cannot go on by itself (an incident): what failed, and at which element. A person in front of it gets the sentence."""

    def __init__(self, code: str, message: str, *, node_id: str | None = None) -> None:
        super().__init__(code, message)
        self.node_id = node_id


class Unreadable(EngineError):
    """The engine cannot read a diagram or a table: which file, and the element (`node_id`) if it is known."""

    def __init__(self, message: str, *, file: str = "", node_id: str | None = None) -> None:
        super().__init__("engine.unreadable", message, node_id=node_id)
        self.file = file


class NotWaiting(EngineError):
    """The task, timer or message is not (or no longer) open in this case."""
