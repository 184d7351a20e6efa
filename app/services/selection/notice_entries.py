"""The list of a public notice: built from a white list of facts, put in order, and searched for what must not be published."""

from collections.abc import Sequence
from typing import Any

from app.catalog.strokes import load_strokes
from app.domain.errors import InvalidValues
from app.domain.masking import scan_text
from app.domain.names import missing_strokes, namesakes, pinyin_key, stroke_key
from app.domain.publication import CONCERN_TITLES
from app.domain.rounds import RareCharacter
from app.services.selection.nominees import Nominee
from app.services.selection.skill_titles import skill_title

UNSORTED = "排名不分先后"
_STROKES = str.maketrans("12345", "hspnz")
_SEX = {"male": "男", "female": "女"}


def entries_of(
    nominees: Sequence[Nominee], *, sort_by: str, rare: Sequence[RareCharacter] = ()
) -> tuple[list[dict[str, Any]], str]:
    """Return the entries in order and the words for the order. Sex and month of birth are added for namesakes only.

    `rare` are characters that the tables lack, with what was typed for them (domain handbook 3.8).
    """
    same = namesakes(each.nomination.name for each in nominees)
    entries = [_entry(each, tell_apart=each.nomination.name in same) for each in nominees]
    note = UNSORTED
    key = _order_key(entries, sort_by, rare)
    if key is None:
        entries.sort(key=lambda entry: (entry["employer"], entry["name"]))
    else:
        note, function = key
        entries.sort(key=function)
    return entries, note


def _entry(nominee: Nominee, *, tell_apart: bool) -> dict[str, Any]:
    row = nominee.nomination
    entry: dict[str, Any] = {
        "case_id": row.case_id,
        "name": row.name,
        "employer": row.employer.name,
        "post": row.post,
        "skill_level": skill_title(row.skill_level),
        "deed": row.deed_brief,
    }
    if tell_apart:
        entry["sex"] = _SEX.get(row.person.sex, "")
        entry["birth_month"] = f"{row.person.birth.year}年{row.person.birth.month}月"
    return entry


def _order_key(entries: Sequence[dict[str, Any]], sort_by: str, rare: Sequence[RareCharacter]) -> tuple[str, Any] | None:
    """Return the words for an order and its key; None where the order could only be guessed, because it would be published."""
    names = [entry["name"] for entry in entries]
    if sort_by == "employer":
        return "按工作单位排序", lambda entry: (entry["employer"], entry["name"])
    readings = {each.character: each.reading for each in rare if each.reading}
    if sort_by == "pinyin" and all(pinyin_key(name, readings=readings) is not None for name in names):
        return "按姓名拼音排序", lambda entry: pinyin_key(entry["name"], readings=readings)
    strokes = load_strokes() if sort_by == "strokes" else {}
    if strokes:
        strokes = {**strokes, **{each.character: each.strokes.translate(_STROKES) for each in rare if each.strokes}}
    if strokes and not missing_strokes(names, strokes=strokes):
        return "按姓氏笔画排序", lambda entry: stroke_key(entry["name"], strokes=strokes)
    return None


def refuse_private(texts: dict[str, str]) -> None:
    """Refuse texts for the public that hold a full identity, mobile or card number; `InvalidValues` names the fields."""
    wrong = {}
    for key, text in texts.items():
        kinds = {CONCERN_TITLES[finding.kind] for finding in scan_text(text)}
        if kinds:
            wrong[key] = f"含有{'、'.join(sorted(kinds))}，不能公开。请删去后再提交。"
    if wrong:
        raise InvalidValues("notice.private", "公开的内容里有不能公开的号码，没有发布。请删去后再提交。", fields=wrong)
