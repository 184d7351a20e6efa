"""Font programs of a single paper: cut to its glyphs, with the table that turns them into text again."""

from collections.abc import Collection, Mapping
from typing import Any

import uharfbuzz as harfbuzz

from app.documents.outlines import Grain, coarser

_EM = 1000
_UNUSED = [int.from_bytes(tag, "big") for tag in (b"name", b"OS/2", b"post", b"cmap")]


class Program:
    """A font of a batch with its outlines as coarse as they go into a file: it is cut to the glyphs of each paper."""

    def __init__(self, font: bytes, *, grain: Grain, glyphs: Collection[int] | None = None) -> None:
        """Open the font with these glyphs (None: all). Takes about 0.5 ms a glyph, the first time that they are wanted in this grain."""
        whole = harfbuzz.Face(harfbuzz.Blob(font))
        self.glyphs = frozenset(range(whole.glyph_count) if glyphs is None else glyphs)
        kept = font if glyphs is None else bytes(_cut(whole, self.glyphs, unused=()).blob.data)
        self._face = harfbuzz.Face(harfbuzz.Blob(coarser(kept, grain)))
        self._font = harfbuzz.Font(self._face)
        self._widths: dict[int, int] = {}

    def cut(self, glyphs: Collection[int]) -> tuple[bytes, int, bytes]:
        """Return a font program with only these glyphs, the number of its kind of file, and the entries of its stream."""
        made = _cut(self._face, glyphs, unused=_UNUSED)
        if "CFF " in made.table_tags:
            return bytes(made.reference_table("CFF ").data), 3, b"/Subtype/CIDFontType0C"
        program = bytes(made.blob.data)
        return program, 2, b"/Length1 %d" % len(program)

    def widths(self, glyphs: set[int]) -> bytes:
        """Return the widths that are not a whole em, as a font dictionary lists them (ISO 32000-1, 9.7.4.3).

        They are those of the program itself: ISO 19005-3, 6.2.11.5 wants both to agree.
        """
        runs: list[tuple[int, list[int]]] = []
        for glyph in sorted(glyphs):
            if (width := self._width(glyph)) == _EM:
                continue
            if runs and runs[-1][0] + len(runs[-1][1]) == glyph:
                runs[-1][1].append(width)
            else:
                runs.append((glyph, [width]))
        return b"".join(b"%d[%s]" % (first, b" ".join(b"%d" % width for width in run)) for first, run in runs)

    def _width(self, glyph: int) -> int:
        if glyph not in self._widths:
            self._widths[glyph] = round(self._font.get_glyph_h_advance(glyph) * _EM / self._face.upem)
        return self._widths[glyph]


def _cut(face: Any, glyphs: Collection[int], *, unused: Collection[int]) -> Any:
    """Return a face with only these glyphs, which keep their numbers, and without the tables that are unused."""
    wanted = harfbuzz.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(unused)
    wanted.flags = harfbuzz.SubsetFlags.RETAIN_GIDS | harfbuzz.SubsetFlags.NO_HINTING | harfbuzz.SubsetFlags.DESUBROUTINIZE
    return harfbuzz.subset(face, wanted)


def unicode_table(characters: Mapping[int, str]) -> bytes:
    """Return the table that says which text each glyph stands for (ToUnicode, ISO 32000-1, 9.10.3)."""
    lines = [b"<%04x><%s>" % (glyph, what.encode("utf-16-be").hex().encode()) for glyph, what in characters.items()]
    out = (
        b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0"
    )
    out += b">>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def 1 begincodespacerange<0000><ffff>endcodespacerange\n"
    for at in range(0, len(lines), 100):
        some = lines[at : at + 100]
        out += b"%d beginbfchar\n%s\nendbfchar\n" % (len(some), b"\n".join(some))
    return out + b"endcmap CMapName currentdict/CMap defineresource pop end end"
