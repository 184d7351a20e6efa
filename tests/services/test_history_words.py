"""Every action that the code records on a case has a sentence on the page of the case, or is kept off it on purpose."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.services.casework.case_history import HIDDEN, SENTENCES

SERVICES = Path(__file__).resolve().parents[2] / "app" / "services"


@cache
def recorded() -> list[tuple[str, str]]:
    """Return where an action is recorded on a case, and which; of one that is put together the part that is written out."""
    return list(_recorded())


def _recorded() -> Iterator[tuple[str, str]]:
    for path in SERVICES.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute | ast.Name):
                name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
                given = {each.arg: each.value for each in call.keywords}
                places = {"note": call.args[:1], "_note": call.args[1:2], "record_on_case": [given.get("action")]}
                action = next(iter(places.get(name, ())), None)
                for part in ast.walk(action) if action is not None else ():
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{path.name}:{call.lineno}", part.value


def test_every_recorded_action_has_its_sentence() -> None:
    found = recorded()
    assert len(found) > 30
    told = SENTENCES.keys() | HIDDEN
    silent = [(where, action) for where, action in found if not any(each == action or each.startswith(action) for each in told)]
    assert silent == []


def test_no_sentence_tells_of_what_nobody_records() -> None:
    actions = {action for _, action in recorded()}
    left = [each for each in SENTENCES if not any(each == action or each.startswith(f"{action}") for action in actions)]
    assert left == []
