"""The pages of paper templates on the district of the studio, with one letter deployed and one draft of it."""

import pytest

from app.services.issuing import template_drafts
from tests.studio.letters import deploy, letter
from tests.web_studio.conftest import statements, studio
from tests.web_studio.studio import Studio

__all__ = ["desk", "statements", "studio"]


@pytest.fixture
def desk(studio: Studio) -> Studio:  # the fixture of the studio is what this one stands on
    """Return the studio with a letter (version 1) and a draft of it (draft 1) of the first administrator."""
    studio.house.deploy_small()
    version_id = deploy(studio.house, letter())
    template_drafts.start_from_version(studio.house.context, actor=studio.house.actor("admin"), version_id=version_id)
    return studio
