"""Every defect of the engine that was reproduced has an answer: a rule of the gate refuses it, or a test shows that it is mended."""

import re
from pathlib import Path

import pytest

from app.engine.gate import rules

TESTS = Path(__file__).parents[1]
REFUSED = {
    "A1 signal end": ["element.signal"],
    "A2 link events": ["element.link"],
    "A3 compensation": ["element.compensation"],
    "A4 error or escalation start of an event subprocess": [
        "element.event_subprocess",
        "element.event_place",
        "element.escalation",
    ],
    "A6 two flows from a task": ["flow.two_out"],
    "A6b condition on the flow of a task": ["flow.condition_on_task"],
    "A10 unreachable nodes, no end": ["flow.unreachable", "flow.dead_end", "element.start_end"],
    "A11 broken expressions": ["expression.invalid"],
    "A12 no default": ["flow.no_default"],
    "B1 event subprocess that interrupts nothing": ["element.event_subprocess"],
    "B2 two timers at an event gateway": ["flow.event_gateway"],
    "B4 branches that write one list": ["parallel.written_twice"],
    "C1 ad-hoc subprocess": ["element.ad_hoc"],
    "C2 data references": ["element.data", "file.unparsable"],
    "C3 loops without bound": ["loop.no_maximum", "flow.endless"],
    "D5 bare ISO times": ["timer.bare", "timer.not_a_time"],
    "E9 going back into a multi-instance": ["loop.reentry"],
    "F4 F5 entities": ["file.doctype"],
    "G hit policies and aggregators": ["table.shape"],
    "G cells that are silently false": ["table.silent", "table.word", "table.mixed", "table.type"],
    "G cells that cannot be run": ["table.cell", "expression.function", "expression.variable"],
    "K2 six hundred nodes": ["flow.too_long"],
    "K3 exploding parallel blocks": ["parallel.explosion"],
    "Q2 duplicate ids": ["id.duplicate"],
    "Q3 uncaught error": ["flow.uncaught_error"],
    "reserved ids": ["id.reserved"],
    "scripts": ["element.script", "element.pre_post_script"],
}
"""Defects that a diagram or a table can have, with the rules that find them."""
MENDED = {
    "A13 an error leaves the case good": ["a13_what_fails_leaves_the_state_good_and_may_be_tried_again"],
    "A14 completed twice": ["completing_twice_is_refused"],
    "A15 H6 errors of operations": ["operation_result_and_errors_pass_unchanged"],
    "B3 message and timer at an event gateway": ["event_gateway_takes_the_first_and_drops_the_others"],
    "B4 what branches give": ["parallel_join_keeps_what_both_branches_exported"],
    "B4c nested values": ["b4c_what_a_branch_changes_is_told_by_nobody_before_it_is_done"],
    "B5 typename": ["variable_named_typename_survives"],
    "B7 values that cannot be saved": ["value_that_cannot_be_saved_is_refused"],
    "B8 version of a state": [
        "b8_a_state_that_another_version_wrote_is_refused_and_says_so",
        "b8_a_state_without_a_version_is_no_state",
    ],
    "C3 many rounds": ["thirty_returns_through_a_gateway_do_not_grow_the_state", "endless_loop_is_stopped"],
    "C6 no limit of steps": ["endless_loop_is_stopped", "expressions_together_take_no_more_than_they_may"],
    "D7 missed ticks": ["repeating_reminder_is_due_again_from_now"],
    "E1b M4 quorum": ["two_of_three_is_enough", "counters_are_seen_by_the_condition"],
    "E2 order of results": ["nine_experts_in_any_order_give_outputs_in_input_order"],
    "E3 number of instances with results there": ["e3_a_number_of_instances_with_a_collection_that_was_there_before"],
    "E4 an instance is taken away": ["removed_instance_does_not_hold_up_the_others"],
    "E5b None as an item": ["sequential_runs_one_after_the_other_and_takes_none_as_an_item"],
    "E6 missing collection": ["missing_collection_names_the_variable"],
    "E7 votes at an interrupting timer": ["boundary_timer_interrupts_and_keeps_what_was_collected"],
    "E8 instance without its result": ["missing_output_counts_as_none"],
    "E9 coming back": ["coming_back_starts_afresh"],
    "F9 variables named like functions": ["f9_a_variable_named_like_a_function_does_not_stand_in_its_way"],
    "G several matches, no match": ["unique_refuses_two_matches", "no_match_sets_none_and_an_empty_cell_means_any"],
    "H1 H3 migrating and sending back": [
        "h1_h3_sending_back_erases_nothing_that_was_given_or_reached",
        "h1_h3_migrating_erases_nothing_that_was_given_or_reached",
    ],
    "H4 back into a joined block": ["back_into_a_block_that_was_joined_is_refused"],
    "K3 ten blocks": ["ten_parallel_blocks_do_not_explode"],
    "M1 back before a split": ["back_before_a_split_cancels_the_sibling_branch"],
    "Q3 uncaught error": ["uncaught_error_end_is_an_incident"],
}
"""Defects that the engine's wrapper mends, with the tests that show it."""


@pytest.mark.parametrize("defect", REFUSED)
def test_what_a_diagram_gets_wrong_has_a_rule(defect: str) -> None:
    assert set(REFUSED[defect]) <= {rule.id for rule in rules()}


def test_what_the_engine_gets_wrong_has_a_test_that_shows_it_mended() -> None:
    written = {
        name
        for path in (TESTS / "engine").glob("test_*.py")
        for name in re.findall(r"^def test_(\w+)", path.read_text(), re.MULTILINE)
    }
    assert {defect: [name for name in names if name not in written] for defect, names in MENDED.items()} == {
        key: [] for key in MENDED
    }
