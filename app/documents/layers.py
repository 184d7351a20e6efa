"""Drawn pages as the renderer leaves them: content, and the objects that it needs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.documents.assembly import references

# Five digits of a place in a drawing are a hundredth of a millimetre on the largest page; the others weigh and are not seen.
_DRAWN = re.compile(rb"^[-\d. ]+ (?:m|l|c|v|y|re)$|^\[.*\] TJ$", re.M)
_APART = re.compile(rb"(-?[\d.]+)<>(-?[\d.]+)")
_LONG = re.compile(rb"(?<=[ >\]\n])-?\d+\.\d{3,}|^-?\d+\.\d{3,}")


@dataclass(frozen=True)
class Layer:
    """A drawn page: its content, the objects that it needs by their number, and the page's size in points."""

    content: bytes
    resources: bytes
    objects: Mapping[int, tuple[bytes, bytes | None]]
    box: bytes
    font_object: int
    glyphs: Mapping[str, frozenset[int]]


def content_of(drawn: Any) -> bytes:
    """Return the content of a stream of the renderer."""
    return b"\n".join(data_of(part) for part in drawn.stream)


def rounded(content: bytes) -> bytes:
    """Return a drawing without the digits that nobody sees."""
    return _DRAWN.sub(lambda line: _LONG.sub(_short, _APART.sub(_together, line[0])), content)


def _together(shifts: re.Match[bytes]) -> bytes:
    return b"%f" % (float(shifts[1]) + float(shifts[2]))


def _short(number: re.Match[bytes]) -> bytes:
    value = float(number[0])
    return b"0" if abs(value) < 0.001 else b"%.5g" % value


def data_of(value: Any) -> bytes:
    """Return a value of the renderer as it stands in a file."""
    return value if isinstance(value, bytes) else value.data if hasattr(value, "data") else str(value).encode()


def gather(pdf: Any, numbers: list[int], *, stop: int) -> dict[int, tuple[bytes, bytes | None]]:
    """Return the objects with these numbers and all that they refer to: entries, and the content of a stream."""
    found: dict[int, tuple[bytes, bytes | None]] = {}
    while numbers:
        number = numbers.pop()
        if number in found or number == stop:
            continue
        drawn = pdf.objects[number]
        if hasattr(drawn, "stream"):
            entries = b"".join(b"/%s %s" % (key.encode(), data_of(value)) for key, value in drawn.extra.items())
            found[number] = (entries, content_of(drawn))
        else:
            entries = data_of(drawn)
            found[number] = (entries, None)
        numbers += references(entries)
    return found


def entries_of(resources: Any, needed: set[str]) -> bytes:
    """Return those of a page's resources that its content names."""
    out = b""
    for kind, entries in resources.items():
        if isinstance(entries, dict):
            kept = b"".join(b"/%s %s" % (name.encode(), data_of(value)) for name, value in entries.items() if name in needed)
            out += b"/%s<<%s>>" % (kind.encode(), kept) if kept else b""
    return out
