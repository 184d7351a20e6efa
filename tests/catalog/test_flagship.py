"""What the selection of 临空港工匠 promises beyond what every package does."""

from typing import Any

from app.domain.rounds import RoundSettings, settings_to_json
from app.services.packages.scenarios import play
from tests.catalog.packages import field_of, forms_of, nodes_of, package, scenarios_of

NAME = "linkonggang-artisan"
FOUR_EYES = {
    "approve_plan": "draft_plan",
    "rank_nominee": "preliminary_review",
    "re_review_second": "re_review_first",
    "review_notice": "draft_notice",
    "verify_minutes": "executive_meeting,standing_committee",
    "sign_decision": "draft_decision",
    "check_payment": "make_payment",
    "confirm_draw": "draw_panel",
    "decide_objection": "investigate",
}
CLOSED = (
    "joint_check",
    "decide_flagged",
    "expert_scoring",
    "site_inspection",
    "accept_objection",
    "investigate",
    "decide_objection",
)
"""Tasks whose submissions neither the candidate nor the nominating unit may read."""


def test_what_must_be_checked_by_another_person_is() -> None:
    tasks = {node.node_id: node for _, node in nodes_of(NAME)}
    assert {task: tasks[task].properties.get("not_same_as") for task in FOUR_EYES} == FOUR_EYES


def test_the_defaults_of_the_plan_are_those_of_its_form() -> None:
    form = forms_of(NAME)["selection_plan"]
    for key, value in package(NAME).round_defaults.items():
        field = field_of(form, key)
        assert field is not None, key
        assert field.kind == "list" or field.default == value, key


def test_the_defaults_of_the_plan_are_those_of_the_rules() -> None:
    rules = settings_to_json(RoundSettings())
    defaults: dict[str, Any] = dict(package(NAME).round_defaults)
    indexes = defaults.pop("indexes")
    assert {key: rules[key] for key in defaults} == defaults
    assert [(one["code"], one["name"], one["points"]) for one in indexes] == [
        (one["code"], one["name"], one["points"]) for one in rules["indexes"]
    ]


def test_the_forms_need_these_named_lists_and_no_others() -> None:
    fields = [field for form in forms_of(NAME).values() for field in form.every]
    assert {field.options_source for field in fields if field.options_source} == {
        "employers",
        "local_offices",
        "departments",
        "inspectors",
        "listed_nominees",
        "round_nominees",
        "ranked_nominees",
    }
    assert {field.repeat_for for field in fields if field.repeat_for} == {
        "eligibility_rules",
        "scoring_indexes",
        "privacy_findings",
    }


def test_the_plan_asks_for_every_open_number() -> None:
    asked = {field.key for field in forms_of(NAME)["selection_plan"].every} | {"tie_break", "authorization", "rare"}
    assert set(settings_to_json(RoundSettings())) - {"prize_cents"} <= asked
    assert {"prize_yuan", "quotas", "title", "round_no", "year"} <= asked


def test_opinions_and_scores_are_not_for_the_candidate() -> None:
    tasks = {node.node_id: node for _, node in nodes_of(NAME)}
    for task in CLOSED:
        readers = tasks[task].properties["visible_to"].split(",")
        assert "candidate" not in readers, task
        assert "nominating_unit" not in readers, task


def test_the_objector_is_in_no_form() -> None:
    tasks = [node for process_id, node in nodes_of(NAME) if process_id == "objection" and node.kind == "userTask"]
    for key in {task.properties["form"] for task in tasks}:
        asked = {field.key for field in forms_of(NAME)[key].every}
        assert asked.isdisjoint({"name", "phone", "mobile", "address", "identity", "id_number"}), key


def test_a_meeting_that_does_not_agree_never_passes() -> None:
    scenario = scenarios_of(NAME)["round_archived"]
    for decision, next_step in (("defer", "request_approval"), ("disagree", "propose_list")):
        steps = [dict(step) for step in scenario["steps"]]
        end = next(place for place, step in enumerate(steps) if step.get("complete") == "verify_minutes")
        steps[end - 2] = {"complete": "executive_meeting", "values": {"executive_decision": decision}}
        run = play(package(NAME), {**scenario, "steps": steps[: end + 1]})
        assert [task.node.node_id for task in run.now.ready] == [next_step]
