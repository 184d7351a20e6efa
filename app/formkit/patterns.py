"""Which regular expressions a form may hold: a small subset, the same in a browser and here, that cannot run for minutes."""

import re

MAX_PATTERN = 200
MAX_MATCHED_TEXT = 200
MAX_WAYS = 1_000_000
"""How many ways to divide one text a pattern may allow at most; backtracking never takes more steps than that per start."""

_CLASS = re.compile(r"\[\^?\]?(?:\\[dDwWsS\-\]\[\\^./]|\\u[0-9a-fA-F]{4}|[^\]\\\[])+\]")
_ATOM = re.compile(r"\\[dDwWsS.\-+*?()\[\]{}|\\/^$]|\\u[0-9a-fA-F]{4}|[^\\()\[\]{}|*+?]")
_REPEAT = re.compile(r"[*+?]|\{(\d{1,3})(?:(,)(\d{1,3})?)?\}")


class PatternRefused(ValueError):
    """The pattern uses something outside the subset, or could take too long."""


class _Scanner:
    """Reads a pattern from left to right and counts the ways in which it can divide one text."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self) -> int:
        ways = self.sequence()
        while self.peek() == "|":
            self.at += 1
            ways += self.sequence()
        return ways

    def sequence(self) -> int:
        ways = 1
        while self.peek() not in ("", "|", ")"):
            ways *= self.repeated(self.atom())
            if ways > MAX_WAYS:
                raise PatternRefused
        return ways

    def atom(self) -> int:
        if self.peek() == "(":
            self.at += 3 if self.pattern.startswith("(?:", self.at) else 1
            ways = self.alternatives()
            if self.peek() != ")":
                raise PatternRefused
            self.at += 1
            return ways
        found = (_CLASS if self.peek() == "[" else _ATOM).match(self.pattern, self.at)
        if found is None:
            raise PatternRefused
        self.at = found.end()
        return 1

    def repeated(self, ways: int) -> int:
        found = _REPEAT.match(self.pattern, self.at)
        if found is None:
            return ways
        self.at = found.end()
        if self.peek() in ("?", "*", "+", "{"):
            raise PatternRefused
        low, high = _bounds(found)
        if ways > 1 and high > 12:
            raise PatternRefused
        return int((high - low + 1) * ways**high)

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]


def _bounds(found: re.Match[str]) -> tuple[int, int]:
    sign = found.group()
    if sign in "*+?":
        return (1 if sign == "+" else 0), (1 if sign == "?" else MAX_MATCHED_TEXT)
    low = int(found.group(1))
    if found.group(2) is None:
        return low, low
    high = int(found.group(3)) if found.group(3) else MAX_MATCHED_TEXT
    if low > high:
        raise PatternRefused
    return low, high


def check_pattern(pattern: str) -> None:
    """Accept a pattern of the subset: characters, classes, groups, alternatives and bounded effort. Raises `PatternRefused`."""
    if not pattern or len(pattern) > MAX_PATTERN:
        raise PatternRefused
    scanner = _Scanner(pattern)
    scanner.alternatives()
    if scanner.at != len(pattern):
        raise PatternRefused
    try:
        re.compile(pattern, re.ASCII)
    except (re.error, OverflowError) as error:
        raise PatternRefused from error


def matches(pattern: str, text: str) -> bool:
    """Say whether a text contains the pattern, as a browser would (JavaScript: the classes mean ASCII)."""
    return re.search(pattern, text, re.ASCII) is not None
