"""The catalogue of eligibility clauses E1 to E14, as data that a round may copy and change (domain handbook 1.2)."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["hard", "waiver", "warning"]
"""hard stops; waiver needs a decision of the committee; warning only tells the reviewer."""


@dataclass(frozen=True)
class EligibilityRule:
    """One clause: the text is what applicants read, `basis` where it comes from, `evidence` what proves it."""

    rule_id: str
    title: str
    text: str
    severity: Severity
    basis: str
    evidence: tuple[str, ...] = ()


_POLICY = "实施意见“工匠评选行动”"
_PLAN = "本轮评选方案"

DEFAULT_RULES: tuple[EligibilityRule, ...] = (
    EligibilityRule(
        "E1", "国籍", "中国公民；持居住证的港澳台居民可以申报，外籍人员由评审委员会决定。", "hard", _PLAN, ("身份证件",)
    ),
    EligibilityRule("E2", "户籍", "不限户籍。", "warning", _PLAN),
    EligibilityRule(
        "E3",
        "在区工作",
        "截至截止日在本区连续参加社会保险达到规定年限。",
        "hard",
        _PLAN,
        ("劳动合同", "社会保险缴费记录"),
    ),
    EligibilityRule(
        "E4",
        "用人单位",
        "单位在本区登记并正常经营，未列入严重失信主体名单。",
        "hard",
        f"{_POLICY}：全区社会经济组织",
        ("营业执照", "信用查询结果"),
    ),
    EligibilityRule(
        "E5",
        "技能水平",
        "具有高级技师及以上职业技能等级（职业资格），或者高级职称。",
        "hard",
        _POLICY,
        ("技能等级证书或职称证书", "全国联网查询截图"),
    ),
    EligibilityRule(
        "E6",
        "一线年限",
        "长期工作在技能操作一线，达到规定年限。",
        "hard",
        f"{_POLICY}：长期工作在技能操作一线",
        ("工作经历", "单位证明"),
    ),
    EligibilityRule("E7", "年龄", "在职在岗，未达到法定退休年龄；退休返聘人员不在申报范围。", "hard", _PLAN, ("身份证件",)),
    EligibilityRule(
        "E8",
        "岗位",
        "从事技能操作岗位；机关事业单位人员、学生、单纯管理和职能岗位人员不在申报范围。",
        "hard",
        _PLAN,
        ("单位岗位证明",),
    ),
    EligibilityRule("E9", "政治品德", "拥护党的领导，遵纪守法，职业道德良好。", "hard", _PLAN, ("单位党组织意见",)),
    EligibilityRule("E10", "无违法违纪", "无违法犯罪记录，不在立案审查期间或处分影响期内。", "hard", _PLAN, ("联审回复",)),
    EligibilityRule("E11", "无责任事故", "规定年限内对重大安全、质量、环保事故不负有责任。", "hard", _PLAN, ("联审回复",)),
    EligibilityRule("E12", "未获同一称号", "未获得过“临空港工匠”称号。", "hard", _PLAN, ("荣誉证书",)),
    EligibilityRule("E13", "一轮一报", "同一人每轮只能申报一次；同一职业人数不宜过于集中。", "hard", _PLAN),
    EligibilityRule("E14", "材料真实", "本人和单位承诺材料真实；查实弄虚作假的取消资格。", "hard", _PLAN, ("承诺书",)),
)
