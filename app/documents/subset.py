"""Fonts cut to the characters of a document or of a whole batch, so that a certificate takes milliseconds and kilobytes."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import uharfbuzz as harfbuzz

from app.documents.charset import with_plain_numbers
from app.documents.fonts import Face, FontRole, characters_of, open_face, resolve_chains

ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | frozenset(
    "·—–…“”‘’、。，；：？！（）〔〕《》〈〉【】％￥¥×°〇零一二三四五六七八九十百千万亿年月日第页共号元"
)
"""What counters, dates and numbers may bring into a page that its source does not show."""

_DROP = ["BASE", "GSUB", "GPOS", "GDEF", "VORG", "vhea", "vmtx", "STAT", "DSIG", "meta", "FFTM", "kern", "gasp", "PCLT"]


@dataclass(frozen=True)
class FontSet:
    """Small fonts for a set of characters: `files` by address, `families` by role as CSS text, `css` with the rules.

    `engine` holds what the renderer keeps between documents of one batch; `lock` because it serves one thread at a time.
    """

    characters: frozenset[str]
    roles: frozenset[FontRole]
    files: Mapping[str, bytes]
    families: Mapping[FontRole, str]
    css: str
    engine: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    @property
    def size(self) -> int:
        """Return the bytes of all small fonts together."""
        return sum(map(len, self.files.values()))


def subset_for(text: str, *, roles: Iterable[FontRole] = tuple(FontRole)) -> FontSet:
    """Return small fonts that can show a text in the given roles; the last few sets are kept.

    Pass the joined texts of a batch once and give the result to every rendering. Which set serves a text depends on the text
    alone, so that the same document has the same bytes whatever was rendered before. Characters that no installed font has
    are left out here: `check_coverage` is what refuses them.
    """
    return _cut_set(frozenset(text) | ALWAYS, frozenset(roles))


@lru_cache(maxsize=12)
def _cut_set(characters: frozenset[str], roles: frozenset[FontRole]) -> FontSet:
    chains = {role: chain for role, chain in resolve_chains().items() if role in roles}
    shares: dict[Face, set[str]] = {}
    for chain in chains.values():
        for face, share in _share(characters, chain).items():
            shares.setdefault(face, set()).update(share)
    faces = sorted(shares, key=lambda face: (face.path, face.index))
    names = {face: f"gj{number}" for number, face in enumerate(faces)}
    families = {role: ", ".join(f'"{names[face]}"' for face in chain if face in names) for role, chain in chains.items()}
    rules = (f'@font-face{{font-family:"{name}";src:url("font:{name}")}}' for name in names.values())
    return FontSet(
        characters=characters,
        roles=roles,
        files={f"font:{names[face]}": cut(face, frozenset(shares[face])) for face in faces},
        families=families,
        css="\n".join(rules),
    )


def _share(characters: frozenset[str], chain: tuple[Face, ...]) -> dict[Face, set[str]]:
    """Give each character to the first face of the chain that has it."""
    left = set(characters)
    shares: dict[Face, set[str]] = {}
    for face in chain:
        covers: Callable[[int], bool] = characters_of(face).__contains__
        share = {char for char in left if covers(ord(char))}
        if share:
            shares[face] = share
            left -= share
        if not left:
            break
    return shares


@lru_cache(maxsize=48)
def cut(face: Face, characters: frozenset[str]) -> bytes:
    """Return a face as a font file with only the glyphs of the characters (about 0.2 KB each; some milliseconds a call)."""
    wanted = harfbuzz.SubsetInput()
    wanted.unicode_set.update(ord(char) for char in characters)
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode("ascii"), "big") for tag in _DROP)
    wanted.layout_feature_tag_set.clear()
    wanted.flags = harfbuzz.SubsetFlags.NO_HINTING | harfbuzz.SubsetFlags.DESUBROUTINIZE | harfbuzz.SubsetFlags.NOTDEF_OUTLINE
    return with_plain_numbers(bytes(harfbuzz.subset(open_face(face), wanted).blob.data))
