"""Scores that look like people's and depend on nothing but the seed: the same on every machine and in every run."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

HALF = Decimal("0.5")
_WHOLE = 2**64


def share(*keys: object) -> Decimal:
    """Return a number from 0 (included) to 1 (excluded) that the keys decide."""
    digest = hashlib.sha256("|".join(str(key) for key in keys).encode()).digest()
    return Decimal(int.from_bytes(digest[:8])) / _WHOLE


def between(low: float, high: float, *keys: object) -> Decimal:
    """Return a number between two bounds that the keys decide."""
    return Decimal(str(low)) + (Decimal(str(high)) - Decimal(str(low))) * share(*keys)


def to_half(value: Decimal) -> Decimal:
    """Return the value in steps of half a point, as experts give them."""
    return (value / HALF).to_integral_value() * HALF


def sheet(seed: int, *, expert: str, nominee: str, quality: float, indexes: Sequence[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Return one expert's points by index: the nominee's quality, the expert's harshness, the mood of the moment."""
    level = Decimal(str(quality)) + between(-4, 3, seed, "harshness", expert) + between(-2, 2, seed, "mood", expert, nominee)
    points = {}
    for code, most in indexes:
        own = level + between(-6, 6, seed, "index", nominee, code)
        points[code] = min(most, max(HALF, to_half(most * min(Decimal(99), own) / 100)))
    return points


def inspection(seed: int, *, nominee: str, quality: float) -> Decimal:
    """Return the score of an inspection."""
    return min(Decimal(99), to_half(Decimal(str(quality)) + between(-3, 6, seed, "inspection", nominee)))


def as_text(points: Mapping[str, Decimal]) -> dict[str, str]:
    """Return points as they are typed."""
    return {code: format(value.normalize(), "f") for code, value in points.items()}
