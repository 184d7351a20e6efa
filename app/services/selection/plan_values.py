"""The plan's form and the settings of a round: one and the other way."""

from collections.abc import Mapping
from typing import Any

from app.domain.errors import InvalidValues
from app.domain.fields import Value, Values
from app.domain.money import parse_yuan, yuan
from app.domain.rounds import IndexSetting, RoundSettings, with_changes
from app.services.casework.form_values import day, flag, ids, number, refusal, rows, text, whole

_WHOLE = (
    "winners", "employer_notice_days", "preliminary_days", "supplement_days", "review_days", "department_days", "acceptance_days",
    "scoring_days", "inspection_days", "objection_days", "notice_days", "document_days", "panel_size", "panel_reserves",
    "minimum_sheets", "inspection_members", "tie_break_indexes", "frontline_years_min", "insurance_years_min", "max_age_male", "max_age_female",
)  # fmt: skip
_LATER = (
    "planning_days", "panel_days", "acceptance_grace_days", "absence_days", "proposal_days", "publication_days",
    "approval_days", "objection_accept_days", "hearing_days", "objection_extension_days", "account_days", "payment_days",
    "archive_days", "window_days_min", "retirement_delay_years", "accident_lookback_years", "occupation_cap",
    "lifetime_awards_max", "co_author_years", "management_years",
)  # fmt: skip
"""Numbers that the plan did not ask for in its first form: a round whose form is older keeps what it has."""
_EXACT = ("tax_rate_percent", "deviation_limit", "shortlist_ratio", "inspection_share")
_TEXTS = (
    "fund_source", "tax_borne_by", "notice_counting", "sort_by", "certificate_prefix", "decision_org_code", "contact_name",
    "contact_phone", "contact_address", "contact_email",
)  # fmt: skip
_DESIGN = "certificate_template"
_WINDOW, _SWITCHES = "window_reason", ("higher_title_excludes", "department_countersign")
_DAYS = ("nomination_open", "nomination_close", "cutoff_date")


def plan_settings(settings: RoundSettings, values: Values) -> RoundSettings:
    """Return the settings with everything that the plan's form holds; `InvalidValues` for what is no number, day or amount."""
    changes: dict[str, Any] = {key: whole(values, key) for key in _WHOLE}
    changes |= {key: whole(values, key) for key in _LATER if values.get(key) is not None}
    changes |= {key: text(values, key) for key in (_WINDOW,) if key in values}
    changes |= {key: flag(values, key) for key in _SWITCHES if key in values}
    changes |= {key: str(_exact(values, key)) for key in _EXACT}
    changes |= {key: text(values, key) for key in _TEXTS}
    changes |= {key: day(values, key).isoformat() for key in _DAYS}
    indexes = tuple(
        IndexSetting(text(row, "code"), text(row, "name"), str(_exact(row, "points")), text(row, "help"))
        for row in rows(values, "indexes")
    )
    changes |= {
        "prize_cents": yuan_cents(values, "prize_yuan"),
        "self_nomination": flag(values, "self_nomination"),
        "departments": tuple(ids(values, "departments")),
        "indexes": indexes,
        # A round whose form is older than the choice keeps the design that it has.
        _DESIGN: text(values, _DESIGN) or settings.certificate_template,
        # Ties are broken by the first indexes in their order, then by years at the front line (domain handbook 1.9).
        "tie_break": (*(index.code for index in indexes[: whole(values, "tie_break_indexes")]), "frontline_years"),
    }
    return with_changes(settings, **changes)


def plan_values(settings: RoundSettings) -> dict[str, Value]:
    """Return what the plan's form shows for these settings."""
    values: dict[str, Value] = {
        key: getattr(settings, key) for key in (*_WHOLE, *_LATER, *_EXACT, *_TEXTS, *_DAYS, _DESIGN, _WINDOW)
    }
    values |= {
        "self_nomination": settings.self_nomination,
        **{key: getattr(settings, key) for key in _SWITCHES},
        "departments": [str(unit_id) for unit_id in settings.departments],
        "indexes": [
            {"code": each.code, "name": each.name, "points": each.points, "help": each.help} for each in settings.indexes
        ],
    }
    if settings.prize_cents:
        values["prize_yuan"] = yuan(settings.prize_cents)
    return {key: value for key, value in values.items() if value not in ("", [])}


def yuan_cents(values: Mapping[str, Value], key: str) -> int:
    """Return an amount of money in cents; the sentence of the refusal stands at its field."""
    try:
        return parse_yuan(text(values, key))
    except InvalidValues as error:
        raise refusal(key, error.message, code=error.code) from None


def _exact(values: Mapping[str, Value], key: str) -> Any:
    found = number(values, key)
    if found is None:
        raise refusal(key, "请填写数字。")
    return found
