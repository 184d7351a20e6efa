"""A random draw of experts that anybody can repeat (domain handbook 1.8).

How to repeat it with any tool that computes SHA-256 (texts in UTF-8, digests as 64 lower-case hexadecimal digits):

1. Pool hash: one line `key TAB stratum LINE-FEED` for each member, sorted by key; SHA-256 of all lines together.
2. Counter 1, 2, 3 …: SHA-256 of `seed|pool hash|counter`, read as a whole number, modulo the number of members left to
   choose from; the members left are sorted by key and numbered from 0. Who is hit leaves the pool.
3. First the quotas, strata in sorted order, each from its own members; then the free seats from all that are left; then
   the reserves from all that are left, in the order in which they would be called.

The pool hash is published before the seed is made. The modulo favours no member by more than 2^-240.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.errors import DomainError, InvalidValues


@dataclass(frozen=True)
class PoolMember:
    """An expert who may be drawn, after exclusions. `key` is stable and not a name; `stratum` is e.g. trade and region."""

    member_id: int
    key: str
    stratum: str = ""


@dataclass(frozen=True)
class DrawStep:
    """One draw: the digest for this counter, out of how many, and who was hit."""

    counter: int
    digest: str
    choices: int
    index: int
    key: str
    seat: Literal["selected", "reserve"]
    stratum: str | None


@dataclass(frozen=True)
class DrawResult:
    """The record of a draw; `selected` and `reserves` hold member ids in the order drawn."""

    selected: tuple[int, ...]
    reserves: tuple[int, ...]
    pool_hash: str
    seed: str
    quotas: tuple[tuple[str, int], ...]
    steps: tuple[DrawStep, ...]


def pool_hash(pool: Sequence[PoolMember]) -> str:
    """Return the digest that fixes the pool before the seed is known; the order of the sequence does not matter."""
    lines = "".join(f"{member.key}\t{member.stratum}\n" for member in sorted(pool, key=lambda member: member.key))
    return hashlib.sha256(lines.encode()).hexdigest()


def draw(
    pool: Sequence[PoolMember],
    *,
    seed: str,
    size: int,
    reserves: int,
    quotas_by_stratum: Mapping[str, int] | None = None,
    minimum: int = 5,
    seated: int = 0,
) -> DrawResult:
    """Return who is drawn from the pool for `size` seats of an odd panel on which `seated` sit already, and the reserves in order.

    Same pool, seed and numbers give the same result on every machine. Raises `InvalidValues` for impossible numbers and
    `DomainError` "draw.pool_too_small" with demand, supply and remedies.
    """
    quotas = dict(sorted((quotas_by_stratum or {}).items()))
    _check_numbers(seed=seed, size=size, seated=seated, reserves=reserves, quotas=quotas, minimum=minimum)
    _check_pool(pool, size=size, reserves=reserves, quotas=quotas)
    seats: list[str | None] = [stratum for stratum, quota in quotas.items() for _ in range(quota)]
    seats += [None] * (size + reserves - len(seats))
    fixed, left, steps = pool_hash(pool), sorted(pool, key=lambda member: member.key), list[DrawStep]()
    ids: list[int] = []
    for counter, stratum in enumerate(seats, start=1):
        choices = [member for member in left if stratum is None or member.stratum == stratum]
        digest = hashlib.sha256(f"{seed}|{fixed}|{counter}".encode()).hexdigest()
        index = int(digest, 16) % len(choices)
        hit = choices[index]
        left.remove(hit)
        ids.append(hit.member_id)
        seat: Literal["selected", "reserve"] = "selected" if counter <= size else "reserve"
        steps.append(DrawStep(counter, digest, len(choices), index, hit.key, seat, stratum))
    return DrawResult(tuple(ids[:size]), tuple(ids[size:]), fixed, seed, tuple(quotas.items()), tuple(steps))


def reproduces(result: DrawResult, *, pool: Sequence[PoolMember]) -> bool:
    """Tell whether drawing again from this pool gives exactly the recorded result."""
    if pool_hash(pool) != result.pool_hash:
        return False
    size = len(result.selected)
    again = draw(
        pool, seed=result.seed, size=size, reserves=len(result.reserves), quotas_by_stratum=dict(result.quotas), minimum=1,
        seated=1 - size % 2,  # seats that were added to a panel may be of any number
    )  # fmt: skip
    return again == result


def _check_numbers(*, seed: str, size: int, seated: int, reserves: int, quotas: Mapping[str, int], minimum: int) -> None:
    if not seed.strip():
        raise InvalidValues("draw.seed", "请填写随机种子（例如现场公证的号码），没有种子就无法复核抽取结果。")
    panel = size + seated
    if panel % 2 == 0:
        raise InvalidValues("draw.even", f"专家组人数应为单数，现在是{panel}人。请改为{panel - 1}人或{panel + 1}人。")
    if panel < minimum:
        raise InvalidValues("draw.minimum", f"专家组至少{minimum}人，现在是{panel}人。请增加抽取人数。")
    if reserves < 0 or any(quota < 0 for quota in quotas.values()):
        raise InvalidValues("draw.negative", "候补人数和分类名额不能小于0，请修改后再抽取。")
    if sum(quotas.values()) > size:
        problem = f"各类名额合计{sum(quotas.values())}人，超过专家组人数{size}人。"
        raise InvalidValues("draw.quotas", problem + "请减少分类名额或增加专家组人数。")


def _check_pool(pool: Sequence[PoolMember], *, size: int, reserves: int, quotas: Mapping[str, int]) -> None:
    if len({member.key for member in pool}) < len(pool) or any(
        "\t" in m.key + m.stratum or "\n" in m.key + m.stratum for m in pool
    ):
        raise ValueError("keys of a pool are unique, and hold no tab or line feed")
    supply = Counter(member.stratum for member in pool)
    for stratum, quota in quotas.items():
        if supply[stratum] < quota:
            raise DomainError(
                "draw.pool_too_small",
                f"“{stratum}”类需要专家{quota}人，可抽取的只有{supply[stratum]}人。请补充该类专家入库、复核回避名单，或减少该类名额。",
            )
    if len(pool) < size + reserves:
        raise DomainError(
            "draw.pool_too_small",
            f"需要专家{size}人、候补{reserves}人，可抽取的只有{len(pool)}人。请补充专家入库、复核回避名单，或减少候补人数。",
        )
