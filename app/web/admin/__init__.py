"""Pages of the administrators: units, accounts, roles, calendar, audit, stranded work, incidents."""

from app.web.admin import accounts, audit, calendar, grants, mending, units
from app.web.admin.group import admin

__all__ = ["accounts", "admin", "audit", "calendar", "grants", "mending", "units"]
