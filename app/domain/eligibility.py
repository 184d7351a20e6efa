"""What a machine can see of the eligibility clauses; every other answer is left to people (domain handbook 1.2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from app.domain.eligibility_rules import EligibilityRule
from app.domain.identifiers import IdKind, Sex, parse_skill_certificate
from app.domain.skill_levels import SKILL_LEVEL_TITLES, TITLE_GRADE_TITLES, SkillLevel, TitleGrade, level_of_certificate_digit

Verdict = Literal["pass", "fail", "manual", "warn"]

PostCategory = Literal[
    "frontline",
    "workshop_head",
    "technical_director",
    "engineer",
    "manager",
    "clerical",
    "enterprise_head",
    "public_servant",
    "student",
]

POST_TITLES: dict[str, str] = {
    "frontline": "技能操作岗位",
    "workshop_head": "车间（班组）负责人",
    "technical_director": "技术负责人",
    "engineer": "工程技术岗位",
    "manager": "管理岗位",
    "clerical": "财务、行政、销售、人事等职能岗位",
    "enterprise_head": "企业负责人",
    "public_servant": "机关事业单位工作人员",
    "student": "在校学生",
}


@dataclass(frozen=True)
class EligibilitySettings:
    """The numbers of a round. Years are full years on the cut-off date; None switches a limit off."""

    hmt_residents_allowed: bool = True
    local_household_required: bool = False
    insurance_years_min: int = 2
    min_skill_level: SkillLevel = SkillLevel.L1
    min_title_grade: TitleGrade | None = TitleGrade.DEPUTY_SENIOR
    frontline_years_min: int = 5
    max_age_male: int = 60
    max_age_female: int = 55
    retirement_delay_years: int = 3  # statutory ages rise step by step since 2025; in this span people look at the case
    excluded_posts: frozenset[str] = frozenset({"engineer", "manager", "clerical", "public_servant", "student"})
    flagged_posts: frozenset[str] = frozenset({"enterprise_head"})
    accident_lookback_years: int = 3
    higher_title_excludes: bool = False
    max_lifetime_awards: int | None = None
    per_occupation_cap: int | None = 4


@dataclass(frozen=True)
class NomineeFactsForCheck:
    """What is known of a nominee on the cut-off date. None means that nobody has said so yet: the answer is then "manual"."""

    cut_off: date
    birth: date | None = None
    sex: Sex | None = None
    id_kind: IdKind | None = None
    local_household: bool | None = None
    insured_months: int | None = None
    employer_in_district: bool | None = None
    employer_in_default: bool | None = None
    skill_level: SkillLevel | None = None
    title_grade: TitleGrade | None = None
    certificate_number: str = ""
    frontline_years: Decimal | None = None
    retired: bool | None = None
    post: PostCategory | None = None
    same_title_earlier: bool | None = None
    same_title_revoked: bool = False
    holds_higher_title: bool = False
    lifetime_awards: int = 0
    other_applications_in_round: int = 0
    same_occupation_in_round: int = 0  # nominees of this occupation, this one included
    declared_true: bool = False
    falsehood_found: bool = False


@dataclass(frozen=True)
class CheckResult:
    """The machine's answer to one rule and the sentence that explains it to applicant and reviewer."""

    rule_id: str
    verdict: Verdict
    sentence: str


_Answer = tuple[Verdict, str]


def machine_check(rule_id: str, *, facts: NomineeFactsForCheck, settings: EligibilitySettings) -> CheckResult:
    """Return what the facts say to a rule of the catalogue (E1 to E14); an unknown id raises KeyError."""
    verdict, sentence = _CHECKS[rule_id](facts, settings)
    return CheckResult(rule_id, verdict, sentence)


