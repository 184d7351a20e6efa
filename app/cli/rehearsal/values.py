"""What people fill into the forms of the selection: every value under the name that the page gives it."""

from datetime import date
from typing import Any

from app.cli.rehearsal.browser import File
from app.cli.samples import files, people
from app.cli.samples.people import Nominee

INDEXES = (("A", 25), ("B", 25), ("C", 20), ("D", 15), ("E", 10), ("F", 5))
CHECKED = ("DXH-ZZB", "DXH-JWJW", "DXH-GAJ", "DXH-SWJ", "DXH-SCJG", "DXH-YJJ", "DXH-STHJ", "DXH-FY")
"""The departments that are asked, by code."""


def basis(day: date, *, winners: int) -> dict[str, Any]:
    """The approval."""
    return {
        "approving_body": "中共武汉市东西湖区委员会",
        "document_number": f"东发〔{day.year}〕3号",
        "approved_on": day.isoformat(),
        "scope": "开展“临空港工匠”评选活动，按《关于进一步加强和推进技能人才培育工作的实施意见》第三条第八项执行。",
        "approved_winners": str(winners),
        "approved_prize": "30000",
    }


def plan(*, title: str, opens: date, closes: date, winners: int, quotas: dict[str, int], departments: int) -> dict[str, Any]:
    """The plan: what the approval leaves open. Everything else stays as the form proposes it."""
    names = people.unit_names()
    return {
        "title": title,
        "winners": str(winners),
        "prize_yuan": "30000",
        "nomination_open": opens.isoformat(),
        "nomination_close": closes.isoformat(),
        "cutoff_date": closes.isoformat(),
        "quotas": [{"unit": names[code], "quota": str(quota)} for code, quota in quotas.items()],
        "departments": [names[code] for code in CHECKED[:departments]],
        "contact_phone": "027-83000000",
        "contact_address": "武汉市东西湖区吴中街（演示地址）",
        "contact_email": "demo@example.org",
    }


def nomination(nominee: Nominee) -> dict[str, Any]:
    """The nomination form."""
    facts = nominee.facts
    history = [
        {"start_month": start, "end_month": end, "unit": unit, "post": post, "frontline": True}
        for start, end, unit, post in facts["history"]
    ]
    return {
        "nominee_channel": nominee.channel,
        "name": nominee.name,
        "id_number": nominee.id_number,
        "mobile": nominee.mobile,
        "sex": nominee.sex,
        "ethnicity": facts.get("ethnicity", "汉族"),
        "political_status": facts["political"],
        "education": facts["education"],
        "employer": people.unit_names()[nominee.employer],
        "post": facts["post"],
        "post_category": facts["post_category"],
        "occupation": facts["occupation"],
        "frontline_years": str(facts["frontline"]),
        "insurance_years": str(facts["insured"]),
        "work_history": history,
        "skill_level": facts.get("level", "L1"),
        "certificate_number": nominee.certificate_number,
        "certificate_date": f"20{facts['certificate_year']:02d}-06-15",
        "certificate_issuer": "示例职业技能鉴定中心",
        "honors": [{"name": name, "level": level, "awarded_on": day.isoformat()} for name, level, day in facts["honors"]],
        "achievements": [{"kind": kind, "title": title, "effect": effect} for kind, title, effect in facts["achievements"]],
        "apprentices": str(facts["apprentices"]),
        "deed_brief": facts["brief"],
        "deed_full": facts["full"],
        "unit_statement": facts["statement"],
        "unit_declaration": True,
    }


def employer_notice(start: date, end: date) -> dict[str, Any]:
    """The notice in the employer's house."""
    return {
        "notice_start": start.isoformat(),
        "notice_end": end.isoformat(),
        "notice_place": "厂区公告栏和职工食堂门口",
        "notice_result": "none",
    }


def preliminary(day: date, opinion: str) -> dict[str, Any]:
    """The first review, everything in order unless the opinion says otherwise."""
    items = dict.fromkeys(("material_complete", "employer_in_area", "frontline_verified", "notice_valid"), "yes")
    return {**items, "verify_method": "visit", "verified_on": day.isoformat(), "opinion": opinion}


def union_review(rank: int) -> dict[str, Any]:
    """The union's review."""
    items = dict.fromkeys(("material_complete", "frontline_verified", "labor_relations"), "yes")
    return {**items, "recommendation_rank": str(rank), "opinion": "基层工会推荐手续完备，劳动关系和谐，同意推荐。"}


def eligibility(*, failed: dict[str, str] | None = None, certificate: str = "match", opinion: str = "") -> dict[str, Any]:
    """The review clause by clause."""
    failed = failed or {}
    clauses: dict[str, Any] = {}
    for code in (f"E{number}" for number in range(1, 15)):
        clauses[f"clause_{code}-result"] = "fail" if code in failed else "pass"
        clauses[f"clause_{code}-note"] = failed.get(code, "")
    return {**clauses, "certificate_checked": certificate, "opinion": opinion or "逐条核对，符合参评条件。"}


def meeting(day: date, *, number: int, agenda: str, place: str, chair: str) -> dict[str, Any]:
    """A meeting and its minutes."""
    return {
        "session_no": f"{day.year}年第{number}次",
        "held_on": day.isoformat(),
        "place": place,
        "chair": chair,
        "attendees": "班子成员全体；列席：区委组织部、区总工会、区科经局、区财政局有关负责同志。",
        "agenda": agenda,
        "minutes_no": f"会议纪要〔{day.year}〕{number}号",
        "opinion": "会议听取汇报，认为程序规范、人选符合条件，同意。",
    }


def paper(title: str) -> File:
    """A scanned page for whatever a clerk attaches."""
    return files.paper(title, title, [f"{title}（扫描件）", "本页为演示材料，代替原件。"], seal="东西湖区演示")


def any_paper(title: str) -> Any:
    """Answer every file field of a form with the same scanned page, and with a photograph of the place where it wants pictures."""
    return lambda field: files.site(title) if "photo" in field else paper(title)
