"""What of a number or name may be shown, and the search for numbers that must not be published (domain handbook 3.4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.domain.identifiers import id_check_character, luhn_ok

FindingKind = Literal["id_number", "mobile", "bank_card"]

_DIGITS = {0xFF10 + digit: 0x30 + digit for digit in range(10)} | {0xFF38: ord("X"), 0xFF58: ord("x"), 0xFF0D: ord("-")}
_GAP = "[ \u00a0\u3000-]?"
_ID = re.compile(rf"(?<![0-9A-Za-z])[1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(rf"(?<![0-9])(?:\+?86{_GAP})?1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}(?![0-9])")
_RUN = re.compile(rf"(?<![0-9A-Za-z])[0-9]+(?:{_GAP}[0-9]+)*")
_GROUP = re.compile("[0-9]+")


@dataclass(frozen=True)
class Finding:
    """A place in a text that holds a full number; the number itself is not repeated here."""

    kind: FindingKind
    start: int
    end: int


def mask_id(number: str, *, tail: int = 2) -> str:
    """Return an identity number with its first 2 and last `tail` characters; area plus last four would let insiders guess."""
    return _masked(number, head=2, tail=tail)


def mask_phone(number: str) -> str:
    """Return a telephone number with its first 3 and last 4 digits."""
    return _masked(number, head=3, tail=4)


def mask_bank(number: str) -> str:
    """Return an account number with its last 4 digits."""
    return _masked(number, head=0, tail=4)


def _masked(text: str, *, head: int, tail: int) -> str:
    """Star everything when so little is left that the mask would hide less than it shows."""
    hidden = len(text) - head - tail
    if hidden < head + tail and hidden < 4:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[len(text) - tail :]


def scan_text(text: str) -> list[Finding]:
    """Return the full identity numbers, mobile and bank card numbers in a text, in order of place.

    Full-width digits and single blanks or hyphens between digits do not hide a number. Identity numbers and cards
    must pass their check digit, so that file and certificate numbers are left in peace. Time grows with the length only.
    """
    plain = text.translate(_DIGITS)
    found = [Finding("id_number", *match.span()) for match in _ID.finditer(plain) if _is_id(_digits(match.group()))]
    found += [Finding("bank_card", start, end) for start, end in _cards(_without(plain, found))]
    found += [Finding("mobile", *match.span()) for match in _MOBILE.finditer(_without(plain, found))]
    return sorted(found, key=lambda finding: finding.start)


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of groups of digits that together make a card number: other numbers may stand right beside it."""
    for run in _RUN.finditer(text):
        groups = [(run.start() + group.start(), run.start() + group.end()) for group in _GROUP.finditer(run.group())]
        first = 0
        while first < len(groups):
            last = _card_end(text, groups, first)
            if last is not None:
                yield groups[first][0], groups[last][1]
            first = first + 1 if last is None else last + 1


def _card_end(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    number = ""
    for last in range(first, len(groups)):
        number += text[slice(*groups[last])]
        if len(number) > 19:
            break
        if len(number) >= 16 and number[0] in "34569" and luhn_ok(number):
            return last
    return None


def _without(text: str, found: list[Finding]) -> str:
    """Blank out what has been found, so that nothing is reported twice."""
    pieces, end = [], 0
    for finding in sorted(found, key=lambda each: each.start):
        pieces += [text[end : finding.start], "#" * (finding.end - finding.start)]
        end = finding.end
    return "".join([*pieces, text[end:]])


def _digits(text: str) -> str:
    return re.sub("[^0-9X]", "", text.upper())


def _is_id(number: str) -> bool:
    return id_check_character(number[:17]) == number[17]
