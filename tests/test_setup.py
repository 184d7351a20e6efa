"""What a fresh clone is set up from: complete locks without addresses, and a clear end where something is missing."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_python_lock_has_versions_and_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.findall(r"^[a-z0-9].*(?:\n    --hash=sha256:[0-9a-f]{64}.*)*", text, re.MULTILINE)
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=" not in entry] == []
    told = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in told if "//" in line or line.startswith("-")] == []


def test_the_npm_lock_has_versions_and_hashes_and_no_address() -> None:
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert [name for name, package in fetched.items() if "resolved" in package or "integrity" not in package] == []


def test_every_npm_dependency_is_one_exact_version() -> None:
    package = json.loads((ROOT / "frontend" / "package.json").read_text())
    wanted = package["dependencies"] | package["devDependencies"]
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


@pytest.mark.parametrize("command", ["demo", "test"])
def test_without_a_way_to_install_the_missing_is_named_and_nothing_is_written(command: str, tmp_path: Path) -> None:
    """On a machine without apt-get, fc-list and a usable Python."""
    clone, tools = tmp_path / "clone", tmp_path / "tools"
    shutil.copytree(ROOT / "bin", clone / "bin")
    tools.mkdir()
    for name in ("bash", "dirname", "grep", "id", "ls"):
        (tools / name).symlink_to(shutil.which(name) or name)
    result = subprocess.run(
        ["bash", clone / "bin" / command], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PATH": str(tools), "PYTHON": "python3", "LANG": os.environ.get("LANG", "C.UTF-8")},
    )  # fmt: skip
    assert result.returncode == 3, result.stderr
    assert "apt-get install -y --no-install-recommends python3-venv" in result.stderr
    assert "fonts-noto-cjk：思源黑体、思源宋体" in result.stderr
    assert [path.name for path in clone.iterdir()] == ["bin"]
