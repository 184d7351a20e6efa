"""`gongjiang templates`: what is wrong with a template is told by file and line; versions come in and go out as zips."""

import hashlib
import json
import zipfile
from pathlib import Path

from flask import Flask

from app.services.context import Context
from app.services.issuing import papers
from config import Config
from tests.cli.conftest import Run
from tests.issued import issue

ROOT = Path(__file__).parents[2]
CERTIFICATE = ROOT / "certificates" / "linkonggang-artisan" / "certificate"
KEY = "linkonggang-artisan/certificate"


def changed(folder: Path, word: str) -> Path:
    """Return a zip of the shipped certificate with another heading."""
    target = folder / "changed.zip"
    with zipfile.ZipFile(target, "w") as package:
        for path in CERTIFICATE.iterdir():
            content = path.read_bytes()
            package.writestr(
                path.name, content.replace("荣誉证书".encode(), word.encode()) if path.suffix == ".html" else content
            )
    return target


def test_a_shipped_template_passes_and_leaves_its_draft(run: Run, tmp_path: Path) -> None:
    code, out, err = run("templates", "check", str(CERTIFICATE), "--out", str(tmp_path / "draft.pdf"))
    assert (code, out, err) == (0, "", "检查通过，可以部署。\n")
    assert (tmp_path / "draft.pdf").read_bytes().startswith(b"%PDF")


def test_a_fault_is_told_by_file_and_line(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("templates", "check", str(changed(tmp_path, "{{ nmae }}")), "--json")
    [finding] = json.loads(out)
    assert (code, finding["file"], finding["severity"], "nmae" in finding["message"]) == (1, "template.html", "error", True)
    assert run("templates", "check", str(ROOT / "README.md"))[0] == 2


def test_a_version_comes_in_and_goes_out(filled: Config, run: Run, tmp_path: Path) -> None:
    path = changed(tmp_path, "荣 誉 证 书")
    code, out, _ = run("templates", "deploy", str(path), "--as", KEY, "--reason", "字距")
    assert (code, "第 2 版" in out) == (0, True)
    states = {
        (line["key"], one["number"]): one["state"]
        for line in json.loads(run("templates", "list", "--json")[1])
        for one in line["versions"]
    }
    assert (states[KEY, 1], states[KEY, 2]) == ("earlier", "current")
    target = tmp_path / "out.zip"
    assert run("templates", "export", KEY, "--number", "1", "--out", str(target))[0] == 0
    with zipfile.ZipFile(target) as package:
        assert package.read("template.html") == (CERTIFICATE / "template.html").read_bytes()


def test_a_paper_is_made_again_byte_by_byte(house: Flask, run: Run, tmp_path: Path) -> None:
    context: Context = house.extensions["gongjiang"]
    with house.app_context(), context.transaction() as tx:
        template = papers.template_of(tx, "linkonggang-artisan", "certificate")
        sha256 = issue(tx, template, template.sample, expected="徐𬱖")
    target = tmp_path / "again.pdf"
    code, out, _ = run("templates", "again", sha256, "--out", str(target))
    assert (code, "逐字节相同" in out, hashlib.sha256(target.read_bytes()).hexdigest()) == (0, True, sha256)
