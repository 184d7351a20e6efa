"""`gongjiang documents credential`: can this installation sign?"""

import json
from pathlib import Path

import pytest

from app.cli.demo import show_credential
from app.cli.rehearsal.running import close
from app.documents.credentials import DEMO_FILE
from app.wiring import build_app
from config import Config
from tests.cli.conftest import Run


def test_a_demonstration_signs_with_a_credential_that_says_so(installation: Config, run: Run) -> None:
    code, printed, _ = run("documents", "credential")
    assert code == 0
    assert "演示签名" in printed and "不具效力" in printed
    assert json.loads(run("documents", "credential", "--json")[1])["demo"] is True


def test_setting_up_a_demonstration_makes_its_credential_and_says_what_it_is_worth(
    installation: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Path(installation.signing_credential)
    assert place.name == DEMO_FILE and not place.exists()
    app = build_app(installation)
    show_credential(app.extensions["gongjiang"])
    close(app)
    assert "签出的文书不具效力" in capsys.readouterr().out
    assert place.stat().st_mode & 0o077 == 0


def test_a_wrong_password_is_a_sentence_and_no_traceback(
    installation: Config, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run("documents", "credential")[0] == 0
    monkeypatch.setenv("GONGJIANG_SIGNING_PASSWORD", "falsch")
    code, _, complaint = run("documents", "credential")
    assert code == 1
    assert "口令不对" in complaint and "Traceback" not in complaint
    monkeypatch.setenv("GONGJIANG_SIGNING_CREDENTIAL", str(tmp_path / "nichts.p12"))
    assert "读不到签名证书文件" in run("documents", "credential")[2]
