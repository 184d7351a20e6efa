"""Deployed templates run apart: what hangs or fills the memory is ended, and the next paper comes out as ever."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.documents.papers_apart import WORKER, page_apart, render_apart
from app.documents.parcels import pack_template, unpack_template
from app.documents.press import Sheet
from app.documents.press_apart import PressApart
from app.documents.readback import require_texts
from app.documents.render import render_pdf
from app.documents.rooms import LimitsBroken, Room, Rooms
from app.documents.templates import Template
from app.domain.errors import DomainError, TryAgain
from tests.documents.support import METADATA, MOMENT, NAMES, shipped, small
from tests.documents.test_signing import credential

LOOPS = "{% for a in rows %}" * 6 + "{% if a == 'x' %}{{ name }}{% endif %}" + "{% endfor %}" * 6
ROWS = METADATA.replace("[fields]", 'max_pages = 1\n[fields]\nrows = { label = "行", type = "list" }')
GROWING = "{% set a = 'x' ~ name %}" + ("{% set a = " + " ~ ".join("a" * 64) + " %}") * 7 + "{{ a | length }}"


def endless() -> Template:
    """Return a template that takes longer than anybody waits."""
    return small(LOOPS, metadata=ROWS)


@pytest.fixture
def room() -> Iterator[Room]:
    """Return a room of its own."""
    made = Room(WORKER)
    yield made
    made.close()


def page(template: Template, **values: object) -> dict[str, object]:
    """Return the job of a web page."""
    return {"kind": "page", "template": pack_template(template), "values": values}


def test_a_paper_made_apart_is_the_paper_made_here() -> None:
    apart = render_apart(small(), {"name": "张三"}, created_at=MOMENT, expected=["张三"])
    assert apart == render_pdf(small(), {"name": "张三"}, created_at=MOMENT)
    with pytest.raises(DomainError, match="找不到“李四”"):
        render_apart(small(), {"name": "张三"}, created_at=MOMENT, expected=["李四"])


def test_a_template_that_hangs_is_ended_and_the_room_serves_the_next(room: Room) -> None:
    with pytest.raises(LimitsBroken, match=r"0\.1 秒内没有排完.*请流程管理员检查模板"):
        room.ask(page(endless(), name="张三", rows=["一"] * 900), seconds=0.1)
    assert "张三" in room.ask(page(small(), name="张三"), seconds=60)["page"]


def test_a_template_that_fills_the_memory_is_ended(room: Room) -> None:
    with pytest.raises(LimitsBroken, match="超出内存限制"):
        room.ask(page(small(GROWING), name="张三"), seconds=60)


def test_refusals_come_back_with_their_code_and_place(room: Room) -> None:
    with pytest.raises(DomainError, match="用到了没有声明的“nobody”") as refused:
        room.ask(page(small("<p>\n{{ nobody }}</p>"), name="张三"), seconds=60)
    assert (refused.value.code, vars(refused.value)["line"]) == ("template_undefined", 2)
    with pytest.raises(RuntimeError, match="KeyError"):
        room.ask({"kind": "nothing of the sort"}, seconds=60)


def test_a_room_that_went_while_it_was_idle_is_replaced_without_a_word() -> None:
    with closing(Room(WORKER, idle=0.01)) as resting:
        for name in ("张三", "李四"):
            assert name in resting.ask(page(small(), name=name), seconds=60)["page"]
            assert resting._child is not None
            resting._child.wait()


def test_who_finds_no_room_free_is_asked_to_come_again() -> None:
    rooms = Rooms(WORKER, most=1, idle=0, patience=0.01)
    with rooms.one(), pytest.raises(TryAgain, match="文书太多"):
        rooms.ask({}, seconds=1)


def test_a_batch_whose_template_hangs_is_ended() -> None:
    values = {"name": "张三", "rows": ["一"] * 900}
    with pytest.raises(LimitsBroken, match="秒内没有排完"):
        PressApart(endless(), [values], credential=credential(), reason="制发证书", at=MOMENT, time_limit=0.1)


def test_a_batch_of_papers_with_several_pages_is_refused_and_leaves_no_process() -> None:
    with pytest.raises(DomainError, match="不是单页文书"):
        PressApart(shipped("decision"), [dict(shipped("decision").sample)], credential=credential(), reason="x", at=MOMENT)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_arrives_as_it_was_sent(name: str) -> None:
    sent, arrived = shipped(name), unpack_template(pack_template(shipped(name)))
    assert (arrived.metadata, arrived.html, arrived.css, arrived.hash) == (sent.metadata, sent.html, sent.css, sent.hash)
    assert dict(arrived.pictures) == dict(sent.pictures)


def test_one_page_of_a_batch_that_hangs_is_ended() -> None:
    template = small("{% if name == '李四' %}" + LOOPS + "{% endif %}<p>{{ name }}</p>", metadata=ROWS)
    values = [{"name": name, "rows": ["一"] * 900} for name in ("张三", "李四")]
    with PressApart(template, values[:1], credential=credential(), reason="x", at=MOMENT) as press:
        assert len(list(press.print([Sheet(values[0], "1")]))) == 1
        press._limit = 0.1
        with pytest.raises(LimitsBroken):
            list(press.print([Sheet(values[1], "2")]))


def test_a_batch_goes_on_in_another_room_when_its_own_went_meanwhile() -> None:
    values = {"name": "张三", "rows": ["一"]}
    with PressApart(small(metadata=ROWS), [values], credential=credential(), reason="x", at=MOMENT) as press:
        [before] = press.print([Sheet(values, "1")])
        press._room.close()
        [after] = press.print([Sheet(values, "1")])
    require_texts(after, expected=["张三"])
    assert len(before) == len(after)


def test_a_web_page_is_made_apart() -> None:
    assert "张三" in page_apart(small(), {"name": "张三"})


DATED = METADATA + 'on = { label = "日期", type = "date" }\nsum = { label = "金额", type = "money" }\n'
VALUES = {"name": "张三", "on": "2026-03-05", "sum": 300_000}


@pytest.mark.parametrize(
    ("page_", "lost"),
    [
        ("{{ name }} {{ on | cn_date }}", "3,000.00"),
        ("{{ name }} {{ sum | yuan }}", "2026年3月5日"),
        ("{{ on | cn_date }} {{ sum | yuan }}", "张三"),
        ("{{ name }} {{ on }} {{ sum | yuan }}", "2026年3月5日"),
    ],
)
def test_a_paper_without_a_name_a_date_or_a_sum_of_its_data_is_refused(page_: str, lost: str) -> None:
    with pytest.raises(DomainError, match=f"找不到“{lost}”"):
        render_apart(small(page_, metadata=DATED), VALUES, created_at=MOMENT, expected=[])


def test_what_is_declared_as_not_printed_need_not_stand_on_the_paper() -> None:
    hidden = DATED.replace('type = "money"', 'type = "money", printed = false')
    assert render_apart(small("{{ name }} {{ on | cn_date }}", metadata=hidden), VALUES, created_at=MOMENT, expected=[])


def test_a_name_that_is_part_of_another_stands_for_itself() -> None:
    two = METADATA + 'other = { label = "另一人", type = "text" }\n'
    values = {"name": "王伟", "other": "王伟明"}
    assert render_apart(small("{{ name }}、{{ other }}", metadata=two), values, created_at=MOMENT, expected=[])
    with pytest.raises(DomainError, match="找不到“王伟”"):
        render_apart(small("{{ other }}", metadata=two), values, created_at=MOMENT, expected=[])
