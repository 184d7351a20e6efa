"""What a rehearsal leaves behind: papers fetched by people over HTTP, the raw sheets, and a summary of what happened."""

import json
import re
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.cli.rehearsal.cast import Cast, Entry
from app.cli.rehearsal.script import Played
from app.cli.samples import people
from app.domain.actors import SYSTEM, Role
from app.domain.money import yuan
from app.persistence.queries import round_progress, round_ranking
from app.persistence.queries import rounds as round_queries

PDF, XLSX = "application/pdf", "spreadsheetml"
_DOCUMENTS = {"评选通知": "call", "决定": "decision", "请示": "request", "抽取记录": "draw-record", "评分汇总表": "score-summary"}
"""What the page of a round calls a document -> what its file is called."""


def leave(cast: Cast, out: Path, played: list[Played], *, seconds: float) -> dict[str, Any]:
    """Write everything into the folder; return the summary."""
    out.mkdir(parents=True, exist_ok=True)
    papers = _papers(cast, out)
    summary = _summary(cast, played, seconds=seconds)
    summary["certificates"] = _certificates(cast, out)
    _write(out / "scores.json", _scores(cast))
    summary["files"] = sorted(papers + [f"certificates/{one['file']}" for one in summary["certificates"]] + ["scores.json"])
    _write(out / "summary.json", summary)
    return summary


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")


def _papers(cast: Cast, out: Path) -> list[str]:
    """Let the archivist and the bureau fetch the papers that the page of the round offers."""
    number, written = cast.round_id, []
    wanted = [
        (Role.BUREAU_HANDLER, rf"/rounds/{number}/notices/(\d+)\.pdf", "notice-{}.pdf", PDF),
        (Role.FINANCE_MAKER, rf"/rounds/{number}/payments/(\d+)\.xlsx", "payments-{}.xlsx", XLSX),
        (Role.FINANCE_MAKER, rf"/rounds/{number}/payments/(\d+)\.pdf", "payments-{}.pdf", PDF),
    ]
    pages = {role: cast.role(role).get(f"/rounds/{number}").body.decode() for role in (Role.BUREAU_HANDLER, Role.FINANCE_MAKER)}
    for role, pattern, name, kind in wanted:
        person, text = cast.role(role), pages[role]
        for path, key in dict.fromkeys((match[0], match[1]) for match in re.finditer(pattern, text)):
            (out / name.format(key)).write_bytes(person.download(path, kind=kind))
            written.append(name.format(key))
    written += _documents(cast, out, page=pages[Role.BUREAU_HANDLER]) + _case_papers(cast, out)
    if cast.sheets:
        content = cast.role(Role.BUREAU_HANDLER).download(f"/rounds/{number}/ranking.xlsx", kind=XLSX)
        (out / "ranking.xlsx").write_bytes(content)
        written.append("ranking.xlsx")
    return written


def _documents(cast: Cast, out: Path, *, page: str) -> list[str]:
    """Let the bureau fetch the official documents and records that the page of the round offers, each named by its kind."""
    handler, number, written = cast.role(Role.BUREAU_HANDLER), cast.round_id, []
    for title, key in re.findall(rf'paper-name">([^<]*)</span>.*?href="/rounds/{number}/documents/(\d+)\.pdf"', page):
        name = f"{_DOCUMENTS.get(title.partition('　')[0], 'document')}-{key}.pdf"
        (out / name).write_bytes(handler.download(f"/rounds/{number}/documents/{key}.pdf", kind=PDF))
        written.append(name)
    return written


def _case_papers(cast: Cast, out: Path) -> list[str]:
    """Let the bureau fetch the papers of every nominee from the page of the case."""
    handler, written = cast.role(Role.BUREAU_HANDLER), []
    for entry in cast.entries:
        page = handler.get(f"/cases/{entry.case_id}").body.decode()
        pattern = rf'paper-name">([^<]*)</span>.*?href="/cases/{entry.case_id}/papers/(\d+)\.pdf"'
        for title, key in re.findall(pattern, page):
            (out / "papers").mkdir(exist_ok=True)
            name = f"papers/{entry.number}-{title}.pdf"
            (out / name).write_bytes(handler.download(f"/cases/{entry.case_id}/papers/{key}.pdf", kind=PDF))
            written.append(name)
    return written


