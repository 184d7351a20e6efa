"""The hash chain: every way of tampering is found, at its place."""

from dataclasses import replace

import pytest

from app.domain.audit import GENESIS, ChainedEvent, canonical_json, chain_hash, verify_chain

KEY = b"k" * 32


def chain(count: int = 4) -> list[ChainedEvent]:
    events, previous = [], GENESIS
    for sequence in range(1, count + 1):
        event = {"actor": 7, "verb": "提交", "number": sequence}
        previous = chain_hash(previous, event=event, key=KEY)
        events.append(ChainedEvent(sequence, event, previous))
    return events


def test_whole_chain_verifies() -> None:
    assert verify_chain(chain(), key=KEY, newest=chain()[-1].digest) is None
    assert verify_chain([], key=KEY) is None


def test_changed_event_is_found() -> None:
    events = chain()
    events[1] = replace(events[1], event={**events[1].event, "actor": 8})
    assert verify_chain(events, key=KEY) == 2


def test_removed_swapped_and_forged_events_are_found() -> None:
    events = chain()
    assert verify_chain([events[0], *events[2:]], key=KEY) == 3
    assert verify_chain([events[1], events[0], *events[2:]], key=KEY) == 2
    assert verify_chain([replace(events[0], digest="是" * 64)], key=KEY) == 1


def test_cut_end_is_found_with_the_noted_digest() -> None:
    assert verify_chain(chain()[:3], key=KEY) is None
    assert verify_chain(chain()[:3], key=KEY, newest=chain()[-1].digest) == 4


def test_part_of_a_chain_verifies_from_its_start() -> None:
    events = chain()
    assert verify_chain(events[2:], key=KEY, start=events[1].digest) is None


def test_other_key_does_not_verify() -> None:
    assert verify_chain(chain(), key=b"x" * 32) == 1


def test_canonical_form_does_not_depend_on_order() -> None:
    assert canonical_json({"b": [1, None], "a": {"y": True, "x": "𪟝"}}) == canonical_json(
        {"a": {"x": "𪟝", "y": True}, "b": [1, None]}
    )


@pytest.mark.parametrize("event", [{"score": 1.5}, {"a": [{"b": 0.1}]}, {"a": object()}, {"a": b"x"}, {"a": {1: "x"}}])
def test_inexact_values_are_refused(event: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        canonical_json(event)
