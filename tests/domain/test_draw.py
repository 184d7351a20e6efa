"""The draw of experts: the same on every machine, fair, and honest about a small pool (handbook 1.8)."""

import hashlib
from collections import Counter

import pytest

from app.domain.draw import DrawResult, PoolMember, draw, pool_hash, reproduces
from app.domain.errors import DomainError, InvalidValues

POOL = [PoolMember(number, f"k{number:02d}", "电工" if number % 2 else "焊工") for number in range(10)]
SEED = "2026-11-22-0815"


def stratified() -> DrawResult:
    return draw(POOL, seed=SEED, size=5, reserves=2, quotas_by_stratum={"焊工": 2, "电工": 1})


def test_recorded_vector() -> None:
    result = draw(POOL, seed=SEED, size=5, reserves=2)
    assert result.pool_hash == "609250184b708175ac3b2e1265a7361cdfbc1b50a461ad9fc20db17c6cde1fc4"
    assert (result.selected, result.reserves) == ((6, 7, 8, 3, 9), (1, 0))


def test_third_party_can_repeat_it_from_the_description() -> None:
    left = sorted(f"k{number:02d}" for number in range(10))
    lines = "".join(f"{member.key}\t{member.stratum}\n" for member in POOL)
    digest = hashlib.sha256(lines.encode()).hexdigest()
    keys = []
    for counter in range(1, 8):
        number = int(hashlib.sha256(f"{SEED}|{digest}|{counter}".encode()).hexdigest(), 16)
        keys.append(left.pop(number % len(left)))
    assert [step.key for step in draw(POOL, seed=SEED, size=5, reserves=2).steps] == keys


def test_order_of_the_pool_does_not_matter() -> None:
    assert draw(POOL[::-1], seed=SEED, size=5, reserves=2) == draw(POOL, seed=SEED, size=5, reserves=2)
    assert pool_hash(POOL[::-1]) == pool_hash(POOL)


def test_strata_get_their_quota() -> None:
    result = stratified()
    strata = Counter(member.stratum for member in POOL if member.member_id in result.selected)
    assert strata["焊工"] >= 2
    assert strata["电工"] >= 1
    assert len({*result.selected, *result.reserves}) == 7


def test_whole_pool_may_be_used_and_seats_are_recorded() -> None:
    result = draw(POOL, seed=SEED, size=7, reserves=3)
    assert sorted([*result.selected, *result.reserves]) == list(range(10))
    assert [step.seat for step in result.steps] == ["selected"] * 7 + ["reserve"] * 3


def test_tab_in_a_stratum_is_a_bug() -> None:
    with pytest.raises(ValueError, match="tab"):
        draw([*POOL, PoolMember(99, "k99", "电\t工")], seed=SEED, size=5, reserves=0)


def test_result_can_be_verified() -> None:
    assert reproduces(stratified(), pool=POOL)
    assert not reproduces(stratified(), pool=POOL[:-1])
    forged = stratified()
    object.__setattr__(forged, "selected", (0, 1, 2, 3, 4))
    assert not reproduces(forged, pool=POOL)


def test_everybody_has_about_the_same_chance() -> None:
    hits = Counter(chosen for seed in range(300) for chosen in draw(POOL, seed=str(seed), size=5, reserves=0).selected)
    assert all(115 < hits[member.member_id] < 185 for member in POOL)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": 6}, "draw.even"),
        ({"size": 3}, "draw.minimum"),
        ({"seed": " "}, "draw.seed"),
        ({"reserves": -1}, "draw.negative"),
        ({"quotas_by_stratum": {"焊工": 4, "电工": 4}}, "draw.quotas"),
    ],
)
def test_impossible_numbers_are_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidValues) as refused:
        draw(POOL, **{"seed": SEED, "size": 5, "reserves": 2, **change})  # type: ignore[arg-type]
    assert refused.value.code == code


def test_small_pool_states_demand_and_supply() -> None:
    with pytest.raises(DomainError, match="需要专家9人、候补2人，可抽取的只有10人"):
        draw(POOL, seed=SEED, size=9, reserves=2)
    with pytest.raises(DomainError, match="“钳工”类需要专家1人，可抽取的只有0人"):
        draw(POOL, seed=SEED, size=5, reserves=2, quotas_by_stratum={"钳工": 1})


def test_repeated_key_is_a_bug() -> None:
    with pytest.raises(ValueError, match="unique"):
        draw([*POOL, PoolMember(99, "k00")], seed=SEED, size=5, reserves=0)
