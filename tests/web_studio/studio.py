"""An application around a house of the studio, with browsers that are logged in and verbs for drafts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.services.studio import drafts
from app.services.versions import draft_view
from tests.applications import csrf, enter, lent_application, settings
from tests.studio.house import House
from tests.studio.small import as_bytes, small


@dataclass
class Studio:
    """The application and its house."""

    app: Flask
    house: House

    def client(self, name: str = "admin") -> FlaskClient:
        """Return a browser with a session of one of the people."""
        browser = self.app.test_client()
        enter(browser, self.house.context, self.house.users[name])
        return browser

    def draft(self, who: str = "admin", **changes: Any) -> int:
        """Begin a draft of the small procedure; return its id."""
        return drafts.start_from_files(self.house.context, actor=self.house.actor(who), files=small(**changes))

    def changed(self, draft_id: int, **changes: Any) -> None:
        """Save changes of files, named as `small` names them, into a draft."""
        files = {
            name.replace("__", ".").replace("_", "/"): None if one is None else as_bytes(one) for name, one in changes.items()
        }
        actor, expected = self.house.actor("admin"), self.opened(draft_id).revision
        drafts.save(self.house.context, actor=actor, draft_id=draft_id, expected=expected, changes=files)

    def opened(self, draft_id: int) -> draft_view.OpenDraft:
        """Return a draft as it is now."""
        return draft_view.open_draft(self.house.context, actor=self.house.actor("admin"), draft_id=draft_id)


def send(browser: FlaskClient, method: str, path: str, **body: Any) -> Any:
    """Send JSON as the editors do."""
    headers = {"X-CSRFToken": csrf(browser), "Accept": "application/json"}
    return browser.open(path, method=method, json=body, headers=headers)


def make_studio(house: House, folder: Path) -> Studio:
    """Put the application around a house."""
    return Studio(lent_application(settings(folder), house.context), house)
