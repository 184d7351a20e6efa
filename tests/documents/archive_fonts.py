"""What the archive format asks of the fonts in a file (ISO 19005-2, 6.2.11): embedded, with every glyph and width as they are used."""

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import ArrayObject

_SHOWN = re.compile(rb"/(\S+)\s+[-\d.]+\s+Tf|\[([^\]]*)\]\s*TJ|<([0-9a-f]+)>\s*Tj")


def font_breaches(reader: PdfReader) -> Iterator[str]:
    """Yield what is wrong with each font that is shown in a file, with its name and the clause."""
    shown: dict[int, set[int]] = {}
    fonts: dict[int, Any] = {}
    for page in reader.pages:
        _collect(page["/Contents"].get_object().get_data(), page["/Resources"].get_object(), shown, fonts)
    for number, codes in shown.items():
        yield from (f"{fonts[number]['/BaseFont']}: {what}" for what in _font(fonts[number], codes))


def _collect(content: bytes, resources: Any, shown: dict[int, set[int]], fonts: dict[int, Any]) -> None:
    """Gather which codes are shown in which font, in a drawing and in the drawings that it uses."""
    named = resources.get("/Font", {})
    held = named.get_object() if named else {}
    current = 0
    for name, many, single in _SHOWN.findall(content):
        if name:
            current = held.raw_get("/" + name.decode()).idnum
            fonts[current] = held["/" + name.decode()].get_object()
        for text in [single] if single else re.findall(rb"<([0-9a-f]+)>", many):
            shown.setdefault(current, set()).update(int(text[at : at + 4], 16) for at in range(0, len(text), 4))
    drawings = resources.get("/XObject", {})
    for drawing in (one.get_object() for one in (drawings.get_object() if drawings else {}).values()):
        if drawing["/Subtype"] == "/Form":
            _collect(drawing.get_data(), drawing.get("/Resources", resources).get_object(), shown, fonts)


def _font(font: Any, codes: set[int]) -> Iterator[str]:
    inner = font["/DescendantFonts"][0].get_object()
    described = inner["/FontDescriptor"].get_object()
    if "/FontFile3" in described and described["/FontFile3"]["/Subtype"] not in ("/CIDFontType0C", "/OpenType"):
        yield "6.2.11.2 a program of an unknown kind"
    is_outline = "/FontFile3" in described
    if not is_outline and "/FontFile2" not in described:
        yield "6.2.11.4.1 not embedded"
        return
    if font["/Encoding"] != "/Identity-H" or not re.match(r"/[A-Z]{6}\+", font["/BaseFont"]):
        yield "6.2.11.4.2 a subset without its tag, or with another encoding"
    if font["/BaseFont"] != inner["/BaseFont"] or inner["/BaseFont"] != described["/FontName"]:
        yield "6.2.11.2 it goes by several names"
    if not is_outline and inner.get("/CIDToGIDMap") != "/Identity":
        yield "6.2.11.3.2 no map of its glyphs"
    if "/CIDSet" in described:
        yield "6.2.11.4.2 a list of glyphs that nobody has compared"
    program = described["/FontFile3" if is_outline else "/FontFile2"].get_object()
    widths = _outline_widths(program.get_data(), frozenset(codes)) if is_outline else _brush_widths(program.get_data())
    listed = _listed(inner)
    for code in sorted(codes):
        if code not in widths or code == 0:
            yield f"6.2.11.4.1 and 6.2.11.8 no glyph for {code:04x}"
        elif abs(listed.get(code, float(inner.get("/DW", 1000))) - widths[code]) > 1:
            yield f"6.2.11.5 the width of {code:04x} is {widths[code]:.1f}"
    yield from _unicode(font, codes)


@lru_cache(maxsize=64)
def _outline_widths(program: bytes, codes: frozenset[int]) -> dict[int, float]:
    """Return the widths of those glyphs of an outline font that are shown, in thousandths; they are drawn once for all tests."""
    outlines, scale = _outlines(program)
    return {code: _width(outlines[code]) * scale for code in codes & outlines.keys()}


def _outlines(program: bytes) -> tuple[dict[int, Any], float]:
    """Return the outlines of a font by what selects its glyphs (ISO 32000-1, 9.7.4.2), and what makes thousandths of their units."""
    fonts = TTFont(io.BytesIO(program))["CFF "].cff if program[:4] == b"OTTO" else CFFFontSet()
    if program[:4] != b"OTTO":
        fonts.decompile(io.BytesIO(program), None)
    [top] = fonts.values()
    scale = top.FontMatrix[0] * 1000
    if not hasattr(top, "ROS"):
        return {at: top.CharStrings[name] for at, name in enumerate(top.charset)}, scale
    return {int(name[3:] if name != ".notdef" else 0): top.CharStrings[name] for name in top.charset}, scale


def _width(outline: Any) -> float:
    outline.draw(_Nothing())
    return float(outline.width)


class _Nothing:
    """A pen that draws nothing: an outline tells its width only when it is drawn."""

    def __getattr__(self, name: str) -> Any:
        return lambda *points: None


def _brush_widths(program: bytes) -> dict[int, float]:
    font = TTFont(io.BytesIO(program))
    units = font["head"].unitsPerEm
    return {at: width * 1000 / units for at, (width, _) in enumerate(font["hmtx"].metrics.values())}


def _listed(inner: Any) -> dict[int, float]:
    """Return the widths of a font dictionary (ISO 32000-1, 9.7.4.3)."""
    values, found, at = inner.get("/W", []), {}, 0
    while at < len(values):
        first, second = int(values[at]), values[at + 1].get_object()
        if isinstance(second, ArrayObject):
            found |= {first + place: float(width) for place, width in enumerate(second)}
            at += 2
        else:
            found |= dict.fromkeys(range(first, int(second) + 1), float(values[at + 2]))
            at += 3
    return found


def _unicode(font: Any, codes: set[int]) -> Iterator[str]:
    """Every code that is shown stands for a character, which is more than level B asks."""
    table = font["/ToUnicode"].get_object().get_data()
    mapped = {
        int(code, 16): text
        for code, text in re.findall(rb"<([0-9a-f]{4})>\s*<([0-9a-f]+)>", table.split(b"endcodespacerange")[1])
    }
    for code in sorted(codes - mapped.keys()):
        yield f"6.2.11.7.2 {code:04x} stands for no character"
    if {b"0000", b"fffe", b"feff"} & set(mapped.values()):
        yield "6.2.11.7.2 a code stands for what is no character"
