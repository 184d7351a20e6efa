"""What the policy leaves open, as fields of a round: numbers, weights, days and money, each with the handbook's default."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.errors import InvalidValues
from app.domain.scoring import ScoringIndex, check_weights


@dataclass(frozen=True)
class AuthorizationBasis:
    """The approval that a commendation needs (domain handbook, section 0 (2)); without it nothing is published."""

    approving_body: str = ""
    document_number: str = ""
    approved_on: str = ""
    scope: str = ""
    approved_winners: int = 0
    approved_prize_cents: int = 0


@dataclass(frozen=True)
class IndexSetting:
    """One scoring index: code, name, points (decimal text), anchors for the experts (domain handbook 1.9)."""

    code: str
    name: str
    points: str
    help: str = ""


@dataclass(frozen=True)
class RareCharacter:
    """A character of a name that the tables lack: its strokes (1 横 2 竖 3 撇 4 点 5 折), and a common one that is read the same."""

    character: str
    strokes: str = ""
    reading: str = ""


DEADLINES = {"nomination_close": "申报截止", "notice_end": "公示期满"}
"""The moments that a round sets for itself, by the name under which diagrams ask for them, with their titles."""
DEFAULT_INDEXES = (
    IndexSetting("A", "技能水平", "25", "证书等级 10 分，绝招绝技与难度 10 分，行业地位 5 分"),
    IndexSetting("B", "业绩贡献", "25", "解决难题 10 分，经济社会效益 10 分，质量安全 5 分"),
    IndexSetting("C", "创新成果", "20", "专利、标准、操作法、获奖；发明专利高于实用新型高于企业内部成果"),
    IndexSetting("D", "传承带徒", "15", "带徒 8 分，工作室与培训 7 分；看徒弟晋级人数"),
    IndexSetting("E", "荣誉与竞赛", "10", "同类只计最高一项；国家级高于省级高于市级高于区级"),
    IndexSetting("F", "工匠精神与职业道德", "5", "爱岗敬业、从业年限与口碑"),
)


@dataclass(frozen=True)
class RoundSettings:
    """Everything that a round decides for itself. Days are working days, money is cents, shares and ratios are decimal text.

    0 as `occupation_cap` or `lifetime_awards_max` means that there is no such limit. `window_reason` says why nominations are open for
    fewer than `window_days_min` working days.
    """

    authorization: AuthorizationBasis = field(default_factory=AuthorizationBasis)
    winners: int = 10
    prize_cents: int = 0
    fund_source: str = "talent"
    tax_rate_percent: str = "20"
    tax_borne_by: str = "recipient"
    nomination_open: str = ""
    nomination_close: str = ""
    cutoff_date: str = ""
    employer_notice_days: int = 5
    preliminary_days: int = 5
    supplement_days: int = 5
    review_days: int = 5
    department_days: int = 5
    acceptance_days: int = 2
    scoring_days: int = 3
    inspection_days: int = 15
    objection_days: int = 15
    notice_days: int = 5
    notice_counting: str = "exclusive"
    document_days: int = 10
    planning_days: int = 10
    panel_days: int = 3
    acceptance_grace_days: int = 1
    absence_days: int = 1
    proposal_days: int = 10
    publication_days: int = 2
    approval_days: int = 20
    objection_accept_days: int = 1
    hearing_days: int = 3
    objection_extension_days: int = 15
    account_days: int = 5
    payment_days: int = 20
    archive_days: int = 30
    window_days_min: int = 20
    window_reason: str = ""
    self_nomination: bool = True
    indexes: tuple[IndexSetting, ...] = DEFAULT_INDEXES
    panel_size: int = 7
    panel_reserves: int = 2
    minimum_sheets: int = 3
    deviation_limit: str = "15"
    shortlist_ratio: str = "1.5"
    inspection_members: int = 2
    inspection_share: str = "0.25"
    tie_break_indexes: int = 3
    tie_break: tuple[str, ...] = ("A", "B", "C", "frontline_years")
    sort_by: str = "strokes"
    frontline_years_min: int = 5
    insurance_years_min: int = 2
    max_age_male: int = 60
    max_age_female: int = 55
    retirement_delay_years: int = 3
    accident_lookback_years: int = 3
    occupation_cap: int = 4
    lifetime_awards_max: int = 0
    higher_title_excludes: bool = False
    co_author_years: int = 3
    departments: tuple[int, ...] = ()
    department_countersign: bool = False
    management_years: int = 5
    rare: tuple["RareCharacter", ...] = ()
    certificate_prefix: str = "LKGGJ"
    certificate_template: str = "certificate"
    decision_org_code: str = "东发"
    contact_name: str = "东西湖区人力资源和社会保障局职业能力建设科"
    contact_phone: str = ""
    contact_address: str = ""
    contact_email: str = ""


def settings_from_json(document: Mapping[str, Any]) -> RoundSettings:
    """Build settings from their stored JSON; unknown keys are a bug of ours and raise `KeyError`."""
    known = {item.name for item in fields(RoundSettings)}
    unknown = set(document) - known
    if unknown:
        raise KeyError(f"unknown round settings: {sorted(unknown)}")
    values = dict(document)
    if "authorization" in values:
        values["authorization"] = AuthorizationBasis(**values["authorization"])
    if "indexes" in values:
        values["indexes"] = tuple(IndexSetting(**item) for item in values["indexes"])
    if "rare" in values:
        values["rare"] = tuple(RareCharacter(**item) for item in values["rare"])
    for name in ("tie_break", "departments"):
        if name in values:
            values[name] = tuple(values[name])
    return RoundSettings(**values)


def settings_to_json(settings: RoundSettings) -> dict[str, Any]:
    """Return the settings as JSON values, the inverse of `settings_from_json`."""
    return asdict(settings)


def with_changes(settings: RoundSettings, **changes: Any) -> RoundSettings:
    """Return a copy with some fields changed."""
    return replace(settings, **changes)


def check_plan(settings: RoundSettings) -> None:
    """Refuse a plan that cannot be carried out; `InvalidValues` names every field that has to change.

    The form of the plan knows the limits of the policy (days of notice, weights); here stands what the computing needs: a trimmed
    mean drops two sheets, so that a panel is odd and of five at least. The limits of the authorisation bind the plan: winners and
    prize may not exceed what was approved (handbook, section 0 (2)).
    """
    wrong: dict[str, str] = {}
    basis = settings.authorization
    try:
        check_weights([ScoringIndex(index.code, index.name, Decimal(index.points), index.help) for index in settings.indexes])
    except InvalidValues as error:
        wrong["indexes"] = error.message
    if basis.approved_winners and settings.winners > basis.approved_winners:
        wrong["winners"] = f"评选名额 {settings.winners} 人超过批准的 {basis.approved_winners} 人。请减少名额或先取得新的批准。"
    if basis.approved_prize_cents and settings.prize_cents > basis.approved_prize_cents:
        wrong["prize_yuan"] = "奖金标准超过批准文件核定的标准。请调低奖金或先取得新的批准。"
    if settings.winners < 1:
        wrong["winners"] = "评选名额至少 1 人。"
    if settings.panel_size < 5 or settings.panel_size % 2 == 0:
        wrong["panel_size"] = "专家组人数应为单数，且不少于 5 人。"
    if not Decimal(0) <= Decimal(settings.inspection_share) <= Decimal(1):
        wrong["inspection_share"] = "实地考察所占比例应在 0 到 1 之间。"
    if Decimal(settings.shortlist_ratio) < 1:
        wrong["shortlist_ratio"] = "入围考察比例不得小于 1。"
    if not _dates_in_order(settings.nomination_open, settings.nomination_close):
        wrong["nomination_close"] = "申报截止日期应晚于申报开始日期。"
    if wrong:
        raise InvalidValues("round.plan", "评选方案有需要修改的地方，已填内容没有丢失。", fields=wrong)


def _dates_in_order(first: str, second: str) -> bool:
    if not first or not second:
        return bool(second)
    return date.fromisoformat(first) < date.fromisoformat(second)
