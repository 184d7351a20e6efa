"""The studio of procedures: drafts and their editors, deployment, versions, the live view, migrations, rehearsals."""

from app.web.studio import data, deploying, editors, house_rules, lists, live, migrations, rehearsals, settings, versions
from app.web.studio.group import drafts_data, studio

__all__ = [
    "data", "deploying", "drafts_data", "editors", "house_rules", "lists", "live", "migrations", "rehearsals", "settings", "studio", "versions",
]  # fmt: skip
