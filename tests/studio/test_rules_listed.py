"""The list of rules in docs/ is what the command prints."""

from click.testing import CliRunner

from app.cli.procedures import procedures
from tests.services.world import ROOT

LISTED = ROOT / "docs" / "gate-rules.md"


def test_the_documentation_lists_every_rule_as_the_code_has_it() -> None:
    printed = CliRunner().invoke(procedures, ["rules"]).output
    assert printed.count("\n| `") > 80
    assert LISTED.read_text(encoding="utf-8") == printed, "run: gongjiang procedures rules > docs/gate-rules.md"
