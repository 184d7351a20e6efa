"""Every step that a person has to do has a term, and every number in a diagram is one that the round decides."""

import re

from app.domain.rounds import RoundSettings
from tests.catalog.packages import nodes_of

NAME = "linkonggang-artisan"
_CALL = re.compile(r'workdays\((.*)\)|deadline\("\w+"\)')


def test_every_task_has_a_term() -> None:
    assert [node.node_id for _, node in nodes_of(NAME) if node.kind == "userTask" and not node.properties.get("due")] == []


def test_terms_take_their_numbers_from_the_round() -> None:
    terms = {node.node_id: node.properties["due"] for _, node in nodes_of(NAME) if "due" in node.properties}
    fixed = {task: term for task, term in terms.items() if _CALL.fullmatch(term) is None or re.search(r"\d", term)}
    named = {name for term in terms.values() for name in re.findall(r'setting\("(\w+)"\)', term)}
    assert fixed == {} and named <= set(RoundSettings.__dataclass_fields__) and len(terms) > 35
