"""The few filters that a template may use."""

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from app.documents.qr import qr_address
from app.domain.clock import cn_date
from app.domain.errors import DomainError
from app.domain.money import chinese_amount

_LEVEL = re.compile(r"(?P<first>[一二三四五六七八九十]+、)|（[一二三四五六七八九十]+）")
_SENTENCE = re.compile(r"[^。；：！？]*[。；：！？]")
_SENTENCE_END = re.compile(r"[。！？；]+[”’）]?")
_HEADING = 42
"""So many characters, a line and a half, are the longest heading; a longer sentence is body text with a number."""


def yuan(cents: int) -> str:
    """Write integer cents with two decimals and thousands groups, for tables: 300000 → 3,000.00."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def fit(text: str, *, width: float, size: float, least: float = 6.0, lines: int = 1) -> str:
    """Return the font size (pt) at which a text fits into `lines` lines of `width` mm, at most `size`, at least `least`.

    A wide character counts one em, another 0.56 em. Raises `DomainError` when even the least size is too large.
    """
    ems = text_ems(text)
    room = width / 25.4 * 72 * lines
    # A line can end up to one character early, so each line after the first gives one em away.
    wanted = size if ems == 0 else min(size, room / (ems + (lines - 1)))
    if wanted < least:
        raise DomainError("document_overflow", f"“{text}”太长，缩到最小字号仍放不下。请核对内容，或改用容得下的模板。")
    return f"{int(wanted * 10) / 10:g}"


def fit_block(
    text: str | list[str], *, width: float, height: float, size: float, least: float = 5.0, leading: float = 1.45
) -> str:
    """Return the font size (pt) at which paragraphs fit into a box of `width` by `height` mm, at most `size`, at least `least`.

    Every paragraph begins with two ems; lines are `leading` ems apart. Raises `DomainError` when even the least size is too large.
    """
    blocks = [text] if isinstance(text, str) else text
    lengths = [text_ems(line) + 2 for block in blocks for line in block.splitlines() or [""]]
    tenths = int(size * 10)
    while tenths >= least * 10:
        em = tenths / 10 * 25.4 / 72
        # A line may end up to one character early, because no line begins with a comma.
        a_line = max(1.0, int(width / em) - 1)
        if sum(math.ceil(length / a_line) for length in lengths) * em * leading <= height:
            return f"{tenths / 10:g}"
        tenths -= 1
    shown = "".join(blocks)
    raise DomainError(
        "document_overflow",
        f"“{shown[:20]}…”共{len(shown)}个字，缩到最小字号仍放不下。请缩短内容，或改用容得下的模板。",
    )


def portion(text: str | list[str], *, width: float, height: float, size: float, leading: float = 1.45) -> dict[str, Any]:
    """Divide paragraphs into what a box of `width` by `height` mm holds at `size` pt ("here") and what goes on elsewhere ("more").

    They are parted between paragraphs, or between the sentences of one ("cut": its rest is the first of "more"). Nothing is lost.
    """
    blocks = [line for block in ([text] if isinstance(text, str) else text) for line in block.splitlines()]
    em = size * 25.4 / 72
    room, a_line = math.floor(height / (em * leading)), max(1, int(width / em) - 1)
    here: list[str] = []
    for number, block in enumerate(blocks):
        needed = math.ceil((text_ems(block) + 2) / a_line)
        if needed > room:
            head = _sentences_within(block, ems=room * a_line - 2)
            more = [block[len(head) :], *blocks[number + 1 :]]
            return {"here": [*here, head] if head else here, "more": more, "cut": bool(head)}
        here.append(block)
        room -= needed
    return {"here": here, "more": [], "cut": False}


def _sentences_within(text: str, *, ems: float) -> str:
    """Return the sentences with which a text begins as far as they keep to a length."""
    kept = ""
    for end in (found.end() for found in _SENTENCE_END.finditer(text)):
        if text_ems(text[:end]) > ems:
            break
        kept = text[:end]
    return kept


def fits_block(text: str | list[str], *, width: float, height: float, least: float = 5.0, leading: float = 1.45) -> bool:
    """Tell whether `fit_block` finds a size for paragraphs, so that a template can move what is too long to another page."""
    try:
        fit_block(text, width=width, height=height, size=least, least=least, leading=leading)
    except DomainError:
        return False
    return True


def levels(text: str) -> list[dict[str, str]]:
    """Divide a typed paragraph by the face that its level of heading takes: "hei" for 一、, "kai" for （一）, "" for what follows.

    The heading is the first sentence; where that is a whole passage, only its number is set apart (GB/T 9704-2012, 7.3.3).
    """
    numbered = _LEVEL.match(text)
    if numbered is None:
        return [{"face": "", "text": text}]
    sentence = _SENTENCE.match(text)
    end = sentence.end() if sentence is not None else len(text)
    end = end if end <= _HEADING else numbered.end()
    parts = [{"face": "hei" if numbered["first"] else "kai", "text": text[:end]}, {"face": "", "text": text[end:]}]
    return [part for part in parts if part["text"]]


def text_ems(text: str) -> float:
    """Return the approximate width of a text in ems."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.56 for char in text)


def filters() -> Mapping[str, Any]:
    """Return the filters by the name they have in a template."""
    return {
        "cn_date": cn_date,
        "yuan": yuan,
        "chinese_amount": chinese_amount,
        "fit": fit,
        "fit_block": fit_block,
        "fits_block": fits_block,
        "levels": levels,
        "portion": portion,
        "qr": qr_address,
    }
