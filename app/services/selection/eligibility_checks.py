"""The eligibility clauses as the reviewer sees them: text, and what the machine found beside each."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from app.domain.eligibility import CheckResult, EligibilitySettings, NomineeFactsForCheck, PostCategory, check_all
from app.domain.eligibility_rules import DEFAULT_RULES, EligibilityRule
from app.domain.fields import Value
from app.domain.identifiers import Sex, parse_id_number
from app.domain.rounds import RoundSettings
from app.domain.skill_levels import SkillLevel, TitleGrade
from app.formkit.sources import SourceItem
from app.persistence.models import Certificate, Nomination, Submission
from app.services.casework.case_work import CaseWork
from app.services.casework.form_values import flag, number, text
from app.services.selection.nominees import nomination_of

_LEVELS = {"L1": SkillLevel.L1, "SPECIAL": SkillLevel.SPECIAL, "CHIEF": SkillLevel.CHIEF}
_GRADES = {"TITLE_DEPUTY": TitleGrade.DEPUTY_SENIOR, "TITLE_FULL": TitleGrade.SENIOR}
_POSTS: dict[str, PostCategory] = {
    "operator": "frontline",
    "team_leader": "workshop_head",
    "workshop_head": "workshop_head",
    "technical_lead": "technical_director",
    "enterprise_head": "enterprise_head",
}
_VERDICTS = {"pass": "系统核对：符合", "fail": "系统核对：不符合", "manual": "需人工核对", "warn": "请注意"}
_LAST = (
    select(Submission.values_json)
    .where(Submission.case_id == bindparam("case_id"), Submission.form_key == bindparam("form"))
    .order_by(Submission.id.desc())
    .limit(1)
)
_TITLES = (
    select(func.count())
    .select_from(Certificate)
    .join(Nomination, Nomination.case_id == Certificate.case_id)
    .where(
        Nomination.person_id == bindparam("person_id"),
        Certificate.round_id != bindparam("round_id"),
    )
)
_SAME_OCCUPATION = (
    select(func.count())
    .select_from(Nomination)
    .where(
        Nomination.round_id == bindparam("round_id"),
        Nomination.active.is_(True),
        Nomination.occupation == bindparam("occupation"),
    )
)
_COUNTS = select(
    _TITLES.where(Certificate.state == "valid").scalar_subquery(),
    _TITLES.where(Certificate.state == "revoked").scalar_subquery(),
    _SAME_OCCUPATION.scalar_subquery(),
)


def clause_items(work: CaseWork) -> Sequence[SourceItem]:
    """Return the clauses; the help text says what proves each, where it comes from, and what the machine answers.

    Three statements, and none before a nomination exists.
    """
    results = {result.rule_id: result for result in machine_results(work)}
    return [
        SourceItem(
            rule.rule_id, f"{rule.rule_id} {rule.title}", f"{rule.text}{_ground(rule)}　{_shown(results.get(rule.rule_id))}"
        )
        for rule in DEFAULT_RULES
    ]


def _ground(rule: EligibilityRule) -> str:
    proof = f"核对材料：{'、'.join(rule.evidence)}。" if rule.evidence else ""
    return f"{proof}依据：{rule.basis}。"


def _shown(result: CheckResult | None) -> str:
    return f"【{_VERDICTS[result.verdict]}】{result.sentence}" if result else ""


def machine_results(work: CaseWork) -> list[CheckResult]:
    """Return what the machine can say to every clause about the nominee of the case under way."""
    nomination = nomination_of(work)
    filled = last_submission(work, "nomination")
    facts = _facts(work, nomination, filled)
    return check_all(DEFAULT_RULES, facts=facts, settings=_limits(work.settings))


def last_submission(work: CaseWork, form_key: str) -> dict[str, Value]:
    """Return what was last filled into a form of the case, empty before the first time (one statement)."""
    found = work.tx.session.scalar(_LAST, {"case_id": work.case.id, "form": form_key})
    return dict(json.loads(found)) if found else {}


def _limits(settings: RoundSettings) -> EligibilitySettings:
    return EligibilitySettings(
        insurance_years_min=settings.insurance_years_min,
        frontline_years_min=settings.frontline_years_min,
        max_age_male=settings.max_age_male,
        max_age_female=settings.max_age_female,
        retirement_delay_years=settings.retirement_delay_years,
        accident_lookback_years=settings.accident_lookback_years,
        higher_title_excludes=settings.higher_title_excludes,
        max_lifetime_awards=settings.lifetime_awards_max or None,
        per_occupation_cap=settings.occupation_cap or None,
    )


def _facts(work: CaseWork, nomination: Nomination, filled: Mapping[str, Value]) -> NomineeFactsForCheck:
    person, settings = nomination.person, work.settings
    cut_off = date.fromisoformat(settings.cutoff_date) if settings.cutoff_date else work.tx.today
    insured = number(filled, "insurance_years")
    earlier, revoked, same_occupation = _counts(work, nomination)
    return NomineeFactsForCheck(
        cut_off=cut_off,
        birth=person.birth,
        sex=Sex(person.sex) if person.sex else None,
        id_kind=parse_id_number(person.id_number, today=work.tx.today).kind,
        insured_months=None if insured is None else int(insured * 12),
        employer_in_district=nomination.employer.parent_id is not None,
        skill_level=_LEVELS.get(nomination.skill_level),
        title_grade=_GRADES.get(nomination.skill_level),
        certificate_number=text(filled, "certificate_number"),
        frontline_years=Decimal(nomination.frontline_years),
        post=_POSTS.get(text(filled, "post_category")),
        same_title_earlier=earlier > 0,
        same_title_revoked=revoked > 0,
        same_occupation_in_round=same_occupation,
        declared_true=flag(filled, "unit_declaration"),
    )


def _counts(work: CaseWork, nomination: Nomination) -> tuple[int, int, int]:
    """Return how many titles of earlier rounds the person holds, how many were revoked, and how many open nominees of the round
    share the occupation (one statement).
    """
    about = {"person_id": nomination.person_id, "round_id": nomination.round_id, "occupation": nomination.occupation}
    titles, revoked, same = work.tx.session.execute(_COUNTS, about).one()
    return int(titles), int(revoked), int(same)
