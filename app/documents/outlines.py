"""Makes the outlines of fonts coarser than a printer draws: brush faces have a hundred points a glyph, and nobody sees a hundredth of a millimetre.

Half of a certificate's bytes are outlines, and a name of fifty characters brings fifty of them.
"""

import io
from array import array
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.documents.contours import straightened, without_implied


@dataclass(frozen=True)
class Grain:
    """How coarse outlines become: the units an em that are left to brush faces and to faces of even strokes, and how far a point moves.

    `tolerance` is the share of the em by which a point of a brush face may leave the line that stands for it.
    """

    brush: int
    strokes: int
    tolerance: float


GRAINS = (Grain(200, 400, 0.006), Grain(140, 280, 0.01), Grain(100, 160, 0.016))
"""From fine to coarse. At 20 pt one unit of 200 is 0.035 mm; at 600 dpi a printer draws 0.042 mm. The coarser ones are for papers that
would be too large: those with the longest names, which are set in small type."""
_SAID = ("Notice", "FullName", "FamilyName", "Weight", "version")
"""What a font says of itself, which takes as much room as a character; the paper names its fonts in their dictionaries."""


@lru_cache(maxsize=12)
def coarser(font: bytes, grain: Grain = GRAINS[0]) -> bytes:
    """Return a font on a coarser grid, a sixth smaller when compressed or more; one whose grid is coarse already as it is."""
    from fontTools.ttLib import TTFont  # slow import: fontTools

    # The box around even strokes is scaled below: left to the library, every glyph is drawn for it.
    opened = TTFont(io.BytesIO(font), recalcBBoxes=font[:4] != b"OTTO", recalcTimestamp=False)
    units, grid = opened["head"].unitsPerEm, grain.strokes if font[:4] == b"OTTO" else grain.brush
    if units < 2 * grid:
        return font
    scale = grid / units
    if font[:4] == b"OTTO":
        _coarsen_strokes(opened, scale, units=grid)
    elif any(opened["glyf"][name].isComposite() for name in opened.getGlyphOrder()):
        return font
    else:
        _coarsen_brush(opened, scale, tolerance=grain.tolerance * units)
    metrics = opened["hmtx"].metrics
    for name, (advance, left) in metrics.items():
        metrics[name] = (round(advance * scale), round(left * scale))
    opened["head"].unitsPerEm = grid
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def _coarsen_brush(font: Any, scale: float, *, tolerance: float) -> None:
    from fontTools.ttLib.tables._g_l_y_f import GlyphCoordinates  # slow import: fontTools

    glyphs = font["glyf"]
    for name in font.getGlyphOrder():
        glyph = glyphs[name]
        if glyph.numberOfContours <= 0:
            continue
        points, ends, flags = glyph.getCoordinates(glyphs)
        drawn, last, first = [], [], 0
        for end in ends:
            contour = straightened(list(points[first : end + 1]), list(flags[first : end + 1]), tolerance=tolerance)
            drawn += without_implied([((round(x * scale), round(y * scale)), is_on) for (x, y), is_on in contour])
            last.append(len(drawn) - 1)
            first = end + 1
        glyph.coordinates, glyph.endPtsOfContours = GlyphCoordinates(point for point, _ in drawn), last
        glyph.flags = array("B", (is_on for _, is_on in drawn))


def _coarsen_strokes(font: Any, scale: float, *, units: int) -> None:
    from fontTools.pens.t2CharStringPen import T2CharStringPen  # slow import: fontTools
    from fontTools.pens.transformPen import TransformPen  # slow import: fontTools

    [top] = font["CFF "].cff.topDictIndex
    glyphs, made = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        width = round(font["hmtx"][name][0] * scale)
        # The width stands in the outline as its difference from `nominalWidthX`, and not at all when it is the usual one.
        pen = T2CharStringPen(None if width == units else width, glyphs)
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        made[name] = pen.getCharString()
    for name, outline in made.items():
        old = top.CharStrings[name]
        outline.private, outline.globalSubrs = old.private, old.globalSubrs
        top.CharStrings[name] = outline
    for private in {id(one): one for one in _privates(top)}.values():
        private.rawDict.clear()
        private.defaultWidthX, private.nominalWidthX = units, 0
    top.FontMatrix = [1 / units, 0, 0, 1 / units, 0, 0]
    top.FontBBox = [round(side * scale) for side in top.FontBBox]
    for said in _SAID:
        top.rawDict.pop(said, None)


def _privates(top: Any) -> list[Any]:
    return [one.Private for one in top.FDArray] if hasattr(top, "FDArray") else [top.Private]
