"""What a second person confirms is looked at point by point, and who handled a nomination does not investigate it."""

import pytest

from app.domain.errors import InvalidValues
from tests.services import filled
from tests.services.steps import propose
from tests.services.steps import to_the_list as the_list
from tests.services.world import World


def test_nothing_is_published_before_every_point_is_ticked(listed: World) -> None:
    _, _, nominees = the_list(listed)
    propose(listed, nominees[1])
    listed.do("handler", "draft_notice", {})
    with pytest.raises(InvalidValues) as refused:
        listed.do("publisher", "review_notice", {**filled.PUBLISH, "privacy_items": filled.PRIVATE[:-1]})
    assert set(refused.value.fields) == {"privacy_items"}


def test_a_return_needs_no_ticks(listed: World) -> None:
    _, _, nominees = the_list(listed)
    propose(listed, nominees[1])
    listed.do("handler", "draft_notice", {})
    listed.do("publisher", "review_notice", {"opinion": "有电话号码", "notice_decision": "return"})
    assert listed.item("draft_notice")
