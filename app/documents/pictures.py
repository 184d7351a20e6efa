"""The pictures of a template: of a kind that the page can show, and none that fills the memory when it is unpacked."""

import struct
from collections.abc import Iterator
from pathlib import PurePosixPath
from types import MappingProxyType
from xml.etree import ElementTree

from app.documents.faults import TemplateFault

PICTURES = MappingProxyType({".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"})
"""Endings and their media types."""
MOST_PIXELS = 40_000_000
"""An A4 page at 600 dpi has 35 million."""
MOST_SHAPES = 20_000
"""Elements of a drawing, those that it repeats by reference counted each time."""

_SVG = "{http://www.w3.org/2000/svg}"
_LINKS = ("href", "{http://www.w3.org/1999/xlink}href")
# The frames of a JPEG that tell its size; the other markers between C0 and CF are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_type(body: bytes) -> str | None:
    """Return the media type of a PNG or JPEG by its first bytes, or None for anything else."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/jpeg" if body.startswith(b"\xff\xd8\xff") else None


def check_picture(name: str, body: bytes) -> None:
    """Raise `TemplateFault` ("template_file") for a picture that cannot be shown, or that is a bomb. Unpacks nothing."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".svg":
        _check_drawing(name, body)
        return
    pixels = _pixels(body) if picture_type(body) == PICTURES[suffix] else None
    # The renderer leaves out a picture that it cannot read and goes on, so an unreadable one is refused here.
    if pixels is None:
        raise _refuse(name, f"图片“{name}”已损坏或与扩展名不符，请重新导出后上传。")
    if pixels > MOST_PIXELS:
        raise _refuse(name, f"图片“{name}”展开后有 {pixels // 10_000} 万像素，最多 4000 万。请缩小后再上传。")


def _pixels(body: bytes) -> int | None:
    if picture_type(body) == "image/png":
        if body[12:16] != b"IHDR" or len(body) < 24:
            return None
        width, height = struct.unpack(">II", body[16:24])
    else:
        size = next(_jpeg_sizes(body), None)
        if size is None:
            return None
        width, height = size
    return width * height or None


def _jpeg_sizes(body: bytes) -> Iterator[tuple[int, int]]:
    place = 2
    while place + 9 <= len(body) and body[place] == 0xFF:
        if body[place + 1] == 0xFF:  # markers may be preceded by any number of these
            place += 1
            continue
        if body[place + 1] in _FRAMES:
            height, width = struct.unpack(">HH", body[place + 5 : place + 9])
            yield width, height
        place += 2 + int.from_bytes(body[place + 2 : place + 4])


def _check_drawing(name: str, body: bytes) -> None:
    # Entities in an SVG can grow without bound and can name other files; a drawing needs none.
    # In UTF-16, which no drawing program writes, the words would not be found: every second byte there is a zero.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body or b"\0" in body:
        raise _refuse(name, f"图片“{name}”含有文档类型声明，请用绘图软件另存为普通 SVG。")
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise _refuse(name, f"图片“{name}”已损坏或与扩展名不符，请重新导出后上传。") from error
    if root.tag != f"{_SVG}svg":
        raise _refuse(name, f"图片“{name}”已损坏或与扩展名不符，请重新导出后上传。")
    named = {element.get("id", ""): element for element in root.iter() if element.get("id")}
    if _shapes(root, named, MOST_SHAPES) <= 0:
        raise _refuse(name, f"图片“{name}”太复杂，或图形之间反复引用。请用绘图软件简化后再上传。")


def _shapes(element: ElementTree.Element, named: dict[str, ElementTree.Element], left: int) -> int:
    """Return how many of `left` shapes remain when an element is drawn with all that it refers to; 0 or less: too many."""
    waiting = [element]
    while waiting and left > 0:
        shape = waiting.pop()
        left -= 1
        waiting.extend(shape)
        if shape.tag == f"{_SVG}use":
            targets = (shape.get(link, "") for link in _LINKS)
            waiting.extend(named[target[1:]] for target in targets if target.startswith("#") and target[1:] in named)
    return left


def _refuse(name: str, message: str) -> TemplateFault:
    return TemplateFault("template_file", message, file=name)
