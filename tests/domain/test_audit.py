"""The hash chain: every way of tampering is found, at its place."""

import pytest

from app.domain.audit import GENESIS, canonical_json, chain_hash

KEY = b"k" * 32


def test_a_digest_depends_on_all_that_went_before_and_on_the_key() -> None:
    event = {"actor": 7, "verb": "提交"}
    first = chain_hash(GENESIS, event=event, key=KEY)
    others = {chain_hash(first, event=event, key=KEY), chain_hash(GENESIS, event={**event, "actor": 8}, key=KEY)}
    others.add(chain_hash(GENESIS, event=event, key=b"x" * 32))
    assert chain_hash(GENESIS, event=dict(reversed(event.items())), key=KEY) == first
    assert len(others) == 3
    assert first not in others


def test_canonical_form_does_not_depend_on_order() -> None:
    assert canonical_json({"b": [1, None], "a": {"y": True, "x": "𪟝"}}) == canonical_json(
        {"a": {"x": "𪟝", "y": True}, "b": [1, None]}
    )


@pytest.mark.parametrize("event", [{"score": 1.5}, {"a": [{"b": 0.1}]}, {"a": object()}, {"a": b"x"}, {"a": {1: "x"}}])
def test_inexact_values_are_refused(event: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        canonical_json(event)
