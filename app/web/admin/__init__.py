"""Pages of the administrators: units, accounts, roles, calendar, audit, stranded work, incidents, versions."""

from app.web.admin import accounts, audit, calendar, grants, mending, units
from app.web.admin.group import admin
from app.web.admin.procedures import procedures

__all__ = ["accounts", "admin", "audit", "calendar", "grants", "mending", "procedures", "units"]
