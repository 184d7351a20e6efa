"""What people fill into the forms of the selection, as values that a form would hand over."""

from typing import Any

from tests.services.world import World, id_number

INDEXES = [
    ("A", "技能水平", "25"),
    ("B", "业绩贡献", "25"),
    ("C", "创新成果", "20"),
    ("D", "传承带徒", "15"),
    ("E", "荣誉", "10"),
    ("F", "品德", "5"),
]
FILE = ["1"]
WORK_HISTORY = [{"start_month": "2014-07", "end_month": "", "unit": "本单位", "post": "车工", "frontline": True}]
DEED = "扎根一线二十年，攻克多项技术难关，带出一批徒弟。" * 4


def basis(**changes: Any) -> dict[str, Any]:
    """The approval."""
    return {
        "approving_body": "省委组织部", "document_number": "鄂组〔2025〕12号", "approved_on": "2025-12-01", "scope": "第一届评选",
        "approved_winners": 1, "approved_prize": "30000.00", "file": FILE, **changes,
    }  # fmt: skip


def plan(world: World, **changes: Any) -> dict[str, Any]:
    """A plan with one winner."""
    days = ("employer_notice", "preliminary", "supplement", "review", "department", "acceptance", "scoring", "inspection", "objection",
            "document")  # fmt: skip
    return {
        "title": "第一届“临空港工匠”评选", "round_no": 1, "year": 2026, "winners": 1, "prize_yuan": "30000.00", "fund_source": "talent",
        "tax_rate_percent": "20", "tax_borne_by": "recipient", "nomination_open": "2026-03-02", "nomination_close": "2026-04-10",
        "cutoff_date": "2026-03-31", "frontline_years_min": 5, "insurance_years_min": 2, "max_age_male": 60, "max_age_female": 55,
        "self_nomination": True, "quotas": [{"unit": str(world.units["street"]), "quota": 3}, {"unit": str(world.units["union"]), "quota": 1}],
        "departments": [str(world.units["police"]), str(world.units["tax"])],
        "indexes": [{"code": code, "name": name, "points": points, "help": ""} for code, name, points in INDEXES],
        "panel_size": 5, "panel_reserves": 2, "minimum_sheets": 3, "inspection_members": 2, "tie_break_indexes": 3,
        "deviation_limit": "15", "shortlist_ratio": "2", "inspection_share": "0.25",
        "notice_days": 5, "notice_counting": "exclusive", "sort_by": "employer", "contact_name": "职业能力建设科",
        "contact_phone": "027-83210000", "contact_address": "东西湖区吴中街1号", "contact_email": "", "certificate_prefix": "LKGGJ",
        "decision_org_code": "东发", "certificate_template": "certificate", **{f"{name}_days": 5 for name in days}, **changes,
    }  # fmt: skip


def nomination(world: World, name: str, serial: int, **changes: Any) -> dict[str, Any]:
    """A complete nomination form."""
    return {
        "nominee_channel": "employer", "name": name, "id_number": id_number(serial), "mobile": f"138{serial:08d}", "sex": "male",
        "ethnicity": "汉族", "political_status": "masses", "education": "college", "photo": FILE, "employer": str(world.units["factory"]),
        "post": "数控车工", "post_category": "operator", "occupation": "数控车工", "frontline_years": 12, "insurance_years": 9,
        "work_history": WORK_HISTORY,
        "skill_level": "L1", "certificate_number": "Y000042010001231000001", "certificate_date": "2020-05-01",
        "certificate_issuer": "市人社局", "certificate_file": FILE, "honors": [], "achievements": [], "apprentices": 3,
        "deed_brief": DEED, "deed_full": DEED * 3, "id_copy": FILE, "labor_contract": FILE, "insurance_record": FILE,
        "statement_file": FILE, "unit_statement": "同意推荐，情况属实，表现突出，群众公认。", "unit_declaration": True, **changes,
    }  # fmt: skip


NOTICE = {"notice_start": "2026-03-03", "notice_end": "2026-03-09", "notice_place": "公告栏", "notice_photo": FILE,
          "notice_result": "none", "notice_statement": FILE}  # fmt: skip


def eligibility(**changes: Any) -> dict[str, Any]:
    """All clauses met."""
    clauses = {f"clause_E{number}": {"result": "pass", "note": ""} for number in range(1, 15)}
    return {**clauses, "certificate_checked": "match", "opinion": "符合条件", "first_review_decision": "pass", **changes}


def sheet(*points: str, **changes: Any) -> dict[str, Any]:
    """A score sheet, one number an index."""
    scores = {f"score_{index[0]}": {"points": point} for index, point in zip(INDEXES, points, strict=True)}
    return {**scores, "comment": "功底扎实。", **changes}


def inspection(world: World, score: str, **changes: Any) -> dict[str, Any]:
    """An inspection that found everything true."""
    items = ("identity", "skill", "results", "certificates", "apprentices", "reputation")
    return {
        "inspected_on": "2026-05-06", "place": "一号车间", "members": [str(world.users["inspector"]), str(world.users["inspector2"])],
        "talked_to": "班组长", **{f"{item}_true": "true_all" for item in items}, "inspection_score": score,
        "report_text": "现场操作熟练，与材料一致。" * 5, "sign_file": FILE, "inspection_conclusion": "recommend", **changes,
    }  # fmt: skip


def meeting(key: str, decision: str = "agree") -> dict[str, Any]:
    """What a meeting decided."""
    return {
        "session_no": "第5次", "held_on": "2026-05-06", "place": "一会议室", "chair": "张主任", "attendees": "全体成员", "agenda": "审议名单",
        "minutes_no": "纪要〔2026〕5号", "minutes_file": FILE, "opinion": "同意", key: decision,
    }  # fmt: skip


PRELIMINARY = {
    **dict.fromkeys(("material_complete", "employer_in_area", "frontline_verified", "notice_valid"), "yes"),
    "verify_method": "visit", "verified_on": "2026-03-09", "opinion": "材料齐全", "preliminary_decision": "accept",
}  # fmt: skip

DRAWN = {"confirmed_items": ["seed", "pool", "exclusion", "order"], "opinion": "抽取有效", "draw_decision": "confirm"}
MINUTES = {"executive_matches": True, "standing_matches": True, "opinion": "一致", "minutes_decision": "confirm"}
ARCHIVE = {"archive_no": "2026-1", "retention": "permanent", "items": ["basis"], "volumes": 3, "place": "档案室"}
PRIVATE = ["id_number", "phone", "address", "bank", "birthday", "score", "photo", "secret"]
PUBLISH = {"privacy_items": PRIVATE, "opinion": "可以公开", "notice_decision": "publish"}
OPINION = {
    "meeting_place": "二会议室",
    "meeting_on": "2026-04-11",
    "opinion": "专家组经充分讨论，一致同意以上排序，评分依据充分。",
    "sign_file": FILE,
}
