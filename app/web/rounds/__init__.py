"""Rounds for the bureau: progress, lists, ranking, quotas, deadlines; and beginning a nomination in one."""

from app.web.rounds import changes, follow_ups, halts, lists, panel, views
from app.web.rounds.group import rounds

__all__ = ["changes", "follow_ups", "halts", "lists", "panel", "rounds", "views"]
