"""Which font file stands for each prescribed face, and which characters it can show."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import uharfbuzz as harfbuzz

from app.domain.errors import DomainError


class FontRole(StrEnum):
    """The faces that GB/T 9704-2012 prescribes; a template writes `font-family: var(--fangsong)`."""

    FANGSONG = "fangsong"
    SONG = "song"
    XIAOBIAOSONG = "xiaobiaosong"
    KAI = "kai"
    HEI = "hei"


@dataclass(frozen=True)
class Face:
    """One face in a font file; `index` is its number in a collection (0 in a plain file)."""

    path: str
    family: str
    index: int


@dataclass(frozen=True)
class Missing:
    """A character that no face of a chain can show."""

    char: str
    codepoint: str


REGULAR, MEDIUM, BOLD = 80, 100, 200
"""Weights as fontconfig counts them."""

# Last resort for characters outside the standard table: the mincho faces that draw all of CJK extensions A to F.
_LAST = (("HanaMinA", REGULAR), ("HanaMinA", MEDIUM), ("HanaMinB", REGULAR), ("HanaMinB", MEDIUM))

CHAINS: dict[FontRole, tuple[tuple[str, int], ...]] = {
    FontRole.FANGSONG: (
        ("仿宋_GB2312", REGULAR), ("FangSong_GB2312", REGULAR), ("仿宋", REGULAR), ("FangSong", REGULAR),
        ("Zhuque Fangsong", REGULAR), ("Noto Serif CJK SC", REGULAR), ("Source Han Serif SC", REGULAR), *_LAST,
    ),
    FontRole.SONG: (
        ("宋体", REGULAR), ("SimSun", REGULAR), ("Noto Serif CJK SC", REGULAR), ("Source Han Serif SC", REGULAR), *_LAST,
    ),
    FontRole.XIAOBIAOSONG: (
        ("方正小标宋_GBK", REGULAR), ("方正小标宋简体", REGULAR), ("FZXiaoBiaoSong-B05S", REGULAR),
        ("FZXiaoBiaoSong-B05", REGULAR),
        ("Noto Serif CJK SC", BOLD), ("Source Han Serif SC", BOLD), ("Noto Serif CJK SC", REGULAR), *_LAST,
    ),
    FontRole.KAI: (
        ("楷体_GB2312", REGULAR), ("KaiTi_GB2312", REGULAR), ("楷体", REGULAR), ("KaiTi", REGULAR),
        ("LXGW WenKai", REGULAR), ("Noto Serif CJK SC", REGULAR), *_LAST,
    ),
    FontRole.HEI: (
        ("黑体", REGULAR), ("SimHei", REGULAR), ("Noto Sans CJK SC", MEDIUM), ("Noto Sans CJK SC", REGULAR),
        ("Source Han Sans SC", REGULAR), ("Noto Serif CJK SC", REGULAR), *_LAST,
    ),
}  # fmt: skip
"""Families by preference: licensed faces when the client installed them, then the free stand-ins (domain handbook 3.8).

