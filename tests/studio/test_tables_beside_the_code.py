"""The tables that tell the gate which letters, papers and messages the code sends say what the code does."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.services.issuing.file_paper_kinds import KINDS
from app.services.packages.package_letters import LETTERS
from app.services.packages.package_manifest import SENT_BY
from app.services.packages.package_papers import MADE_BY

SERVICES = Path(__file__).parents[2] / "app" / "services"


@dataclass(frozen=True)
class Written:
    """What stands in a module: every text, and what each call of a function (or method) is given by place."""

    texts: frozenset[str]
    calls: tuple[tuple[str, tuple[str, ...]], ...]


def text_of(node: ast.AST) -> str:
    """Return a text that is written out, "" for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@cache
def modules() -> dict[str, Written]:
    """Return what stands in the modules of the services, by their paths; each is read once for all tests."""
    found = {}
    for path in sorted(SERVICES.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        names = [getattr(call.func, "id", "") or getattr(call.func, "attr", "") for call in calls]
        given = [tuple(text_of(one) for one in call.args) for call in calls]
        found[str(path.relative_to(SERVICES))] = Written(frozenset(map(text_of, nodes)), tuple(zip(names, given, strict=True)))
    return found


def literals_given_to(function: str, place: int) -> set[str]:
    """Return the texts that calls of a function (or method) have at a place, as far as they are written out."""
    calls = [given for module in modules().values() for name, given in module.calls if name == function]
    return {given[place] for given in calls if len(given) > place} - {""}


def test_every_letter_that_the_code_sends_is_told_and_no_other() -> None:
    sent = literals_given_to("send_letter", 1) | literals_given_to("send_letters", 1)
    assert {"consent", "titled", "transferred"} <= sent <= LETTERS.keys()
    written = {text for name, module in modules().items() if name != "packages/package_letters.py" for text in module.texts}
    assert [
        name for name in LETTERS if name.removesuffix("_many") not in written
    ] == []  # those for several are named after the one


def test_every_kind_of_paper_of_the_file_is_made_by_a_step_that_the_gate_knows() -> None:
    made = {template for papers in MADE_BY.values() for template in papers}
    assert {kind.template for kind in KINDS.values()} <= made


def test_every_message_that_an_operation_sends_by_itself_is_sent_in_the_code() -> None:
    assert SENT_BY.keys() <= literals_given_to("send", 0)
