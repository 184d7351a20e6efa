"""What an operation, a recorder or an addresser works with: one case, in the transaction that advances it."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any, TypeVar

from sqlalchemy import BindParameter, CompoundSelect, String, bindparam, cast, func, literal, select, union_all

from app.domain.actors import Actor
from app.domain.errors import Conflict, DomainError
from app.domain.rounds import RoundSettings, settings_from_json
from app.domain.working_days import Calendar
from app.engine.types import Advance, NodeInfo, Variable
from app.persistence.models import Attachment, Case, SelectionRound, Timer, WorkItem
from app.persistence.unit_of_work import connection_of
from app.services import audit
from app.services.casework.item_people import OBJECTION
from app.services.context import Transaction
from app.services.packages.procedure_cache import LoadedProcedure

Found = TypeVar("Found")

ROUND = "round"
TERM = "term"
"""Under this name a diagram asks by when the whole case is to be settled; the other names are those of the round."""
MESSAGE = "message"
"""The kind of outbox entry that carries a message to a case."""

FUNCTIONS = frozenset({"workdays", "deadline", "setting", "now"})
"""What expressions in diagrams may call beside the built-in functions (see `expression_functions`)."""


@dataclass(frozen=True)
class Around:
    """The engine's tasks and timers that have open rows, the steps that the actor has done, and the case's files by their hash.

    For a round's case, `hindmost` says by kind how far behind the hindmost of its open cases is.
    """

    tasks: frozenset[str]
    timers: frozenset[str]
    handled: frozenset[str]
    files: Mapping[int, str]
    hindmost: Mapping[str, int]


NOTHING_AROUND = Around(frozenset(), frozenset(), frozenset(), {}, {})
_TASK, _TIMER, _HANDLED, _FILE = "*task", "*timer", "*handled", "*file"  # no kind of case has such a name
# Plain columns of the tables: every step of a case asks this, and the mapper would double its price.
_ITEM, _CLOCK, _PAPER, _CASE = (table.__table__.c for table in (WorkItem, Timer, Attachment, Case))


@cache
def _around(*, files: bool, hindmost: bool) -> CompoundSelect[Any]:
    """Return the question about what lies around a step; most steps hand in no files, and a round's only ask for the hindmost."""
    case_id: BindParameter[int] = bindparam("case_id")
    # Plus nothing, so that SQLite does not go by the index of who did what, through all that the person has ever done.
    done_by = _ITEM.completed_by + 0
    parts = [
        select(literal(_TASK), _ITEM.task_id).where(_ITEM.case_id == case_id, _ITEM.state == "open"),
        select(literal(_TIMER), _CLOCK.task_id).where(_CLOCK.case_id == case_id, _CLOCK.state == "open"),
        select(literal(_HANDLED), _ITEM.node_id).where(_ITEM.case_id == case_id, done_by == bindparam("user_id")),
    ]
    if files:
        among = _PAPER.id.in_(bindparam("files", expanding=True))
        parts.append(
            select(literal(_FILE), cast(_PAPER.id, String) + ":" + _PAPER.sha256).where(_PAPER.case_id == case_id, among)
        )
    if hindmost:
        others = (_CASE.round_id == bindparam("round_id"), _CASE.ended_at.is_(None), _CASE.id != case_id)
        parts.append(select(_CASE.kind, cast(func.min(_CASE.stage_order), String)).where(*others).group_by(_CASE.kind))
    return union_all(*parts)