def _certificates(cast: Cast, out: Path) -> list[dict[str, str]]:
    """Let every winner open the own page and download the certificate."""
    found = []
    for entry in winners(cast):
        page = entry.person.get("/certificates")
        match = re.findall(r"/certificates/(\d+)", page.body.decode())
        if not match:
            continue
        own = entry.person.get(f"/certificates/{match[-1]}")
        serial = re.search(r"[A-Z]{2,12}-?\d{4}-?\d{3,6}", own.text)
        content = entry.person.download(f"/certificates/{match[-1]}.pdf", kind=PDF)
        name = f"{serial[0] if serial else match[-1]}.pdf"
        (out / "certificates").mkdir(exist_ok=True)
        (out / "certificates" / name).write_bytes(content)
        found.append({"name": entry.name, "serial": serial[0] if serial else "", "file": name})
    return found


def winners(cast: Cast) -> list[Entry]:
    """Return who was given the title, in the order in which the lists named them."""
    return [entry for entry in cast.proposed if entry.out == "paid"]


def _scores(cast: Cast) -> dict[str, Any]:
    """Return what experts and inspectors typed, with the settings that turn it into a ranking: all that a third party needs."""
    with cast.context.reading() as tx:
        head = round_queries.head(tx.session, round_id=cast.round_id)
    settings = head.settings if head else {}
    keys = ("winners", "indexes", "shortlist_ratio", "inspection_share", "minimum_sheets", "tie_break")
    return {
        "settings": {key: settings[key] for key in keys if key in settings},
        "nominees": [
            {"case": entry.number, "name": entry.name, "frontline_years": entry.nominee.facts["frontline"],
             "inspection": entry.inspection, "outcome": entry.out}
            for entry in cast.entries
        ],
        "sheets": cast.sheets,
    }  # fmt: skip


def _summary(cast: Cast, played: list[Played], *, seconds: float) -> dict[str, Any]:
    with cast.context.reading() as tx:
        head = round_queries.head(tx.session, round_id=cast.round_id)
        counts = round_progress.counts(tx.session, round_id=cast.round_id)
        ranked = {row.case_id: row for row in round_ranking.ranking(tx.session, actor=SYSTEM, round_id=cast.round_id).rows}
    stages: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for row in counts:
        (outcomes if row.outcome else stages)[row.outcome or row.stage] += row.count
    return {
        "round": {"id": cast.round_id, "title": cast.title, "stage": head.stage if head else "", "outcome": head.outcome if head else ""},
        "seed": cast.seed,
        "nominees": len(cast.entries),
        "open_by_stage": dict(stages),
        "ended_by_outcome": dict(outcomes),
        "winners": [_line(entry, ranked.get(entry.case_id)) for entry in winners(cast)],
        "ranking": [_line(entry, ranked[entry.case_id]) for entry in cast.entries if entry.case_id in ranked],
        "incidents": cast.incidents,
        "prize": yuan(int(head.settings.get("prize_cents", 0)) if head else 0),
        "panel": [cast.staff(username).name for username in cast.panel],
        "accounts": {
            "panel": cast.panel,
            "winner": [_account(entry) for entry in winners(cast)][:1],
            "candidate": [_account(entry) for entry in cast.running if entry.candidate][:1],
        },
        "stages": [asdict(one) for one in played],
        "requests": cast.requests,
        "seconds": round(seconds, 1),
    }  # fmt: skip


def _account(entry: Entry) -> dict[str, str]:
    """Return with which account a nominee logs in, and who that is."""
    unit = next(unit.name for unit in people.units() if unit.code == entry.nominee.employer)
    return {"username": entry.person.username, "name": entry.name, "unit": unit}


def _line(entry: Entry, row: round_ranking.RankedRow | None) -> dict[str, Any]:
    """Return a nominee with score and rank as the system reckons them, in full precision."""
    return {
        "case": entry.number,
        "name": entry.name,
        "employer": row.employer if row else "",
        "rank": row.rank if row else None,
        "expert_score": str(row.expert_score) if row and row.expert_score is not None else "",
        "final_score": str(row.final_score) if row and row.final_score is not None else "",
    }
