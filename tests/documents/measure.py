"""Measuring a finished page: what is printed on it, in millimetres from its upper left corner.

The page is drawn by poppler, another program than the one that laid it out, and the ink is looked for in the picture; nothing is
read from the style sheet. One pixel is 25.4 / 300 = 0.085 mm.
"""

import io
import subprocess
from collections.abc import Iterator
from functools import lru_cache

from PIL import Image, ImageChops

DPI = 300
PIXEL = 25.4 / DPI
Span = tuple[float, float]


@lru_cache(maxsize=24)
def page_picture(pdf: bytes, number: int) -> Image.Image:
    """Draw a page (1 is the first) in colours."""
    command = ["pdftoppm", "-r", str(DPI), "-f", str(number), "-l", str(number), "-"]
    return Image.open(io.BytesIO(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout)).convert("RGB")


def dark(picture: Image.Image) -> Image.Image:
    """Return where anything is printed, as white on black."""
    return picture.convert("L").point(lambda value: 255 if value < 140 else 0)


def red(picture: Image.Image) -> Image.Image:
    """Return where red is printed."""
    channels = picture.split()
    return ImageChops.subtract(channels[0], channels[1]).point(lambda value: 255 if value > 90 else 0)


def bands(ink: Image.Image, *, left: float = 0, right: float = 1000, top: float = 0, bottom: float = 1000) -> list[Span]:
    """Return top and bottom of each run of rows that hold ink within a part of the page."""
    part, _, y = _part(ink, left, top, right, bottom)
    return list(_runs(part.getprojection()[1], y))


def extent(ink: Image.Image, *, left: float = 0, right: float = 1000, top: float = 0, bottom: float = 1000) -> tuple[float, ...]:
    """Return left, top, right and bottom of all ink within a part of the page."""
    part, x, y = _part(ink, left, top, right, bottom)
    box = part.getbbox()
    assert box is not None, "there is nothing printed here"
    return tuple(round(at * PIXEL + start, 2) for at, start in zip(box, (x, y, x, y), strict=True))


def _part(ink: Image.Image, left: float, top: float, right: float, bottom: float) -> tuple[Image.Image, float, float]:
    edges = [int(edge / PIXEL) for edge in (left, top, right, bottom)]
    box = (edges[0], edges[1], min(edges[2], ink.width), min(edges[3], ink.height))
    return ink.crop(box), box[0] * PIXEL, box[1] * PIXEL


def _runs(holds: list[int], start: float) -> Iterator[Span]:
    begun: int | None = None
    for at, held in enumerate([*holds, 0]):
        if held and begun is None:
            begun = at
        elif not held and begun is not None:
            yield round(begun * PIXEL + start, 2), round(at * PIXEL + start, 2)
            begun = None
