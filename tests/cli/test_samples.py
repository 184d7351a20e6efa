"""The sample data are like life: valid numbers, rare names, different deeds; loading them twice changes nothing."""

import io
from datetime import date
from itertools import combinations

import pytest
from flask import Flask
from PIL import Image

from app.cli import demo
from app.cli.rehearsal import acts_spread
from app.cli.samples import files, people
from app.cli.samples.loading import DEMO_PASSWORD, load_samples
from app.domain.identifiers import parse_bank_card, parse_id_number, parse_mobile, parse_skill_certificate, parse_uscc
from app.domain.names import clean_name, namesakes
from app.domain.passwords import check_password

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize("nominee", people.nominees(), ids=lambda nominee: nominee.key)
def test_numbers_of_nominees_are_valid(nominee: people.Nominee) -> None:
    number = parse_id_number(nominee.id_number, today=TODAY)
    assert number.birth == nominee.birth and number.sex.value == nominee.sex
    assert nominee.id_number[14:17] in {"999", "998"}  # given to people of a hundred years only
    assert parse_mobile(nominee.mobile) == nominee.mobile and parse_bank_card(nominee.bank_account).luhn_ok
    assert parse_skill_certificate(nominee.certificate_number).warnings == ()


def test_units_are_those_of_the_district() -> None:
    units = people.units()
    kinds = [unit.kind for unit in units]
    assert (kinds.count("street"), kinds.count("industry_office"), kinds.count("employer")) == (12, 7, 16)
    assert all(not parse_uscc(unit.uscc).warnings for unit in units if unit.uscc)
    assert all("占位" in unit.name for unit in units if unit.kind == "industry_office")


def test_every_expert_works_somewhere_and_those_from_outside_for_nobody_who_nominates() -> None:
    kinds = {unit.code: unit.kind for unit in people.units()}
    at = [kinds[expert.employer or ""] for expert in people.experts()]
    assert set(at) == {"employer", "outside"} and at.count("outside") == 12


def test_names_test_the_papers() -> None:
    names = [nominee.name for nominee in people.nominees()]
    assert len(names) >= 30 and all(clean_name(name) == name for name in names)
    assert all(any(character in name for name in names) for character in "㼆𪟝𬱖𨱏·")
    assert namesakes(names) == {"王伟"} and {"欧阳建国", "司马云"} <= set(names)


def test_deeds_are_as_long_as_life_wants_them() -> None:
    for nominee in people.nominees():
        assert 440 <= len(nominee.facts["brief"]) <= 500 and 1850 <= len(nominee.facts["full"]) <= 2000, nominee.key
        paragraphs = nominee.facts["full"].split("\n\n")
        assert len(set(paragraphs)) == len(paragraphs) >= 12 and "{" not in nominee.facts["full"], nominee.key


def test_deeds_are_each_persons_own() -> None:
    deeds = [nominee.facts["full"] for nominee in people.nominees()]
    pieces = [{deed[place : place + 12] for place in range(len(deed) - 12)} for deed in deeds]
    shared = [len(one & other) / min(len(one), len(other)) for one, other in combinations(pieces, 2)]
    assert max(shared) < 0.3 and sum(shared) / len(shared) < 0.12


def test_rounds_under_way_have_people_of_their_own() -> None:
    first = {nominee.key for nominee in people.nominees()[:30]}
    assert not first & {*demo.JUDGED, *demo.SPREAD_OUT} and not set(demo.JUDGED) & set(demo.SPREAD_OUT)
    assert len(demo.SPREAD_OUT) == len(acts_spread.DESKS)


@pytest.mark.parametrize("field", ["photo", "certificate_file", "id_copy", "labor_contract", "notice_statement", "honor_files"])
def test_files_are_real_and_repeatable(field: str) -> None:
    nominee = people.nominees()[0]
    name, content = files.material(nominee, field)
    assert 10_000 < len(content) < 300_000
    files.photographed.cache_clear()
    files.scanned.cache_clear()
    assert files.material(nominee, field) == (name, content)
    if name.endswith(".jpg"):
        assert Image.open(io.BytesIO(content)).format == "JPEG"
    else:
        assert content.startswith(b"%PDF-")


def test_every_role_of_the_diagram_is_held() -> None:
    held = {role for account in (*people.staff(), *people.expert_accounts()) for role in account.roles}
    assert len(held) == 23  # all but the candidate's, which a nomination brings
    for account in people.account_facts():
        check_password(DEMO_PASSWORD, username=account.username)


def test_a_deployment_has_somebody_to_confirm_it() -> None:
    assert len([account for account in people.staff() if "process_admin" in account.roles]) == 2


def test_loading_twice_changes_nothing(house: Flask) -> None:
    again = load_samples(house.extensions["gongjiang"])
    assert (again.units, again.accounts, again.experts, again.years) == (0, 0, 0, 0)
