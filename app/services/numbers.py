"""Numbers that are given once: a row per series, raised under its lock, so that two transactions never take the same one."""

from app.domain.clock import local
from app.persistence.models import NumberSeries
from app.persistence.upsert import raise_number
from app.services.context import Transaction


def next_number(tx: Transaction, series: str) -> int:
    """Return the next number of a series, beginning with 1. A transaction that rolls back gives its number back."""
    return raise_number(tx.session, NumberSeries, key={"series": series}, column="last")


def case_number(tx: Transaction, pattern: str, *, kind: str) -> str:
    """Return the next number of a kind of case in the current year, e.g. TJ2026-0001 from the pattern TJ{year}-{n:04d}."""
    year = local(tx.now).year
    return pattern.format(year=year, n=next_number(tx, f"case:{kind}:{year}"))
