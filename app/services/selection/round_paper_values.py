"""What the papers of a round say: the record of the draw, the summary of the scores, the request for approval."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.domain.actors import SYSTEM
from app.domain.clock import local
from app.domain.scoring import show
from app.persistence.models import Expert, OfficialDocument, OrgUnit, PanelDraw, QuotaAllocation, Submission, User
from app.persistence.queries import round_ranking
from app.services.issuing.file_papers import VOID, Desk, Written
from app.services.issuing.papers import paragraphs, title_lines
from app.services.selection.round_view import rule

_TITLE_LINE = 19
"""So many characters of 22 points stand in a line of 156 mm, with some room."""


def round_call(desk: Desk) -> Written:
    """Write the call for nominations from the approved plan, and take its number (domain handbook 1.17, stage 1)."""
    return round_call_as_drafted(desk, number=desk.number())


def round_call_as_drafted(desk: Desk, *, number: str) -> Written:
    """Write the call from the plan as it stands: who may stand, places, indexes, times. Reads only."""
    settings, basis = desk.settings, desk.settings.authorization
    granted = QuotaAllocation.quota + QuotaAllocation.supplement
    held = select(OrgUnit.name, granted).join(OrgUnit, OrgUnit.id == QuotaAllocation.unit_id)
    places = desk.tx.session.execute(
        held.where(QuotaAllocation.round_id == desk.round.id).order_by(OrgUnit.kind.desc(), OrgUnit.id)
    )
    values = {
        "letterhead": desk.template.metadata.signers[0],
        "document_number": number,
        "round_name": desk.session_name,
        "honor_title": desk.honor,
        "basis": f"{basis.approving_body}批准文件（{basis.document_number}）",
        "winners": settings.winners,
        "opens_on": settings.nomination_open,
        "closes_on": settings.nomination_close,
        "cutoff": settings.cutoff_date,
        "frontline_years": settings.frontline_years_min,
        "insurance_years": settings.insurance_years_min,
        "employer_notice_days": settings.employer_notice_days,
        "self_nomination": settings.self_nomination,
        "contact": settings.contact_name,
        "phone": settings.contact_phone,
        "issuing_bodies": list(desk.template.metadata.signers),
        "document_date": desk.tx.today,
        "places": [{"unit": unit, "quota": quota} for unit, quota in places],
        "indexes": [{"name": each.name, "points": each.points, "help": each.help} for each in settings.indexes],
    }
    return Written(
        f"关于开展{desk.session_name}“{desk.honor}”评选工作的通知", values, [number, *(each.name for each in settings.indexes)]
    )


def draw_record(desk: Desk) -> Written:
    """Write the record of the last draw: seed, pool, every step, who was drawn (domain handbook 1.8)."""
    session = desk.tx.session
    query = select(PanelDraw).where(PanelDraw.round_id == desk.round.id)
    drawn = session.scalars(query.order_by(PanelDraw.id.desc()).limit(1)).one()
    attempt = session.scalar(select(func.count()).select_from(PanelDraw).where(PanelDraw.round_id == desk.round.id))
    record = json.loads(drawn.record_json)
    ids = [*record["selected"], *record["reserves"]]
    people = {row[0]: row for row in session.execute(_experts().where(Expert.user_id.in_(ids)))}
    supervisor = int(desk.payload.get("by") or 0)
    wanted = User.id.in_([drawn.drawn_by, supervisor])
    names = dict(session.execute(select(User.id, User.name).where(wanted)).all())
    at = local(drawn.drawn_at)
    members = [_member(desk, place, people[user_id], size=len(record["selected"])) for place, user_id in enumerate(ids, start=1)]
    values = {
        "title": desk.word("title"),
        "drawn_at": f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02}分",
        "drawn_by": names.get(drawn.drawn_by, ""),
        "supervisor": names.get(supervisor, ""),
        "witnesses": record["witnesses"],
        "seed": drawn.seed,
        "seed_source": record["seed_source"],
        "pool_hash": drawn.pool_hash,
        "pool": record["pool"],
        "panel_size": len(record["selected"]),
        "reserve_size": len(record["reserves"]),
        "attempt": attempt,
        "members": members,
        "steps": [{key: step[key] for key in ("counter", "choices", "digest", "index", "key")} for step in record["steps"]],
    }
    return Written("评审专家抽取记录", values, [drawn.seed, drawn.pool_hash, *(member["name"] for member in members)])


def _experts() -> Any:
    """Return the statement for who somebody of the pool is."""
    return (
        select(Expert.user_id, User.name, func.coalesce(OrgUnit.name, ""), Expert.title)
        .join(User, User.id == Expert.user_id)
        .outerjoin(OrgUnit, OrgUnit.id == Expert.employer_id)
    )


def _member(desk: Desk, place: int, person: tuple[int, str, str, str], *, size: int) -> dict[str, Any]:
    user_id, name, employer, title = person
    seat = desk.word("seat") if place <= size else desk.word("reserve", number=str(place - size))
    return {"place": place, "seat": seat, "key": f"E{user_id:06d}", "name": name, "employer": employer, "title": title}


def score_summary(desk: Desk) -> Written:
    """Write the summary of all scores, experts as columns without names, with the rule in words (domain handbook 1.9)."""
    found = round_ranking.ranking(desk.tx.session, actor=SYSTEM, round_id=desk.round.id)
    ranked = [row for row in found.rows if row.rank is not None and row.expert_score is not None]
    lines = [
        {
            "rank": row.rank,
            "name": row.name,
            "employer": row.employer,
            "scores": [_score(desk, row, column) for column in range(1, found.experts + 1)],
            "trimmed_mean": show(row.expert_score),
            "inspection": None if row.inspection_score is None else show(row.inspection_score),
            "combined": None if row.final_score is None else show(row.final_score),
        }
        for row in ranked
        if row.expert_score is not None
    ]
    title = desk.word("title")
    values = {
        "title": title,
        "session": desk.word("session"),
        "held_on": _held_on(desk),
        "experts": [desk.word("expert", number=str(column)) for column in range(1, found.experts + 1)],
        "rules": rule(desk.settings),
        "excluded": [desk.word("excluded")],
        "rows": lines,
    }
    return Written(title, values, [str(line[key]) for line in lines for key in ("name", "trimmed_mean")])


def _score(desk: Desk, row: round_ranking.RankedRow, column: int) -> str:
    if column in row.sheets:
        score = f"{row.sheets[column]:f}"
        return f"({score})" if column in row.dropped else score
    return desk.word("recused") if column in row.recused else "—"


def _held_on(desk: Desk) -> str:
    query = select(Submission.values_json).where(Submission.case_id == desk.case.id, Submission.form_key == "ranking_opinion")
    found = desk.tx.session.scalar(query.order_by(Submission.id.desc()).limit(1))
    return str(json.loads(found).get("meeting_on") or "") if found else desk.tx.today.isoformat()


def request(desk: Desk) -> Written:
    """Write the request for approval upward from its draft; takes a document number and retires the draft (handbook 1.13)."""
    draft = desk.tx.session.get_one(OfficialDocument, int(desk.payload["draft"]))
    written = request_as_drafted(desk, title=draft.title, kept=json.loads(draft.values_json), number=desk.number())
    draft.state = VOID
    return written


def request_as_drafted(desk: Desk, *, title: str, kept: Mapping[str, Any], number: str) -> Written:
    """Write the request from what its draft keeps, with a number or, while it is a draft, an empty one. Reads only."""
    body, closing, list_title = desk.template.metadata.signers[0], desk.word("closing"), desk.word("list_title")
    said = paragraphs(kept["body"].strip().removesuffix(closing))
    values = {
        "letterhead": desk.word("letterhead"),
        "document_number": number,
        "signatory": kept.get("signatory", ""),
        "title_lines": [body, *([title] if len(title) <= _TITLE_LINE else title_lines(title))],
        "addressees": kept.get("addressees") or desk.word("addressees"),
        "paragraphs": said,
        "notice_paragraphs": paragraphs(kept["notice_summary"]),
        "closing": closing,
        "attachments": [list_title],
        "issuing_bodies": list(desk.template.metadata.signers),
        "document_date": desk.tx.today,
        "contact": desk.settings.contact_name,
        "phone": desk.settings.contact_phone,
        "list_title": list_title,
        "print_body": desk.word("print_body"),
        "printed_on": desk.tx.today,
        "winners": kept["winners"],
    }
    return Written(title, values, [number, *(winner["name"] for winner in kept["winners"])])
