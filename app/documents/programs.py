"""Font programs of a single paper: cut to its glyphs, with the table that turns them into text again."""

from collections.abc import Mapping
from typing import Any

import uharfbuzz as harfbuzz

_UNUSED = [int.from_bytes(tag, "big") for tag in (b"name", b"OS/2", b"post", b"cmap")]


def cut_program(face: Any, glyphs: set[int]) -> tuple[bytes, int, bytes]:
    """Return a font program with only these glyphs, the number of its kind of file, and the entries of its stream."""
    wanted = harfbuzz.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(_UNUSED)
    wanted.flags = harfbuzz.SubsetFlags.RETAIN_GIDS | harfbuzz.SubsetFlags.NO_HINTING | harfbuzz.SubsetFlags.DESUBROUTINIZE
    made = harfbuzz.subset(face, wanted)
    if "CFF " in made.table_tags:
        return bytes(made.reference_table("CFF ").data), 3, b"/Subtype/CIDFontType0C"
    program = bytes(made.blob.data)
    return program, 2, b"/Length1 %d" % len(program)


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
