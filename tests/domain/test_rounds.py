"""What a round decides for itself, and which plans are refused."""

import json
from dataclasses import replace

import pytest

from app.domain.errors import InvalidValues
from app.domain.rounds import (
    AuthorizationBasis,
    IndexSetting,
    RoundSettings,
    check_plan,
    settings_from_json,
    settings_to_json,
)

GOOD = RoundSettings(nomination_open="2026-03-02", nomination_close="2026-03-30")
BASIS = AuthorizationBasis(approving_body="省表彰办", approved_winners=10, approved_prize_cents=5_000_000)


def test_the_defaults_with_dates_make_a_plan() -> None:
    assert check_plan(GOOD) is None  # type: ignore[func-returns-value]


def test_settings_come_back_from_their_json() -> None:
    changed = replace(GOOD, authorization=BASIS, departments=(3, 4))
    assert settings_from_json(json.loads(json.dumps(settings_to_json(changed)))) == changed


def test_an_unknown_setting_is_a_bug() -> None:
    with pytest.raises(KeyError, match="colour"):
        settings_from_json({"colour": "red"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"indexes": (IndexSetting("A", "技能", "60"), IndexSetting("B", "业绩", "30"))}, "indexes"),
        ({"indexes": (IndexSetting("A", "技能", "60"), IndexSetting("A", "业绩", "40"))}, "indexes"),
        ({"winners": 0}, "winners"),
        ({"panel_size": 6}, "panel_size"),
        ({"panel_size": 3}, "panel_size"),
        ({"inspection_share": "1.1"}, "inspection_share"),
        ({"shortlist_ratio": "0.9"}, "shortlist_ratio"),
        ({"nomination_close": "2026-03-01"}, "nomination_close"),
        ({"nomination_close": ""}, "nomination_close"),
        ({"authorization": BASIS, "winners": 11}, "winners"),
        ({"authorization": BASIS, "prize_cents": 5_000_001}, "prize_yuan"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_at_its_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidValues) as refused:
        check_plan(replace(GOOD, **changes))  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]


def test_weights_that_do_not_sum_to_100_say_what_they_sum_to() -> None:
    with pytest.raises(InvalidValues) as refused:
        check_plan(replace(GOOD, indexes=(IndexSetting("A", "技能", "60"), IndexSetting("B", "业绩", "30.5"))))
    assert "90.5" in refused.value.fields["indexes"]