Of the free faces of 仿宋 the distribution has only such as lack characters that names are written with (FandolFang: 1,467 of the 8,105 of
the standard table; cwTeX draws traditional ones), and a name in two faces is worse than one in 宋. 朱雀仿宋 has them all and is
taken as soon as somebody installs it.
"""


PRESCRIBED: dict[FontRole, str] = {
    FontRole.XIAOBIAOSONG: "方正小标宋",
    FontRole.FANGSONG: "仿宋_GB2312",
    FontRole.HEI: "黑体",
    FontRole.KAI: "楷体_GB2312",
    FontRole.SONG: "宋体",
}
"""The face that official documents prescribe or usually take for a role (GB/T 9704-2012; domain handbook 1.14)."""

_FREE = frozenset(
    ("Zhuque Fangsong", "Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC", "LXGW WenKai")
) | frozenset(family for family, _ in _LAST)
_SETTINGS = "FONTCONFIG_FILE"
_WEIGHTS = {REGULAR: "常规", MEDIUM: "中等", BOLD: "粗体"}


@dataclass(frozen=True)
class Resolved:
    """What a role came to on this machine: the prescribed face or its stand-in, and what follows for characters it lacks."""

    role: FontRole
    prescribed: str
    family: str
    weight: str
    path: str
    is_prescribed: bool
    characters: int
    then: tuple[str, ...]


def resolved_roles() -> list[Resolved]:
    """Return what each role resolves to on this machine, the prescribed face where it is installed. Raises as `resolve_chains`."""
    installed, chains = _installed(), resolve_chains()
    found = []
    for role, prescribed in PRESCRIBED.items():
        wishes = [wish for wish in CHAINS[role] if wish in installed]
        (family, weight), face = wishes[0], chains[role][0]
        then = tuple(dict.fromkeys(name for name, _ in wishes[1:]))
        found.append(
            Resolved(role, prescribed, family, _WEIGHTS[weight], face.path, family not in _FREE, len(characters_of(face)), then)
        )
    return found


def resolve_chains() -> dict[FontRole, tuple[Face, ...]]:
    """Return, for each role, every installed face of its chain in order of preference; the first is the one that it comes to.

    Reads the font list of fontconfig once per process.
    Raises `DomainError` ("fonts_missing") naming the packages to install when a role has none.
    """
    installed = _installed()
    chains = {role: tuple(installed[wish] for wish in wishes if wish in installed) for role, wishes in CHAINS.items()}
    for role, chain in chains.items():
        if not chain:
            raise DomainError(
                "fonts_missing",
                f"服务器没有安装{PRESCRIBED[role]}，也没有它的替代字体，不能生成文书。请安装 fonts-noto-cjk 和 fonts-lxgw-wenkai 后重启。",
            )
    return chains


def check_coverage(text: str, *, faces: Sequence[Face]) -> list[Missing]:
    """Return the characters of a text that none of the faces can show, each once, in order of appearance.

    White space needs no glyph. A private-use character is always missing: what it shows depends on the machine.
    """
    missing: dict[str, Missing] = {}
    for char in text:
        if char.isspace() or char in missing:
            continue
        if _is_private(ord(char)) or not any(ord(char) in characters_of(face) for face in faces):
            missing[char] = Missing(char, f"U+{ord(char):04X}")
    return list(missing.values())


@lru_cache(maxsize=32)
def characters_of(face: Face) -> frozenset[int]:
    """Return the code points that a face has a glyph for (kept per process)."""
    return frozenset(open_face(face).unicodes)


def open_face(face: Face) -> Any:
    """Return the face as HarfBuzz reads it; the file is mapped, not loaded."""
    return harfbuzz.Face(harfbuzz.Blob.from_file_path(str(face.path)), face.index)


@contextmanager
def no_installed_fonts() -> Iterator[None]:
    """Hide the fonts of the machine, and its rules for them, from who reads the settings of fontconfig meanwhile.

    A page is set in small fonts alone; to sort all others behind them took a sixth of its time, and what they lack must not come from
    a font that nobody chose. Changes the environment of the process, so it is for rooms, which have one thread.
    """
    before = os.environ.get(_SETTINGS)
    os.environ[_SETTINGS] = str(Path(__file__).with_name("no_fonts.conf"))
    try:
        yield
    finally:
        del os.environ[_SETTINGS]
        if before is not None:
            os.environ[_SETTINGS] = before


def _is_private(code: int) -> bool:
    return 0xE000 <= code <= 0xF8FF or code >= 0xF0000


@lru_cache(maxsize=1)
def _installed() -> dict[tuple[str, int], Face]:
    listing = "%{file}\t%{index}\t%{variable}\t%{weight}\t%{slant}\t%{family}\n"
    try:
        answer = subprocess.run(["fc-list", "-f", listing], capture_output=True, check=True, timeout=30, text=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise DomainError("fonts_missing", "读不到服务器的字体列表。请安装 fontconfig 后重启。") from error
    return _by_family(sorted(answer.stdout.splitlines()))


def _by_family(lines: Iterable[str]) -> dict[tuple[str, int], Face]:
    found: dict[tuple[str, int], Face] = {}
    for line in lines:
        path, index, variable, weight, slant, families = line.split("\t")
        if variable == "True" or slant != "0" or not weight.isdigit():
            continue
        for family in families.split(","):
            found.setdefault((family, int(weight)), Face(path, family, int(index) & 0xFFFF))
    return found
