"""Every further list page: as many statements for three rows as for one, and the rows are there."""

import pytest

from app.persistence import models as m
from tests.web_rounds.conftest import Counting
from tests.web_rounds.test_panel import drawn
from tests.web_rounds.world import IDS, START, World

PAGES = [
    ("bureau_handler", "/search?q=焊接", "row-title"),
    ("bureau_handler", "/notifications", "请查看"),
    ("nominating_unit", "/nominations", "/nominate"),
    ("bureau_handler", "/rounds/1/panel", "师徒"),
    ("document_officer", "/certificates/rounds/1/seals", 'name="papers"'),
    ("", "/public/", "/public/notices/"),
]


@pytest.mark.parametrize(("role", "path", "mark"), PAGES, ids=[path for _, path, _ in PAGES])
def test_a_list_costs_the_same_for_one_and_three(world: World, statements: Counting, role: str, path: str, mark: str) -> None:
    drawn(world)
    round_, rows, costs = world.all(m.SelectionRound)[0], list[m.Nomination](), []
    for count in (1, 3):
        add(world, round_, range(len(rows) + 1, count + 1), rows)
        browser = world.client(role or None)
        browser.get(path)
        with statements() as seen:
            page = browser.get(path).get_data(as_text=True)
        costs.append((page.count(mark), len(seen)))
    (one, cost), (three, cost_of_three) = costs
    assert 0 < one < three
    assert cost == cost_of_three


def add(world: World, round_: m.SelectionRound, numbers: range, rows: list[m.Nomination]) -> None:
    """Add nominees with everything that the lists show of them."""
    for number in numbers:
        world.round(number=number + 1)
        row = world.nominee(round_, number * 2 + 1, name=f"焊接{number}")
        rows.append(row)
        world.add(
            m.Notification(user_id=IDS["bureau_handler"], subject=f"焊接{number}", body="请查看", created_at=START),
            m.Recusal(case_id=row.case_id, user_id=IDS["convener"], origin="found", reason="师徒", recorded_at=START),
        )
        world.certificate(row, number=number)
        world.notice(round_, rows)
