"""The studio of procedures: drafts and their editors, deployment, versions, the live view, migrations, rehearsals; and paper templates."""

from app.web.studio import (
    data,
    deploying,
    editors,
    house_rules,
    lists,
    live,
    migrations,
    panel_writes,
    rehearsals,
    settings,
    template_deploying,
    template_editor,
    template_pages,
    versions,
)
from app.web.studio.group import drafts_data, studio
from app.web.studio.template_group import templates, templates_data

__all__ = [
    "data", "deploying", "drafts_data", "editors", "house_rules", "lists", "live", "migrations", "panel_writes", "rehearsals", "settings", "studio",
    "template_deploying", "template_editor", "template_pages", "templates", "templates_data", "versions",
]  # fmt: skip
