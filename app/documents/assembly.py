"""Writes a small PDF/A from parts: objects into one compressed stream, so that a certificate is as small as it can be."""

import re
import zlib
from collections.abc import Mapping

_REFERENCE = re.compile(rb"(?<![\d.])(\d+) 0 R\b")


class Assembly:
    """The objects of one PDF. `add` gives each a number; streams stand alone, all others are written together and compressed."""

    def __init__(self) -> None:
        self._plain: dict[int, bytes] = {}
        self._streams: dict[int, bytes] = {}
        self._last = 0

    def reserve(self) -> int:
        """Return the number of an object that is added later (`put`)."""
        self._last += 1
        return self._last

    def add(self, body: bytes) -> int:
        """Add an object that is no stream; return its number."""
        number = self.reserve()
        self._plain[number] = body
        return number

    def put(self, number: int, body: bytes) -> None:
        """Give a reserved number its object."""
        self._plain[number] = body

    def add_stream(self, content: bytes, entries: bytes = b"", *, packed: bool = False) -> int:
        """Add a stream; `packed` content is compressed already, and so is what has a filter of its own among its entries."""
        number = self.reserve()
        if b"/Filter" in entries:
            self._streams[number] = b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)
        else:
            self._streams[number] = stream(content if packed else pack(content), entries)
        return number

    def add_alone(self, body: bytes) -> int:
        """Add an object that must stand in the file as it is, such as a signature."""
        number = self.reserve()
        self._streams[number] = body
        return number

    def write(self, *, root: int, info: int, identifier: bytes) -> bytes:
        """Return the file (PDF 1.7, cross-reference stream). `identifier` is its ID in hexadecimal digits."""
        out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
        for number, body in self._streams.items():
            places[number] = (1, len(out), 0)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        bundle = self.reserve()
        places[bundle] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (bundle, self._bundle(bundle, places))
        table, start = self.reserve(), len(out)
        places[table] = (1, start, 0)
        rows = b"".join(_row(places[number]) for number in range(1, self._last + 1))
        entries = b"/Type/XRef/W[1 3 2]/Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]" % (
            self._last + 1, root, info, identifier, identifier,
        )  # fmt: skip
        out += b"%d 0 obj\n%s\nendobj\n" % (table, stream(pack(_row((0, 0, 65535)) + rows), entries))
        return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)

    def _bundle(self, number: int, places: dict[int, tuple[int, int, int]]) -> bytes:
        index, bodies, at = [], [], 0
        for place, (inner, body) in enumerate(self._plain.items()):
            places[inner] = (2, number, place)
            index.append(b"%d %d" % (inner, at))
            bodies.append(body)
            at += len(body) + 1
        head = b" ".join(index) + b" "
        return stream(pack(head + b" ".join(bodies)), b"/Type/ObjStm/N %d/First %d" % (len(index), len(head)))


def pack(content: bytes) -> bytes:
    """Compress the content of a stream."""
    return zlib.compress(content, 9)


def stream(packed: bytes, entries: bytes = b"") -> bytes:
    """Return a stream object with compressed content."""
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (entries, len(packed), packed)


def text(value: str) -> bytes:
    """Return a text string as PDF writes it."""
    return b"<feff%s>" % value.encode("utf-16-be").hex().encode()


def renumber(body: bytes, numbers: Mapping[int, int]) -> bytes:
    """Return an object with its references changed."""
    return _REFERENCE.sub(lambda found: b"%d 0 R" % numbers[int(found[1])], body)


def references(body: bytes) -> list[int]:
    """Return the numbers that an object refers to."""
    return [int(found) for found in _REFERENCE.findall(body)]


def _row(place: tuple[int, int, int]) -> bytes:
    kind, first, second = place
    return kind.to_bytes(1, "big") + first.to_bytes(3, "big") + second.to_bytes(2, "big")