@dataclass
class CaseWork:
    """One case under way. `node` is the task that is being done, `work_item` the item behind it when a person does it.

    `result` is where the engine has come to; `files` are the attachments that are handed in.
    """

    tx: Transaction
    case: Case
    round: SelectionRound | None
    loaded: LoadedProcedure
    actor: Actor
    node: NodeInfo | None = None
    work_item: WorkItem | None = None
    outgoing: list[dict[str, Any]] = field(default_factory=list)
    result: Advance | None = None
    files: frozenset[int] = frozenset()
    _read: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, read: Callable[[], Found]) -> Found:
        """Return what `read` returns, reading it once for all that this step does. Only for what others change under its lock."""
        if name not in self._read:
            self._read[name] = read()
        found: Found = self._read[name]
        return found

    @cached_property
    def settings(self) -> RoundSettings:
        """What the round decides for itself; the defaults when the case belongs to no round."""
        return settings_from_json(json.loads(self.round.settings_json)) if self.round else RoundSettings()

    @cached_property
    def around(self) -> Around:
        """What lies around the step, read once, after the lock: PostgreSQL would read it as it was before the wait for it."""
        known: dict[str, set[str]] = defaultdict(set)
        wanted: dict[str, Any] = {"case_id": self.case.id, "user_id": self.actor.user_id}
        if self.files:
            wanted["files"] = sorted(self.files)
        if self.case.kind == ROUND:
            wanted["round_id"] = self.case.round_id
        question = _around(files="files" in wanted, hindmost="round_id" in wanted)
        for what, text in connection_of(self.tx.session).execute(question, wanted):
            known[what].add(text)
        tasks, timers, handled = (frozenset(known.pop(what, ())) for what in (_TASK, _TIMER, _HANDLED))
        files = dict(text.split(":") for text in known.pop(_FILE, ()))
        hindmost = {kind: int(*order) for kind, order in known.items()}
        return Around(tasks, timers, handled, {int(key): sha256 for key, sha256 in files.items()}, hindmost)

    @property
    def stands_still(self) -> bool:
        """Whether its round is suspended: nothing is done and no time runs out, but for the objections, which may be the cause."""
        return self.round is not None and self.round.suspended_at is not None and self.case.kind != OBJECTION

    def refuse_standing_still(self, *, besides: str = "") -> None:
        """Refuse to move the case while it stands still; `besides` is what can be done meanwhile."""
        if self.stands_still:
            raise Conflict("round.suspended", f"本轮评选已经暂停（{self.the_round.suspension}），恢复后才能办理。{besides}")

    @property
    def the_round(self) -> SelectionRound:
        """The round of a case that must have one."""
        if self.round is None:
            raise DomainError("case.no_round", "这件办件不属于任何评选轮次，不能做这一步。请联系流程管理员。")
        return self.round

    @property
    def calendar(self) -> Calendar:
        """The working-day calendar."""
        return self.tx.context.calendars.get(self.tx.session, now=self.tx.now)

    @property
    def item_id(self) -> int:
        """The multi-instance element of the work item as an id, e.g. of the department that answers."""
        if self.work_item is None or self.work_item.item is None:
            raise DomainError("case.no_item", "这项待办没有对应的部门或专家。请联系流程管理员。")
        return int(self.work_item.item)

    def save_settings(self, settings_json: Mapping[str, Any]) -> None:
        """Replace the settings of the round."""
        self.the_round.settings_json = json.dumps(settings_json, ensure_ascii=False)
        self.__dict__.pop("settings", None)

    def set_deadline(self, name: str, moment: datetime) -> None:
        """Give the round a moment that `deadline(name)` answers from now on."""
        deadlines = json.loads(self.the_round.deadlines_json)
        deadlines[name] = moment.isoformat()
        self.the_round.deadlines_json = json.dumps(deadlines)

    def deadline(self, name: str) -> datetime | None:
        """Return a moment of the round as it stands now, which may be another than the plan had; None when it has no such."""
        moment = json.loads(self.the_round.deadlines_json).get(name)
        return None if moment is None else datetime.fromisoformat(moment)

    def send(self, message: str, *, case_id: int, payload: Mapping[str, Variable] | None = None, key: str) -> None:
        """Have a message delivered to a case after the commit; `key` makes the same message go out once."""
        self.enqueue(MESSAGE, key=key, case_id=case_id, payload={"message": message, "payload": dict(payload or {})})

    def enqueue(self, kind: str, *, key: str, payload: Mapping[str, Any], case_id: int | None = None) -> None:
        """Put something into the outbox: it leaves after the commit, at least once, and by its key only once."""
        entry = {"kind": kind, "key": key, "case_id": case_id, "payload": json.dumps(payload, ensure_ascii=False)}
        self.outgoing.append(entry | {"next_at": self.tx.now, "created_at": self.tx.now})

    def note(self, action: str, *, subject: str = "", detail: Mapping[str, Any] | None = None) -> None:
        """Write an event into the history of the case."""
        audit.record_on_case(self.tx, self.case, actor=self.actor, action=action, subject=subject, detail=detail)


def expression_functions(work: CaseWork) -> dict[str, Any]:
    """Return what expressions may call for this case: `workdays`, `deadline`, `setting`, and `now` for durations."""

    def workdays(count: int) -> datetime:
        return work.calendar.due_at(work.tx.now, count)

    def deadline(name: str) -> datetime:
        if name == TERM and work.case.term_at is not None:
            return work.case.term_at
        moment = work.deadline(name)
        if moment is None:
            raise DomainError("deadline.unknown", f"本轮次还没有确定时限“{name}”。请先在方案中填写。")
        return moment

    def setting(name: str) -> Variable:
        if name.startswith("_") or name not in RoundSettings.__dataclass_fields__:
            raise DomainError("setting.unknown", f"本轮次没有名为“{name}”的设置。请检查流程图中的表达式。")
        value = getattr(work.settings, name)
        if not isinstance(value, str | int | bool):
            raise DomainError("setting.kind", f"设置“{name}”不能用在表达式里。")
        return value

    return {"workdays": workdays, "deadline": deadline, "setting": setting, "now": lambda: work.tx.now}
