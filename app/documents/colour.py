"""The colour space of papers: sRGB (IEC 61966-2-1) as an ICC profile of some hundred bytes, where the usual one has three thousand."""

import struct
from functools import lru_cache

_D50 = (0.9642, 1.0, 0.8249)
_PRIMARIES = {
    b"rXYZ": (0.4360747, 0.2225045, 0.0139322),
    b"gXYZ": (0.3850649, 0.7168786, 0.0971045),
    b"bXYZ": (0.1430804, 0.0606169, 0.7141733),
}
"""Red, green and blue as seen under D50, the white of profiles (Bradford adaptation from D65)."""
_ADAPTATION = (1.0478112, 0.0228866, -0.0501270, 0.0295424, 0.9904844, -0.0170491, -0.0092345, 0.0150436, 0.7521316)
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""The transfer curve as parameters (ICC.1, function type 3), exactly as the standard gives it."""


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """Return the profile (ICC version 4.2, display class)."""
    curve = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + _numbers(*_CURVE)
    tags = {b"desc": _words("sRGB"), b"cprt": _words("CC0"), b"wtpt": _xyz(_D50)}
    tags |= {tag: _xyz(primary) for tag, primary in _PRIMARIES.items()}
    tags |= {b"chad": b"sf32\0\0\0\0" + _numbers(*_ADAPTATION), b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    places: dict[bytes, int] = {}
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        # Equal contents stand once, as the three curves.
        place = places.setdefault(content, start + len(body))
        body += content + b"\0" * (-len(content) % 4) if place == start + len(body) else b""
        table += struct.pack(">4sII", tag, place, len(content))
    rest = struct.pack(">I", len(tags)) + table + body
    return _header(128 + len(rest)) + rest


def _header(size: int) -> bytes:
    made = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    head = struct.pack(">I4sI4s4s4s", size, b"\0" * 4, 0x04200000, b"mntr", b"RGB ", b"XYZ ") + made + b"acsp"
    return (head.ljust(68, b"\0") + _numbers(*_D50)).ljust(128, b"\0")


def _numbers(*values: float) -> bytes:
    """Return fixed-point numbers of 16.16 bits."""
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _numbers(*values)


def _words(text: str) -> bytes:
    content = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(content), 28) + content
