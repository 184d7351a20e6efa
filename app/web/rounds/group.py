"""The group of pages about rounds, and the two ways of writing that they need."""

from datetime import datetime
from decimal import Decimal

from flask import Blueprint

from app.domain.clock import cn_date
from app.domain.scoring import show
from app.domain.working_days import last_day_of

rounds = Blueprint("rounds", __name__, url_prefix="/rounds")


def last_day(moment: datetime) -> str:
    """Return the day that a term closes, as 2026年11月30日: 24:00 belongs to the day before midnight."""
    return cn_date(last_day_of(moment))


def score(value: Decimal) -> str:
    """Return a score with two places, half up."""
    return show(value)


rounds.add_app_template_filter(last_day)
rounds.add_app_template_filter(score)
