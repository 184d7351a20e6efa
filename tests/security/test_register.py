"""The register of certificates, and the hands that keep it."""

import pytest

from app.persistence import models as m
from tests.web.house import post
from tests.web_rounds.world import IDS, World


@pytest.mark.parametrize("change", ["reissue", "void"])
def test_nobody_changes_their_own_certificate(world: World, change: str) -> None:
    certificate = world.certificate(world.nominee(world.round(), 1), holder="bureau_handler")
    sent = {"name": "另一个人", "reason": "姓名印错"}
    answer = post(world.client("bureau_handler"), f"/certificates/{certificate.id}/{change}", **sent)
    assert (answer.status_code, "应由其他人办理" in answer.get_data(as_text=True)) == (403, True)
    assert [row.state for row in world.all(m.Certificate)] == ["valid"]


def test_the_nominating_unit_does_not_change_it_by_a_second_role(world: World) -> None:
    certificate = world.certificate(world.nominee(world.round(), 1), number=900)
    world.add(m.RoleGrant(user_id=IDS["nominating_unit"], role="document_officer", unit_id=1))
    sent = {"name": "另一个人", "reason": "姓名印错"}
    assert post(world.client("nominating_unit"), f"/certificates/{certificate.id}/reissue", **sent).status_code == 403
    assert post(world.client("document_officer"), f"/certificates/{certificate.id}/reissue", **sent).status_code == 303
