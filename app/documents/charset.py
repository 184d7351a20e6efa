"""Makes the characters of a cut CFF font count by glyph, as the pages that use it do."""

import struct
from itertools import pairwise


def with_plain_numbers(font: bytes) -> bytes:
    """Return an OpenType font whose CFF table numbers its characters 1, 2, 3 … in the order of its glyphs; others as they are.

    Cutting leaves the numbers of the whole font in the table, and a page that names glyph 250 would show nothing, or another
    character, in a reader that goes by the letter of ISO 32000-1, 9.7.4.2 (a CID selects by the charset of the font program).
    """
    if font[:4] != b"OTTO":
        return font
    (count,) = struct.unpack(">H", font[4:6])
    for place in range(12, 12 + 16 * count, 16):
        tag, _, start, length = struct.unpack(">4sIII", font[place : place + 16])
        if tag == b"CFF ":
            return font[:start] + _renumbered(font[start : start + length]) + font[start + length :]
    return font


def _renumbered(cff: bytes) -> bytes:
    top, _ = _index(cff, _index(cff, cff[2])[1])
    entries = _dictionary(cff[top[0][0] : top[0][1]])
    # Only a CID-keyed font (operator 12 30) goes by these numbers; below 3 stand the predefined charsets.
    at = int(entries.get(15, 0))
    if 1230 not in entries or at < 3:
        return cff
    glyphs, _ = _index(cff, int(entries[17]))
    if len(glyphs) < 3:
        return cff
    # Format 2, one range that begins with 1: five bytes, fewer than any charset of three glyphs or more takes.
    return cff[:at] + struct.pack(">BHH", 2, 1, len(glyphs) - 2) + cff[at + 5 :]


def _index(data: bytes, at: int) -> tuple[list[tuple[int, int]], int]:
    """Return where the entries of an INDEX lie, and where it ends."""
    (count,) = struct.unpack(">H", data[at : at + 2])
    if count == 0:
        return [], at + 2
    size = data[at + 2]
    offsets = [int.from_bytes(data[at + 3 + size * n : at + 3 + size * (n + 1)], "big") for n in range(count + 1)]
    base = at + 2 + size * (count + 1)
    return [(base + first, base + second) for first, second in pairwise(offsets)], base + offsets[-1]


def _dictionary(data: bytes) -> dict[int, int]:
    """Return the last operand of each operator of a DICT; an escaped operator 12 n counts as 1200 + n."""
    entries, operand, at = {}, 0, 0
    while at < len(data):
        first = data[at]
        if first <= 21:
            escaped = first == 12
            entries[1200 + data[at + 1] if escaped else first] = operand
            at += 2 if escaped else 1
        elif first == 28:
            operand, at = struct.unpack(">h", data[at + 1 : at + 3])[0], at + 3
        elif first == 29:
            operand, at = struct.unpack(">i", data[at + 1 : at + 5])[0], at + 5
        elif first == 30:
            at += 1
            while data[at] & 0x0F != 0x0F:
                at += 1
            at += 1
        elif first <= 246:
            operand, at = first - 139, at + 1
        else:
            high = first - 247 if first <= 250 else first - 251
            operand = high * 256 + data[at + 1] + 108 if first <= 250 else -high * 256 - data[at + 1] - 108
            at += 2
    return entries
