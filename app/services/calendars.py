"""The working-day calendar: a year is imported from the State Council's notice, as JSON or as lines of text."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete

from app.domain.actors import Actor
from app.domain.errors import InvalidValues, NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.persistence.models import CalendarDay, CalendarYear
from app.services import audit
from app.services.context import Context

_KINDS = {"off": "off", "休": "off", "放假": "off", "休息": "off", "workday": "workday", "班": "workday", "上班": "workday"}
_MOST_DAYS, _MOST_FAULTS = 80, 5
_FEWEST_OFF = 11  # statutory days off in a year since 2014 (国务院令第644号; 13 since 2025)


@dataclass(frozen=True)
class Day:
    """A day that departs from the plain week."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True)
class Year:
    """A year as somebody typed it, checked."""

    year: int
    source: str
    days: tuple[Day, ...]

    @property
    def off(self) -> int:
        """How many days are off."""
        return sum(day.kind == "off" for day in self.days)

    @property
    def worked(self) -> int:
        """How many weekend days are worked."""
        return sum(day.kind == "workday" for day in self.days)


def read_year(text: str, *, year: int, source: str) -> Year:
    """Return the arrangement of a year from JSON (`[{"day","kind","name"}]`) or lines `日期,休或班,名称`, checked.

    `InvalidValues` ("days", "year" or "source") names line and fault: a day of another year, twice the same day, an unknown kind,
    a worked day that is no weekend day, or so few days off that the notice cannot be complete.
    """
    wrong = {}
    if not 2000 <= year <= 2100:
        wrong["year"] = "请填写四位数的年份，例如 2027。"
    if not source.strip():
        wrong["source"] = "请填写通知的文号，例如 国办发明电〔2026〕7号。"
    days: dict[date, Day] = {}
    try:
        faults = list(_collect(text, year=year, days=days))
    except ValueError as error:
        faults = [str(error)]
    if not faults and sum(day.kind == "off" for day in days.values()) < _FEWEST_OFF:
        faults = [f"放假的日子不足{_FEWEST_OFF}天，通知没有录全。请把周末连休的日子也写上。"]
    if faults:
        more = f"此外还有{len(faults) - _MOST_FAULTS}条。" if len(faults) > _MOST_FAULTS else ""
        wrong["days"] = "".join(faults[:_MOST_FAULTS]) + more
    if wrong:
        raise InvalidValues("calendar.year", "工作日历没有导入，请修改后再试。", fields=wrong)
    return Year(year, source.strip()[:160], tuple(days[day] for day in sorted(days)))


def _collect(text: str, *, year: int, days: dict[date, Day]) -> Iterator[str]:
    """Yield what is wrong with the lines, each named; those that are right go into `days`."""
    for line, values in enumerate(_rows(text), 1):
        if line > _MOST_DAYS:
            yield f"最多{_MOST_DAYS}天，请核对是否多粘贴了内容。"
            return
        try:
            day = _day(values, line=line, year=year)
        except ValueError as error:
            yield str(error)
            continue
        if day.day in days:
            yield f"第{line}条：{day.day.isoformat()} 出现了两次。"
        days[day.day] = day


def import_year(context: Context, *, actor: Actor, year: Year) -> None:
    """Replace a year of the calendar and mark it as published. Writes the days, the year and an audit event.

    Due times that were reckoned before stay as they are; deadlines that were refused for this year can be set now.
    """
    if not is_permitted(actor, Permission.MANAGE_CALENDAR):
        raise NotAllowed("calendar.manage", "只有系统管理员可以导入工作日历。")
    with context.transaction() as tx:
        tx.session.execute(delete(CalendarDay).where(CalendarDay.day.startswith(f"{year.year:04d}-")))
        tx.session.add_all(CalendarDay(day=day.day.isoformat(), kind=day.kind, name=day.name) for day in year.days)
        tx.session.merge(CalendarYear(year=year.year, status="published", source=year.source))
        detail = {"off": year.off, "worked": year.worked, "source": year.source}
        audit.record(tx, actor=actor, action="calendar_imported", subject=str(year.year), detail=detail)
    context.calendars.forget()


def _rows(text: str) -> Iterable[list[str]]:
    stripped = text.strip()
    if not stripped:
        raise ValueError("请粘贴放假和调休的日子，每行一天。")
    if stripped[0] in "[{":
        yield from _json_rows(stripped)
        return
    lines = (line.replace("，", ",") for line in stripped.splitlines())
    # Who types the days instead of copying a table puts spaces between the three parts.
    for row in csv.reader(line if "," in line else ",".join(line.split(maxsplit=2)) for line in lines):
        if row and row[0].strip() not in ("", "日期", "day"):
            yield [each.strip() for each in (*row, "", "")][:3]


def _json_rows(text: str) -> Iterable[list[str]]:
    try:
        document: Any = json.loads(text)
    except ValueError:
        raise ValueError("这段 JSON 不完整，请从头到尾复制后再试。") from None
    rows = document.get("days") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("JSON 应是一个列表，每项写明 day、kind、name。")
    for row in rows:
        yield [str(row.get(key) or "") for key in ("day", "kind", "name")]


def _day(values: list[str], *, line: int, year: int) -> Day:
    text, kind, name = values
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"第{line}条：“{text[:20]}”不是日期，应写成 2027-01-01 的样子。") from None
    if day.year != year:
        raise ValueError(f"第{line}条：{text} 不在{year}年。")
    if kind not in _KINDS:
        raise ValueError(f"第{line}条：“{kind[:10]}”不明白，请写“休”或“班”。")
    if _KINDS[kind] == "workday" and day.weekday() < 5:
        raise ValueError(f"第{line}条：{text} 不是周末，不需要写“班”。")
    return Day(day, _KINDS[kind], name[:40])
