"""The deeds of the sample nominees, as long as life wants them: about 500 and about 2,000 characters, each person's own."""

import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
BRIEF, FULL = 500, 2000
"""The most characters that the form takes: the short deeds for the public, the long ones for the experts (handbook 1.5)."""
_LEVELS = {"national": "国家级", "provincial": "省级", "city": "市级", "district": "区级", "company": "企业"}
_PARTS = ("learning", "solving", "standards", "innovation", "mentoring", "quality", "character", "future")
_WAYS = 7
"""Ways to say a part. The number is prime: two nominees say the same in one part of seven at most (see `_way`)."""
_AGAIN = ("solving", "mentoring", "innovation", "quality", "standards", "learning")
"""Parts of which a second way is told where there is room."""


@lru_cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def brief(row: dict[str, Any], *, place: int) -> str:
    """Return the short deeds: what the row says, the career, achievements and honours, episodes, the apprentices."""
    pieces = (row["brief"], _career(row), _results(row), *_episodes(row), _honours(row), *_following(row, place=place))
    return "".join(_fitting(pieces, BRIEF))


def full(row: dict[str, Any], *, place: int, unit: str) -> str:
    """Return the long deeds: the row's own story, its episodes, and the parts that every deeds have, in the nominee's words."""
    words = _words(row, place=place, unit=unit)
    learning, solving, standards, innovation, mentoring, quality, character, future = (
        _way(part, place=place).format(**words) for part in _PARTS
    )
    again = [_way(part, place=place, further=_WAYS // 2).format(**words) for part in _AGAIN]
    first, second = _episodes(row)
    told = [row["full"], learning, first, solving, _results(row) + _honours(row), standards, innovation, mentoring, second, quality,
            character]  # fmt: skip
    left = FULL - len("\n\n".join([*told, future])) - 2
    return "\n\n".join([*told, *_fitting(again, left, between=2), future])


def _fitting(pieces: Iterable[str], most: int, *, between: int = 0) -> Iterator[str]:
    """Yield the pieces as long as they fit, leaving out those that do not."""
    left = most
    for piece in pieces:
        if len(piece) + between <= left:
            left -= len(piece) + between
            yield piece


def _episodes(row: dict[str, Any]) -> list[str]:
    told: list[str] = _read("episodes.toml")[row["key"]]["more"]
    return told


def _way(part: str, *, place: int, further: int = 0) -> str:
    """Return how the nominee at a place says a part: a line through a square of seven by seven, another one for each nominee."""
    ways: list[str] = _read("phrases.toml")[part]
    column, slope = place % _WAYS, place // _WAYS
    return ways[(column + _PARTS.index(part) * slope + further) % _WAYS]


def _words(row: dict[str, Any], *, place: int, unit: str) -> dict[str, Any]:
    thing, tool, flaw = _read("episodes.toml")[row["key"]]["words"]
    return {
        "name": row["name"], "ta": "他" if row["sex"] == "male" else "她", "unit": unit, "post": row["post"],
        "occupation": row["occupation"], "years": row["frontline"], "apprentices": row["apprentices"],
        "thing": thing, "tool": tool, "flaw": flaw,
        "count": 14 + place * 11 % 43, "days": 31 + place * 7 % 53, "money": 60 + place * 37 % 341,
    }  # fmt: skip


def _career(row: dict[str, Any]) -> str:
    first = row["history"][0]
    return f"{first[0][:4]}年从{first[2]}的{first[3]}做起，扎根一线{row['frontline']}年，现任{row['post']}，持有{row['occupation']}高等级职业技能证书。"


def _results(row: dict[str, Any]) -> str:
    return "".join(f"完成“{title}”，{effect}。" for _, title, effect in row["achievements"])


def _honours(row: dict[str, Any]) -> str:
    told = [f"{day.year}年获{name}（{_LEVELS.get(level, level)}）" for name, level, day in row["honors"]]
    return "，".join(told) + "。" if told else ""


def _following(row: dict[str, Any], *, place: int) -> Iterator[str]:
    """Yield how the short deeds end, the longest first: as much of it is told as there is room for."""
    words = _words(row, place=place, unit="")
    yield f"先后带徒{row['apprentices']}人，所带徒弟多数已成为班组骨干。"
    for ways in _read("phrases.toml")["closing"]:
        yield ways[place % len(ways)].format(**words)
