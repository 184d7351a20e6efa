"""Requests that no page sends: numbers out of all bounds, and numbers that are read twice."""

import pytest

from app.persistence import models as m
from tests.web.house import post
from tests.web_rounds.world import World

HUGE = "9" * 30


@pytest.mark.parametrize(
    "path", ["/cases/{}", "/work-items/{}", "/attachments/{}", "/certificates/{}", "/rounds/{}", "/public/notices/{}"]
)
def test_a_number_that_no_database_holds_is_not_found(world: World, path: str) -> None:
    assert world.client("bureau_handler").get(path.format(HUGE)).status_code == 404


@pytest.mark.parametrize("page", [HUGE, "1" * 5000])
def test_a_page_number_out_of_all_bounds_is_the_last_page(world: World, page: str) -> None:
    assert world.client("bureau_handler").get(f"/search?page={page}").status_code == 200


def test_a_role_in_a_unit_out_of_all_bounds_is_refused(world: World) -> None:
    assert post(world.client("security_admin"), "/admin/roles/5", role="expert", unit=HUGE).status_code == 422


@pytest.mark.parametrize("who", ["nominating_unit", "candidate"])
def test_a_unit_out_of_all_bounds_nominates_nobody(world: World, who: str) -> None:
    world.round(self_nomination=True)
    channel = "self" if who == "candidate" else "employer"
    assert post(world.client(who), "/rounds/1/nominate", channel=channel, unit="9" * 20).status_code == 422


def test_an_account_in_a_unit_out_of_all_bounds_is_refused(world: World) -> None:
    sent = {"username": "somebody", "name": "张三", "unit": HUGE}
    assert post(world.client("system_admin"), "/admin/accounts/new", **sent).status_code == 422


@pytest.mark.parametrize("places", ["00201234", "²", "٣", HUGE])
def test_a_quota_is_what_was_checked(world: World, places: str) -> None:
    world.round()
    sent = {"unit": "2", "places": places, "reason": "依据"}
    assert post(world.client("bureau_leader"), "/rounds/1/quota", **sent).status_code == 422


@pytest.mark.parametrize("unit", ["0000000021", "²", HUGE])
def test_a_quota_goes_to_the_unit_that_was_checked(world: World, unit: str) -> None:
    world.round()
    assert post(world.client("bureau_leader"), "/rounds/1/quota", unit=unit, places="1", reason="依据").status_code == 422


def test_the_number_of_a_round_is_what_was_checked(world: World) -> None:
    sent = {"procedure": "linkonggang-artisan", "title": "第一届", "year": "2026", "round_no": "000001" + "9" * 30}
    assert post(world.client("bureau_handler"), "/rounds", **sent).status_code == 422
    assert world.all(m.SelectionRound) == []


def test_a_network_of_many_addresses_counts_as_one(world: World) -> None:
    def ask(address: str) -> int:
        return world.client().post("/public/verify", environ_overrides={"REMOTE_ADDR": address}).status_code

    codes = [ask(f"2001:db8:1:2::{number:x}") for number in range(1, 12)]
    assert codes == [422] * 10 + [429]
    assert (ask("2001:db8:1:3::1"), ask("192.0.2.1"), ask("::ffff:192.0.2.2")) == (422, 422, 422)
