"""What of a number or name may be shown, and the search for numbers that must not be published (domain handbook 3.4)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.domain.identifiers import luhn_ok

FindingKind = Literal["id_number", "mobile", "bank_card"]

_LOOKS = {0xFF10 + digit: 0x30 + digit for digit in range(10)} | {0xFF38: ord("X"), 0xFF58: ord("x")}
"""Full-width digits and the letter that may end an identity number, as what they look like."""
_GAP = r"[\s\u00a0\u3000.\-\u2010-\u2015\u2212\uff0d\uff0e\u00b7_]{1,3}"
"""What people and line breaks put between the digits of a number."""
_CHAIN = re.compile(rf"[0-9]+(?:{_GAP}[0-9]+)*(?:(?:{_GAP})?[Xx](?![0-9A-Za-z]))?")
_GROUP = re.compile("[0-9]+|[Xx]")
_PREFIX = re.compile("^(?:86|086|0086)(?=1[3-9][0-9]{9}$)")
_NAMED = re.compile("(?:银行卡|卡号|账号|帐号|账户|开户)[^0-9]{0,12}$")
_PROVINCES = frozenset(
    (11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65,
     71, 81, 82, 83)
)  # fmt: skip
"""First two digits of identity numbers (GB/T 2260, and of the residence permits of Hong Kong, Macao and Taiwan)."""
_SHORTEST_NAMED, _LONGEST = 12, 30  # digits of an account number


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
    """Return the full identity numbers (18 or 15 digits), mobile and bank card numbers in a text, in order of place.

    Neither full-width digits nor characters without width nor blanks, dots, hyphens and line breaks between groups of digits
    hide a number. An identity number must hold a province and a date, but may have a wrong check digit; a card must pass its
    check digit or be called one; so codes of organisations, serials, amounts and dates are left in peace. Time grows with the
    length only.
    """
    shown = [(place, char) for place, char in enumerate(text) if unicodedata.category(char) != "Cf"]
    plain = "".join(char for _, char in shown).translate(_LOOKS)
    found = []
    for chain in _CHAIN.finditer(plain):
        groups = [(chain.start() + group.start(), chain.start() + group.end()) for group in _GROUP.finditer(chain.group())]
        found += [Finding(kind, shown[start][0], shown[end - 1][0] + 1) for kind, start, end in _in_chain(plain, groups)]
    return found


def _in_chain(text: str, groups: list[tuple[int, int]]) -> Iterator[tuple[FindingKind, int, int]]:
    """Yield what groups of digits make together, from left to right, none twice."""
    first = 0
    while first < len(groups):
        kind, last = _starting_at(text, groups, first)
        if kind:
            yield kind, groups[first][0], groups[last][1]
        first = last + 1


def _starting_at(text: str, groups: list[tuple[int, int]], first: int) -> tuple[FindingKind | None, int]:
    """Return what begins with a group and with which group it ends; nothing ends with the group itself.

    What is called an account number is one, however long; otherwise the first that the groups make together counts.
    """
    number, account = "", None
    are_long = are_single = True
    is_named = _NAMED.search(text[max(0, groups[first][0] - 20) : groups[first][0]])
    for last in range(first, len(groups)):
        start, end = groups[last]
        number += text[start:end].upper()
        are_single = are_single and end - start == 1 and first == 0
        if len(number) > _LONGEST or not (are_long or are_single):
            break
        # Shorter groups would often make a telephone number out of a column of marks or days; single digits do when they stand alone.
        is_whole = are_long and (end - start >= 3 or last in (first, len(groups) - 1))
        are_long = are_long and end - start >= 3
        if not is_whole and not (are_single and last == len(groups) - 1):
            continue
        if is_named and len(number) >= _SHORTEST_NAMED:
            account = last
        elif kind := _kind(number):
            return kind, last
    return ("bank_card", account) if account is not None else (None, first)


def _kind(number: str) -> FindingKind | None:
    if _is_id(number):
        return "id_number"
    if re.fullmatch("1[3-9][0-9]{9}", _PREFIX.sub("", number)):
        return "mobile"
    is_card = number.isdigit() and 16 <= len(number) <= 19 and number[0] in "34569" and luhn_ok(number)
    is_organisation = len(number) == 18 and number[0] == "9"  # GB 32100: companies
    return "bank_card" if is_card and not is_organisation else None


def _is_id(number: str) -> bool:
    if len(number) == 18:
        year, month, day = number[6:10], number[10:12], number[12:14]
    elif len(number) == 15 and number.isdigit():
        year, month, day = f"19{number[6:8]}", number[8:10], number[10:12]
    else:
        return False
    digits = number[:17].isdigit() and (number[-1].isdigit() or number[-1] == "X")
    return digits and int(number[:2]) in _PROVINCES and year[:2] in ("19", "20") and _is_day(int(year), int(month), int(day))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
