"""What a file is, by its first bytes and its build: PDF, JPEG, PNG or XLSX, complete; anything else is nothing."""

import zipfile
from typing import BinaryIO, Literal

MediaType = Literal[
    "application/pdf", "image/jpeg", "image/png", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
]

SUFFIXES: dict[MediaType, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
}
"""The endings that a name may have, the usual one first."""

_HEAD = 1024
_TAIL = 4096
_CHUNK = 1 << 16
_MOST_UNPACKED = 100_000_000
_MOST_SEGMENTS = 2_000
_MOST_CHUNKS = 50_000
"""A file that is nothing but tiny segments is made to keep a server busy; no camera or program writes one."""
_OTHER_STARTS = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"#!", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"<")


class Incomplete(ValueError):
    """The beginning is right and the rest is not: cut off in transfer, or damaged."""


def detect(stream: BinaryIO, *, size: int) -> MediaType | None:
    """Return the type of a seekable file, None for any other type. Raises `Incomplete` for one that is cut off.

    Data behind the end of an image is allowed: phones keep moving pictures there.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    if head.startswith(b"\xff\xd8\xff"):
        return _checked(_jpeg_ends(stream), "image/jpeg")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _checked(_png_ends(stream, size=size), "image/png")
    if head.startswith(b"PK\x03\x04"):
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" if _is_workbook(stream) else None
    if b"%PDF-" in head and not head.lstrip().startswith(_OTHER_STARTS):
        stream.seek(max(0, size - _TAIL))
        return _checked(b"%%EOF" in stream.read(_TAIL), "application/pdf")
    return None


def _is_workbook(stream: BinaryIO) -> bool:
    """Look into the list of a zip: an XLSX file without macros that does not unpack to more than its readers can hold."""
    try:
        with zipfile.ZipFile(stream) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    names = {member.filename for member in members}
    unpacked = sum(member.file_size for member in members)
    return {"[Content_Types].xml", "xl/workbook.xml"} <= names and "xl/vbaProject.bin" not in names and unpacked <= _MOST_UNPACKED


def _checked(complete: bool, media_type: MediaType) -> MediaType:
    if not complete:
        raise Incomplete(media_type)
    return media_type


def _jpeg_ends(stream: BinaryIO) -> bool:
    """Step over the segments before the picture (their thumbnails have ends of their own), then look for the end of it."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        stream.seek(at)
        mark = stream.read(4)
        if len(mark) < 4 or mark[0] != 0xFF:
            return False
        if mark[1] == 0xFF:  # a fill byte before the marker
            at += 1
            continue
        at += 2 + int.from_bytes(mark[2:4], "big")
        if mark[1] == 0xDA:
            stream.seek(at)
            return _finds(stream, b"\xff\xd9")
    return False


def _finds(stream: BinaryIO, wanted: bytes) -> bool:
    kept = b""
    while chunk := stream.read(_CHUNK):
        if wanted in kept + chunk:
            return True
        kept = chunk[-(len(wanted) - 1) :]
    return False


def _png_ends(stream: BinaryIO, *, size: int) -> bool:
    """Step from chunk to chunk: IHDR must be the first, IEND must come."""
    at = 8
    for _ in range(_MOST_CHUNKS):
        if at + 12 > size:
            return False
        stream.seek(at)
        length, name = int.from_bytes(stream.read(4), "big"), stream.read(4)
        if (at == 8) != (name == b"IHDR") or not name.isalpha():
            return False
        if name == b"IEND":
            return length == 0
        at += 12 + length
    return False