def check_all(
    rules: Sequence[EligibilityRule], *, facts: NomineeFactsForCheck, settings: EligibilitySettings
) -> list[CheckResult]:
    """Return one result per rule of a round: not met is "fail" for hard, "manual" for waiver, "warn" for warning rules."""
    softened: dict[str, Verdict] = {"hard": "fail", "waiver": "manual", "warning": "warn"}
    results = []
    for rule in rules:
        result = machine_check(rule.rule_id, facts=facts, settings=settings)
        results.append(replace(result, verdict=softened[rule.severity]) if result.verdict == "fail" else result)
    return results


def full_years(start: date, *, until: date) -> int:
    """Return the full years between two dates, e.g. an age: counted up on the birthday, on 1 March for 29 February."""
    return until.year - start.year - ((until.month, until.day) < (start.month, start.day))


def _nationality(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    if facts.id_kind is None:
        return "manual", "尚未填写证件号码，请填写后再核对。"
    if facts.id_kind == "resident":
        return "pass", "持居民身份证。"
    if facts.id_kind == "hong_kong_macao_taiwan":
        return (
            ("pass", "持港澳台居民居住证，可以申报。")
            if settings.hmt_residents_allowed
            else ("fail", "本轮仅限持居民身份证者申报。")
        )
    return "manual", "持外国人永久居留身份证，须由评审委员会决定是否受理。"


def _household(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    if not settings.local_household_required:
        return "pass", "本轮不限户籍。"
    if facts.local_household is None:
        return "manual", "尚未填写户籍，请核对户口簿。"
    return ("pass", "本区户籍。") if facts.local_household else ("fail", "本轮限本区户籍，请核对户口簿。")


def _insurance(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    needed = settings.insurance_years_min * 12
    if facts.insured_months is None:
        return "manual", f"尚无参保记录，请核对在区连续参保是否满{needed}个月。"
    known = f"在区连续参保{facts.insured_months}个月"
    if facts.insured_months >= needed:
        return "pass", f"{known}，达到{needed}个月。"
    return "fail", f"{known}，不满{needed}个月。记录有遗漏的，请补充社会保险缴费记录。"


def _employer(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    if facts.employer_in_district is False:
        return "fail", "用人单位不在本区登记，请核对营业执照住所。"
    if facts.employer_in_default:
        return "fail", "用人单位在严重失信主体名单内，移出后方可推荐。"
    if facts.employer_in_district is None or facts.employer_in_default is None:
        return "manual", "请核对单位登记住所、经营状态和信用查询结果。"
    return "pass", "单位在本区登记，未列入严重失信主体名单。"


def _skill(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    level, title, minimum = facts.skill_level, facts.title_grade, settings.min_title_grade
    if level is None and title is None:
        return "manual", "尚未填写技能等级和职称，请填写后再核对。"
    by_title = minimum is not None and title is not None and title >= minimum
    if level is None or level < settings.min_skill_level:
        if by_title and title is not None:
            return "pass", f"具有{TITLE_GRADE_TITLES[title]}，请核对职称证书。"
        wanted = SKILL_LEVEL_TITLES[settings.min_skill_level] + ("" if minimum is None else f"或{TITLE_GRADE_TITLES[minimum]}")
        return "fail", f"未达到{wanted}及以上。取得更高证书的，请补充后再申报。"
    doubt = _certificate_doubt(level, facts.certificate_number)
    if doubt:
        return "warn", f"填报{SKILL_LEVEL_TITLES[level]}，但{doubt}"
    return "pass", f"具有{SKILL_LEVEL_TITLES[level]}等级，请核对全国联网查询结果。"


def _certificate_doubt(level: SkillLevel, number: str) -> str:
    """Certificate numbers differ by period and issuer, so that a strange one is a question and not a refusal."""
    if not number:
        return "没有填写证书编号，请对照证书补填。"
    hint = parse_skill_certificate(number)
    if hint.level is not None and level <= SkillLevel.L1 and level_of_certificate_digit(hint.level) != level:
        return f"证书编号显示为{SKILL_LEVEL_TITLES[level_of_certificate_digit(hint.level)]}，请对照证书核对。"
    return hint.warnings[0] if hint.warnings else ""


def _frontline(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    needed = settings.frontline_years_min
    if facts.frontline_years is None:
        return "manual", f"尚未填写一线工作经历，请核对是否满{needed}年。"
    known = f"一线工作{facts.frontline_years}年"
    return ("pass", f"{known}，达到{needed}年。") if facts.frontline_years >= needed else ("fail", f"{known}，不满{needed}年。")


def _age(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    if facts.retired:
        return "fail", "已办理退休手续，退休返聘人员不在申报范围。"
    if facts.birth is None or facts.sex is None:
        return "manual", "尚未填写证件号码，无法核对年龄。"
    limit = settings.max_age_male if facts.sex == Sex.MALE else settings.max_age_female
    age = full_years(facts.birth, until=facts.cut_off)
    if age < limit:
        return "pass", f"截止日{age}周岁，未满{limit}周岁。"
    if age < limit + settings.retirement_delay_years:
        return "manual", f"截止日{age}周岁，请核对是否延迟退休、仍在职在岗。"
    return "fail", f"截止日{age}周岁，超过年龄条件。"


def _post(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    if facts.post is None:
        return "manual", "尚未填写岗位类别，请单位补填。"
    title = POST_TITLES[facts.post]
    if facts.post in settings.excluded_posts:
        return "fail", f"岗位类别为“{title}”，不在申报范围。类别填错的，请单位更正并出具岗位证明。"
    if facts.post in settings.flagged_posts:
        return "warn", f"岗位类别为“{title}”，须按规定另行征求有关部门意见。"
    return "pass", f"岗位类别为“{title}”。"


def _earlier_title(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    if facts.same_title_earlier:
        return "fail", "以前已获得同一称号，不再重复申报。"
    if facts.holds_higher_title and settings.higher_title_excludes:
        return "fail", "持有更高层次称号且在管理期内，本轮不再申报。"
    if facts.same_title_revoked:
        return "manual", "以前获得的同一称号已被撤销，请查阅撤销决定，核对能否再次申报。"
    if settings.max_lifetime_awards is not None and facts.lifetime_awards >= settings.max_lifetime_awards:
        return "fail", f"获得称号已达{settings.max_lifetime_awards}次的上限。"
    if facts.same_title_earlier is None:
        return "manual", "尚未填写以往荣誉，请核对是否获得过同一称号。"
    return "pass", "未获得过同一称号。"


def _once_a_round(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    if facts.other_applications_in_round:
        return "fail", "本轮已有同一人的申报，请合并为一份或撤回其中一份。"
    cap = settings.per_occupation_cap
    if cap is not None and facts.same_occupation_in_round > cap:
        return "warn", f"本轮同一职业已有{facts.same_occupation_in_round}人，超过建议的{cap}人。"
    return "pass", "本轮没有重复申报。"


def _truth(facts: NomineeFactsForCheck, settings: EligibilitySettings) -> _Answer:
    if facts.falsehood_found:
        return "fail", "已查实材料不真实，取消申报资格。"
    return (
        ("pass", "本人和单位已签署真实性承诺。") if facts.declared_true else ("manual", "尚未签署真实性承诺，请本人和单位签署。")
    )


def _people(sentence: str) -> Callable[[NomineeFactsForCheck, EligibilitySettings], _Answer]:
    return lambda facts, settings: ("manual", sentence.format(years=settings.accident_lookback_years))


_CHECKS: dict[str, Callable[[NomineeFactsForCheck, EligibilitySettings], _Answer]] = {
    "E1": _nationality,
    "E2": _household,
    "E3": _insurance,
    "E4": _employer,
    "E5": _skill,
    "E6": _frontline,
    "E7": _age,
    "E8": _post,
    "E9": _people("请审阅单位党组织出具的意见。"),
    "E10": _people("请等待公安、纪检监察等部门的联审回复。"),
    "E11": _people("请等待应急管理、生态环境等部门关于近{years}年责任事故的联审回复。"),
    "E12": _earlier_title,
    "E13": _once_a_round,
    "E14": _truth,
}
