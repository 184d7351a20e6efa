"""The tables that tell the gate which letters, papers and messages the code sends say what the code does."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.services.issuing.file_paper_kinds import KINDS
from app.services.packages.package_letters import LETTERS
from app.services.packages.package_manifest import SENT_BY
from app.services.packages.package_papers import MADE_BY

SERVICES = Path(__file__).parents[2] / "app" / "services"


def trees(*, besides: str) -> Iterator[ast.Module]:
    """Yield every module of the services but one."""
    return (ast.parse(path.read_text()) for path in sorted(SERVICES.rglob("*.py")) if path.name != besides)


def literals_given_to(function: str, place: int) -> set[str]:
    """Return the texts that calls of a function (or method) have at a place, as far as they are written out."""
    calls = (node for tree in trees(besides="") for node in ast.walk(tree) if isinstance(node, ast.Call))
    named = [call for call in calls if (getattr(call.func, "id", "") or getattr(call.func, "attr", "")) == function]
    given = [call.args[place] for call in named if len(call.args) > place]
    return {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_letter_that_the_code_sends_is_told_and_no_other() -> None:
    sent = literals_given_to("send_letter", 1) | literals_given_to("send_letters", 1)
    assert {"consent", "titled", "transferred"} <= sent <= LETTERS.keys()
    written = {
        node.value for tree in trees(besides="package_letters.py") for node in ast.walk(tree) if isinstance(node, ast.Constant)
    }
    assert [
        name for name in LETTERS if name.removesuffix("_many") not in written
    ] == []  # those for several are named after the one


def test_every_kind_of_paper_of_the_file_is_made_by_a_step_that_the_gate_knows() -> None:
    made = {template for papers in MADE_BY.values() for template in papers}
    assert {kind.template for kind in KINDS.values()} <= made


def test_every_message_that_an_operation_sends_by_itself_is_sent_in_the_code() -> None:
    assert SENT_BY.keys() <= literals_given_to("send", 0)
