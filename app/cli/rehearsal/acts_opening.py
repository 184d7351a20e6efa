"""First act: the round is set up, employers and the union nominate, candidates confirm, employers put up their notices."""

import math
import re
from collections import Counter
from datetime import timedelta

from app.cli.rehearsal import values
from app.cli.rehearsal.browser import Person
from app.cli.rehearsal.cast import Cast, Entry
from app.cli.rehearsal.pages import Misstep, Page
from app.cli.samples import files, people
from app.cli.samples.loading import DEMO_PASSWORD
from app.domain.actors import Role

CLOSES = 19
"""Working days from the first day until nominations close."""
NOTICE_FROM, NOTICE_TO = 3, 7


def set_up(cast: Cast) -> int:
    """Begin the round, register the approval, write the plan and have it approved."""
    handler, leader = cast.role(Role.BUREAU_HANDLER), cast.role(Role.BUREAU_LEADER)
    page = handler.get("/rounds")
    form = page.form(having="title")
    form.fill({"title": cast.title})
    answer = handler.post(form.action or "/rounds", dict(form.data), expect=(302, 303))
    found = re.search(r"/rounds/(\d+)", answer.location)
    if found is None:
        raise Misstep(who=str(handler), path=page.path, status=answer.status, sentence="新建轮次后没有到达轮次页面。")
    cast.round_id = int(found[1])
    today = cast.clock.today
    handler.do("登记批准依据", values.basis(today, winners=cast.winners), files=values.any_paper("批准文件"))
    wanted = values.plan(
        title=cast.title, opens=today, closes=cast.clock.day(CLOSES), winners=cast.winners, quotas=_quotas(cast),
        departments=cast.departments,
    )  # fmt: skip
    handler.do("编制评选方案", wanted)
    cast.clock.forward(0, 14)
    leader.do("审批方案", {"opinion": "方案符合批准文件和实施意见，同意组织实施。"}, decide="plan_decision=approve")
    return 1


def _quotas(cast: Cast) -> dict[str, int]:
    """Give every local office a place more than the play needs, and the union its own."""
    parents = {unit.code: unit.parent or "" for unit in people.units()}
    wanted = Counter(parents[entry.nominee.employer] for entry in cast.entries if entry.nominee.channel != "union")
    offices = [unit.code for unit in people.units() if unit.kind in ("street", "industry_office")]
    union = sum(entry.nominee.channel == "union" for entry in cast.entries)
    return {**{code: max(2, wanted[code] + 1) for code in offices}, "DXH-ZGH": max(2, math.ceil(union * 1.5))}


def nominate(cast: Cast) -> int:
    """Let every employer fill in its nominations; the second channel of one person is refused."""
    cast.clock.forward(1)
    for entry in cast.entries:
        nominator = cast.nominator(entry.nominee)
        sheet = begin(cast, nominator, entry)
        nominator.complete(sheet, values.nomination(entry.nominee), files=lambda field, who=entry: material(who, field))
    _second_channel(cast)
    return len(cast.entries)


def begin(cast: Cast, nominator: Person, entry: Entry) -> Page:
    """Let somebody begin a nomination; return the page of its sheet."""
    page = nominator.get(f"/rounds/{cast.round_id}/nominate")
    form = page.form(having="unit")
    if not form.get("unit") or not form.get("unit")[0]:
        form.fill({"unit": next(iter(form.choices("unit").values()))})
    answer = nominator.post(form.action or page.path, dict(form.data), expect=(302, 303))
    item = re.search(r"/work-items/(\d+)", answer.location)
    if item is None:
        raise Misstep(who=str(nominator), path=page.path, status=answer.status, sentence="发起推荐后没有到达推荐表。")
    sheet = nominator.get(answer.location)
    entry.number = sheet.tree.xpath("//p[contains(@class,'work-sub')]//span[@class='number']")[0].text_content().strip()
    entry.case_id = int(sheet.link("/cases/").rsplit("/", 1)[1])
    entry.item_id = int(item[1])
    return sheet


def material(entry: Entry, field: str) -> tuple[str, bytes] | None:
    """Return what goes with a field of the nomination, nothing where it is for those who nominate themselves."""
    return None if field == "expert_references" else files.material(entry.nominee, field)


def _second_channel(cast: Cast) -> None:
    """The union of the trade nominates somebody whom the employer has nominated already."""
    entry = cast.with_part("twice")
    if entry is None:
        return
    union = cast.role(Role.NOMINATING_UNIT, "DXH-JXGH")
    second = Entry(entry.nominee)
    sheet = begin(cast, union, second)
    wanted = {**values.nomination(entry.nominee), "nominee_channel": "union"}
    sentence = union.refused(sheet, wanted, files=lambda field: material(entry, field))
    if "只能推荐一次" not in sentence:
        raise Misstep(
            who=str(union), path=f"/work-items/{second.item_id}", status=409, sentence=f"重复推荐的拒绝理由不对：{sentence}"
        )
    cast.note("第二渠道重复推荐被拒绝", entry, sentence)


def confirm(cast: Cast) -> int:
    """Let every candidate open the account by the sheet of the unit, look at the materials and confirm."""
    cast.clock.forward(2)
    for entry in cast.entries:
        entry.candidate = open_account(cast, entry)
        entry.person.do("本人确认与承诺", {"publicity_consent": True}, about=entry.number, decide="consented=yes")
    return len(cast.entries)


def open_account(cast: Cast, entry: Entry) -> Person:
    """Let a candidate open the account by the sheet that the unit hands over."""
    nominator = cast.nominator(entry.nominee)
    path = f"/cases/{entry.case_id}/invitation"
    form = next(one for one in nominator.get(path).forms() if not one.action and one.get("csrf_token"))
    page = nominator.post(path, dict(form.data))
    shown = {part.get("data-invitation"): part.text_content().strip() for part in page.tree.xpath("//*[@data-invitation]")}
    if not shown:  # the account is in use since an earlier round
        return _known(cast, entry)
    person = Person(cast.app, cast.clock, name=entry.name, username=shown["username"], password=DEMO_PASSWORD)
    opened = person.get("/account/activate").form(having="code")
    opened.fill({**shown, "id_number": entry.nominee.id_number, "password": DEMO_PASSWORD, "again": DEMO_PASSWORD})
    person.post("/account/activate", dict(opened.data), expect=(302, 303))
    return person


def _known(cast: Cast, entry: Entry) -> Person:
    username = cast.accounts_of_candidates()[f"{entry.name}|{people.unit_names()[entry.nominee.employer]}"]
    return Person(cast.app, cast.clock, name=entry.name, username=username, password=DEMO_PASSWORD)


def notices_at_work(cast: Cast) -> int:
    """Let the employers put up their notices for five working days and register the result."""
    cast.clock.forward(NOTICE_TO + 1)
    start, end = cast.clock.day(NOTICE_FROM), cast.clock.day(NOTICE_TO)
    for entry in cast.entries:
        wanted = values.employer_notice(start, end)
        sheet = lambda field, who=entry: files.material(who.nominee, field)  # noqa: E731  # binds this nominee
        cast.nominator(entry.nominee).do("登记单位公示结果", wanted, about=entry.number, files=sheet)
    return len(cast.entries)


def close(cast: Cast) -> int:
    """Let the day of closing pass: the timer fires, what was never handed in lapses."""
    cast.clock.forward(CLOSES, 23)
    cast.clock.forward_to(cast.clock() + timedelta(hours=2))
    return len(cast.running)
