"""Outlines of TrueType glyphs with fewer points: a brush face has a hundred a glyph, and a third of them lie on straight lines."""

from collections.abc import Iterable, Sequence

Point = tuple[float, float]
Segment = tuple[Point, Point | None, Point]
"""Where a piece of a contour begins, what it bends towards (None: it is straight), and where it ends."""


def straightened(points: Sequence[Point], on_curve: Sequence[int], *, tolerance: float) -> list[tuple[Point, int]]:
    """Return a closed contour of quadratic curves without the points that bend it by less than `tolerance`, in its units.

    Points come with 1 where they lie on the curve, and 0 where it bends towards them.
    """
    kept: list[Segment] = []
    for segment in _segments(points, on_curve):
        begin, bend, end = segment
        # A curve leaves its chord by half of what the point that it bends towards does.
        if bend is not None and _lies_along(bend, begin, end, 2 * tolerance):
            bend = None
        if bend is None and kept and kept[-1][1] is None and _lies_along(begin, kept[-1][0], end, tolerance * 0.7):
            kept[-1] = (kept[-1][0], None, end)
        else:
            kept.append((begin, bend, end))
    return [one for _, bend, end in kept for one in (((bend, 0), (end, 1)) if bend is not None else ((end, 1),))]


def without_implied(contour: Sequence[tuple[tuple[int, int], int]]) -> list[tuple[tuple[int, int], int]]:
    """Return a contour on whole numbers without points that say nothing: twice the same, or midway between two that it bends towards."""
    kept = []
    for place, (point, on_curve) in enumerate(contour):
        (before, before_on), (after, after_on) = contour[place - 1], contour[(place + 1) % len(contour)]
        midway = all(abs(one + other - 2 * own) <= 1 for one, other, own in zip(before, after, point, strict=True))
        if on_curve and ((before_on and before == point) or (not before_on and not after_on and midway)):
            continue
        kept.append((point, on_curve))
    return kept if any(on_curve for _, on_curve in kept) else list(contour)


def _segments(points: Sequence[Point], on_curve: Sequence[int]) -> Iterable[Segment]:
    whole: list[tuple[Point, int]] = []
    for place, point in enumerate(points):
        after, after_on = points[(place + 1) % len(points)], on_curve[(place + 1) % len(points)] & 1
        whole.append((point, on_curve[place] & 1))
        if not on_curve[place] & 1 and not after_on:
            whole.append((((point[0] + after[0]) / 2, (point[1] + after[1]) / 2), 1))
    first = next((place for place, (_, is_on) in enumerate(whole) if is_on), 0)
    whole = [*whole[first:], *whole[: first + 1]]
    place = 0
    while place < len(whole) - 1:
        (begin, _), (end, is_on) = whole[place], whole[place + 1]
        if is_on:
            yield begin, None, end
            place += 1
        else:
            yield begin, end, whole[place + 2][0]
            place += 2


def _lies_along(point: Point, begin: Point, end: Point, distance: float) -> bool:
    """Tell whether a point lies no further than a distance from a chord, and beside it, not before or behind."""
    across, along = (end[0] - begin[0], end[1] - begin[1]), (point[0] - begin[0], point[1] - begin[1])
    length = across[0] ** 2 + across[1] ** 2
    aside = along[0] * across[1] - along[1] * across[0]
    return 0 <= along[0] * across[0] + along[1] * across[1] <= length and aside**2 <= distance**2 * length
