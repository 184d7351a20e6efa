"""Small real files, made here: what Pillow and a PDF library write."""

import io
import struct
import zlib

from PIL import Image
from pypdf import PdfWriter


def picture(kind: str, *, size: tuple[int, int] = (64, 48), colour: str = "red", thumbnail: bool = False) -> bytes:
    """Return a JPEG or PNG; `thumbnail` puts a small JPEG with an end mark of its own into the first segments."""
    out = io.BytesIO()
    extra = {"comment": picture("JPEG", size=(8, 8))} if thumbnail else {}
    image = Image.effect_noise(size, 60).convert("RGB") if colour == "noise" else Image.new("RGB", size, colour)
    image.save(out, kind, **extra)
    return out.getvalue()


def pdf() -> bytes:
    """Return a PDF of one empty page."""
    out, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(width=100, height=100)
    writer.write(out)
    return out.getvalue()


def png_bomb() -> bytes:
    """Return a PNG of a few hundred bytes that claims 60000 × 60000 points."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
