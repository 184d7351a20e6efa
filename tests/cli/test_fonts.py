"""`gongjiang documents fonts`: the prescribed face where it is installed, its stand-in where it is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from tests.cli.conftest import Run

COMMAND = ("documents", "fonts", "--json")


def by_role(printed: str) -> dict[str, dict[str, object]]:
    """Return the rows that the command printed."""
    return {row["role"]: row for row in json.loads(printed)}


def licensed(folder: Path, family: str) -> None:
    """Make a font file of one character under a family name."""
    pen = TTGlyphPen(None)
    for place in ((0, 0), (0, 700), (700, 700)):
        (pen.lineTo if place != (0, 0) else pen.moveTo)(place)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "one"])
    builder.setupCharacterMap({ord("一"): "one"})
    builder.setupGlyf({".notdef": pen.glyph(), "one": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "one": (1000, 0)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(usWeightClass=400)
    builder.setupPost()
    builder.save(folder / "licensed.ttf")


def test_a_licensed_face_is_used_when_it_is_installed(tmp_path: Path) -> None:
    licensed(tmp_path, "FangSong_GB2312")
    settings = f"<fontconfig><include>/etc/fonts/fonts.conf</include><dir>{tmp_path}</dir></fontconfig>"
    (tmp_path / "fonts.conf").write_text(f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">{settings}')
    command = [sys.executable, "-m", "app.cli", *COMMAND]  # a process of its own: fontconfig reads its settings once
    environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    found = by_role(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    assert (found["fangsong"]["family"], found["fangsong"]["is_prescribed"]) == ("FangSong_GB2312", True)
    assert found["fangsong"]["characters"] == 1
    assert "Noto Serif CJK SC" in str(found["fangsong"]["then"])


def test_every_role_is_told_with_its_stand_in(run: Run) -> None:
    code, out, _ = run(*COMMAND)
    found = by_role(out)
    assert code == 0
    assert set(found) == {"fangsong", "song", "xiaobiaosong", "kai", "hei"}
    assert all(Path(str(row["file"])).is_file() and row["characters"] for row in found.values())
    assert found["xiaobiaosong"]["prescribed"] == "方正小标宋"
