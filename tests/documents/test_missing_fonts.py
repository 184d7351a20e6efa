"""A machine without the fonts: it says what to install and makes no paper."""

import os
import subprocess
import sys
from pathlib import Path

MAKE = """
from app.domain.errors import DomainError
from tests.documents.support import paper
try:
    paper("request")
except DomainError as error:
    print(error.code, error.message)
"""


def on_a_machine(tmp_path: Path, *fonts: str) -> str:
    """Try to make a paper where only these font files are installed; return what was said."""
    installed = tmp_path / "fonts"
    installed.mkdir()
    for font in fonts:
        (installed / Path(font).name).symlink_to(font)
    settings = f"<fontconfig><dir>{installed}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>"
    (tmp_path / "fonts.conf").write_text(f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">{settings}')
    environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    # A process of its own: fontconfig reads its settings once.
    return subprocess.run([sys.executable, "-c", MAKE], capture_output=True, text=True, check=True, env=environment).stdout


def file_of(family: str) -> str:
    """Return where this machine has a font."""
    command = ["fc-list", "-f", "%{file}\n", f"{family}:style=Regular"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def test_without_any_font_the_packages_to_install_are_named(tmp_path: Path) -> None:
    said = on_a_machine(tmp_path)
    assert said.startswith("fonts_missing 服务器没有安装")
    assert "fonts-noto-cjk" in said


def test_with_too_few_fonts_the_face_that_is_missing_is_named(tmp_path: Path) -> None:
    assert "服务器没有安装仿宋_GB2312，也没有它的替代字体" in on_a_machine(tmp_path, file_of("LXGW WenKai"))
