"""A step that does not behave ends in one clear sentence; scores come from the seed alone."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from app.cli.rehearsal import chance
from app.cli.rehearsal.browser import Person
from app.cli.rehearsal.clock import SteppingClock
from app.cli.rehearsal.pages import Misstep
from app.cli.rehearsal.running import Wanted, rehearse
from app.cli.samples.loading import DEMO_PASSWORD
from app.domain.errors import DomainError
from config import Config

START = date(2026, 3, 2)


@pytest.fixture
def handler(house: Flask) -> Person:
    """Return the bureau's handler at a browser."""
    return Person(house, SteppingClock(START), name="张晓岚", username="renshe.zhang", password=DEMO_PASSWORD)


def test_a_work_item_that_is_missing_is_named(handler: Person) -> None:
    with pytest.raises(Misstep, match=r"renshe\.zhang） 在 /desk 没有办成（状态 200）：工作台上没有“编制评选方案”这项待办"):
        handler.find("编制评选方案")


def test_a_page_that_is_not_there_is_named_with_its_sentence(handler: Person) -> None:
    with pytest.raises(Misstep, match="在 /rounds/99 没有办成（状态 404）：没有找到"):
        handler.get("/rounds/99")


def test_a_field_that_the_page_does_not_offer_is_named(handler: Person) -> None:
    form = handler.get("/rounds").form(having="title")
    with pytest.raises(KeyError, match="页面上没有“colour”这一栏"):
        form.fill({"colour": "red"})


def test_too_many_nominees_are_refused(installation: Config, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="示例数据里只有"):
        rehearse(installation, Wanted(nominees=60), out=tmp_path, tell=lambda line: None)


def test_scores_depend_on_nothing_but_the_seed() -> None:
    indexes = [("A", Decimal(25)), ("F", Decimal(5))]
    sheet = chance.sheet(1, expert="e", nominee="n", quality=80, indexes=indexes)
    assert chance.as_text(sheet) == {"A": "20", "F": "4"}
    assert chance.sheet(2, expert="e", nominee="n", quality=80, indexes=indexes) != sheet
