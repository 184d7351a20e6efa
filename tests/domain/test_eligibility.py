"""The catalogue E1 to E14 and what a machine can say to it (handbook 1.2, 2.1)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.eligibility import (
    POST_TITLES,
    EligibilitySettings,
    NomineeFactsForCheck,
    check_all,
    full_years,
    machine_check,
)
from app.domain.eligibility_rules import DEFAULT_RULES
from app.domain.identifiers import Sex
from app.domain.skill_levels import SKILL_LEVEL_TITLES, SkillLevel, TitleGrade, level_of_certificate_digit

SETTINGS = EligibilitySettings()
CUT_OFF = date(2026, 12, 31)
L1_CERTIFICATE = "Y000042000001231000001"
WELDER = NomineeFactsForCheck(
    cut_off=CUT_OFF,
    birth=date(1985, 1, 1),
    sex=Sex.MALE,
    id_kind="resident",
    insured_months=120,
    employer_in_district=True,
    employer_in_default=False,
    skill_level=SkillLevel.L1,
    certificate_number=L1_CERTIFICATE,
    frontline_years=Decimal("18.5"),
    post="frontline",
    same_title_earlier=False,
    declared_true=True,
)


def verdict(rule_id: str, settings: EligibilitySettings = SETTINGS, **changes: object) -> str:
    return machine_check(rule_id, facts=replace(WELDER, **changes), settings=settings).verdict  # type: ignore[arg-type]


def test_catalogue_is_complete_and_every_rule_can_be_checked() -> None:
    assert [rule.rule_id for rule in DEFAULT_RULES] == [f"E{number}" for number in range(1, 15)]
    results = check_all(DEFAULT_RULES, facts=WELDER, settings=SETTINGS)
    assert {each.rule_id for each in results if each.verdict != "pass"} == {"E9", "E10", "E11"}
    assert all(each.sentence.endswith("。") for each in results)


def test_nothing_known_is_never_a_pass_or_a_refusal() -> None:
    unknown = NomineeFactsForCheck(cut_off=CUT_OFF)
    results = check_all(DEFAULT_RULES, facts=unknown, settings=SETTINGS)
    assert {each.rule_id for each in results if each.verdict != "manual"} == {"E2", "E13"}


@pytest.mark.parametrize(
    ("rule_id", "changes", "expected"),
    [
        ("E1", {"id_kind": "hong_kong_macao_taiwan"}, "pass"),
        ("E1", {"id_kind": "foreign_resident"}, "manual"),
        ("E3", {"insured_months": 24}, "pass"),
        ("E3", {"insured_months": 23}, "fail"),
        ("E4", {"employer_in_district": False}, "fail"),
        ("E4", {"employer_in_default": True}, "fail"),
        ("E4", {"employer_in_default": None}, "manual"),
        ("E5", {"skill_level": SkillLevel.L2}, "fail"),
        ("E5", {"skill_level": SkillLevel.L2, "title_grade": TitleGrade.INTERMEDIATE}, "fail"),
        ("E5", {"skill_level": SkillLevel.L2, "title_grade": TitleGrade.DEPUTY_SENIOR}, "pass"),
        ("E5", {"skill_level": None, "title_grade": TitleGrade.SENIOR}, "pass"),
        ("E5", {"skill_level": SkillLevel.CHIEF}, "pass"),
        ("E5", {"certificate_number": "Y000042000001232000001"}, "warn"),
        ("E5", {"certificate_number": "123"}, "warn"),
        ("E5", {"certificate_number": ""}, "warn"),
        ("E6", {"frontline_years": Decimal(5)}, "pass"),
        ("E6", {"frontline_years": Decimal("4.9")}, "fail"),
        ("E8", {"post": "student"}, "fail"),
        ("E8", {"post": "workshop_head"}, "pass"),
        ("E8", {"post": "enterprise_head"}, "warn"),
        ("E12", {"same_title_earlier": True}, "fail"),
        ("E12", {"same_title_earlier": True, "same_title_revoked": True}, "fail"),
        ("E12", {"same_title_revoked": True}, "manual"),
        ("E12", {"holds_higher_title": True}, "pass"),
        ("E13", {"other_applications_in_round": 1}, "fail"),
        ("E13", {"same_occupation_in_round": 4}, "pass"),
        ("E13", {"same_occupation_in_round": 5}, "warn"),
        ("E14", {"declared_true": False}, "manual"),
        ("E14", {"falsehood_found": True}, "fail"),
    ],
)
def test_machine_checks(rule_id: str, changes: dict[str, object], expected: str) -> None:
    assert verdict(rule_id, **changes) == expected


@pytest.mark.parametrize(
    ("birth", "sex", "expected"),
    [
        (date(1967, 1, 1), Sex.MALE, "pass"),
        (date(1966, 12, 31), Sex.MALE, "manual"),
        (date(1963, 12, 31), Sex.MALE, "fail"),
        (date(1972, 1, 1), Sex.FEMALE, "pass"),
        (date(1971, 12, 31), Sex.FEMALE, "manual"),
        (date(1968, 12, 31), Sex.FEMALE, "fail"),
    ],
)
def test_age_on_the_cut_off_date(birth: date, sex: Sex, expected: str) -> None:
    assert verdict("E7", birth=birth, sex=sex) == expected


def test_retired_people_are_refused_at_any_age() -> None:
    assert verdict("E7", retired=True) == "fail"


@pytest.mark.parametrize(
    ("rule_id", "settings", "changes", "expected"),
    [
        ("E1", EligibilitySettings(hmt_residents_allowed=False), {"id_kind": "hong_kong_macao_taiwan"}, "fail"),
        ("E2", EligibilitySettings(local_household_required=True), {"local_household": False}, "fail"),
        ("E2", EligibilitySettings(local_household_required=True), {"local_household": True}, "pass"),
        ("E3", EligibilitySettings(insurance_years_min=4), {"insured_months": 47}, "fail"),
        (
            "E5",
            EligibilitySettings(min_skill_level=SkillLevel.L2),
            {"skill_level": SkillLevel.L2, "certificate_number": "0" * 16},
            "pass",
        ),
        ("E5", EligibilitySettings(min_title_grade=None), {"skill_level": None, "title_grade": TitleGrade.SENIOR}, "fail"),
        ("E7", EligibilitySettings(max_age_male=40, retirement_delay_years=0), {}, "fail"),
        ("E12", EligibilitySettings(higher_title_excludes=True), {"holds_higher_title": True}, "fail"),
        ("E12", EligibilitySettings(max_lifetime_awards=2), {"lifetime_awards": 2}, "fail"),
    ],
)
def test_settings_decide(rule_id: str, settings: EligibilitySettings, changes: dict[str, object], expected: str) -> None:
    assert verdict(rule_id, settings, **changes) == expected


def test_refusal_names_the_numbers() -> None:
    result = machine_check("E3", facts=replace(WELDER, insured_months=10), settings=SETTINGS)
    assert result.sentence.startswith("在区连续参保10个月，不满24个月。")


@pytest.mark.parametrize(("severity", "expected"), [("hard", "fail"), ("waiver", "manual"), ("warning", "warn")])
def test_severity_of_the_round_softens_a_refusal(severity: str, expected: str) -> None:
    rule = replace(next(one for one in DEFAULT_RULES if one.rule_id == "E6"), severity=severity)  # type: ignore[arg-type]
    (result,) = check_all([rule], facts=replace(WELDER, frontline_years=Decimal(1)), settings=SETTINGS)
    assert result.verdict == expected


def test_unknown_rule_is_a_bug() -> None:
    with pytest.raises(KeyError):
        machine_check("E99", facts=WELDER, settings=SETTINGS)


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        (date(1992, 2, 29), date(2026, 2, 28), 33),
        (date(1992, 2, 29), date(2026, 3, 1), 34),
        (date(1990, 5, 5), date(2026, 5, 5), 36),
    ],
)
def test_full_years(birth: date, day: date, years: int) -> None:
    assert full_years(birth, until=day) == years


def test_levels_are_ordered_and_all_have_names() -> None:
    assert SkillLevel.APPRENTICE < SkillLevel.L5 < SkillLevel.L1 < SkillLevel.SPECIAL < SkillLevel.CHIEF
    assert set(SKILL_LEVEL_TITLES) == set(SkillLevel)
    assert [level_of_certificate_digit(digit) for digit in (1, 5)] == [SkillLevel.L1, SkillLevel.L5]
    with pytest.raises(ValueError, match="digit"):
        level_of_certificate_digit(6)


def test_every_post_has_a_name() -> None:
    assert (SETTINGS.excluded_posts | SETTINGS.flagged_posts) <= POST_TITLES.keys()
