"""A round of which every nomination waits at another desk: so that everybody who looks at the demonstration has something to do."""

from app.cli.rehearsal import acts_opening, acts_review, values
from app.cli.rehearsal.cast import Cast, Entry
from app.cli.samples import files
from app.domain.actors import Role

DESKS = ("unit_draft", "candidate", "unit_notice", "office_clerk", "office_leader", "union", "handler", "second", "departments")
"""Where each nomination stops, in the order of the way; the nominee at the same place of the cast stops there."""


def stop_everywhere(cast: Cast) -> int:
    """Take each nomination as far as its desk, in the order of the days; return how many wait."""
    stops = dict(zip(DESKS, cast.entries, strict=False))
    acts_opening.set_up(cast)
    _nominate(cast, _beyond(stops, "unit_draft"), left=stops["unit_draft"])
    cast.clock.forward(2)
    for entry in _beyond(stops, "unit_draft"):
        entry.candidate = acts_opening.open_account(cast, entry)
    for entry in _beyond(stops, "candidate"):
        entry.person.do("本人确认与承诺", {"publicity_consent": True}, about=entry.number, decide="consented=yes")
    _put_up_notices(cast, _beyond(stops, "unit_notice"))
    _review(cast, stops)
    return len(stops)


def _beyond(stops: dict[str, Entry], desk: str) -> list[Entry]:
    """Return the nominations that go further than a desk."""
    return [entry for other, entry in stops.items() if DESKS.index(other) > DESKS.index(desk)]


def _nominate(cast: Cast, entries: list[Entry], *, left: Entry) -> None:
    cast.clock.forward(1)
    for entry in entries:
        nominator = cast.nominator(entry.nominee)
        sheet = acts_opening.begin(cast, nominator, entry)
        wanted = values.nomination(entry.nominee)
        nominator.complete(sheet, wanted, files=lambda field, who=entry: acts_opening.material(who, field))
    acts_opening.begin(cast, cast.nominator(left.nominee), left)


def _put_up_notices(cast: Cast, entries: list[Entry]) -> None:
    cast.clock.forward(acts_opening.NOTICE_TO + 1)
    start, end = cast.clock.day(acts_opening.NOTICE_FROM), cast.clock.day(acts_opening.NOTICE_TO)
    for entry in entries:
        sheet = lambda field, who=entry: files.material(who.nominee, field)  # noqa: E731  # binds this nominee
        wanted = values.employer_notice(start, end)
        cast.nominator(entry.nominee).do("登记单位公示结果", wanted, about=entry.number, files=sheet)


def _review(cast: Cast, stops: dict[str, Entry]) -> None:
    """Let streets, leaders, the two reviewers and the first department do their part."""
    cast.clock.forward(9)
    for entry in _beyond(stops, "office_clerk"):
        if entry.nominee.channel != "union":
            opinion = "到岗位核实，本人在一线操作，材料齐全，单位公示手续完备，同意上报。"
            clerk = cast.office(entry.nominee, Role.OFFICE_CLERK)
            clerk.do(
                "初审", values.preliminary(cast.clock.today, opinion), about=entry.number, decide="preliminary_decision=accept"
            )
    cast.clock.forward(10)
    for entry in _beyond(stops, "union"):
        wanted = {"recommendation_rank": "1", "opinion": "经集体研究，同意推荐，列第1位。"}
        leader = cast.office(entry.nominee, Role.OFFICE_LEADER)
        leader.do("审核排序", wanted, about=entry.number, decide="rank_decision=accept", files=values.any_paper("推荐报告"))
    cast.clock.forward(11)
    for entry in _beyond(stops, "handler"):
        acts_review.judge_first(cast, entry)
    for entry in _beyond(stops, "second"):
        acts_review.judge_second(cast, entry)
