"""Small pictures of uploaded ones for lists and reviewers' sheets, and what travels along with a picture."""

import io
from dataclasses import dataclass

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from app.domain.errors import DomainError

MAX_PIXELS = 50_000_000
_EDGE = 480


def preview(data: bytes, *, max_pixels: int = MAX_PIXELS, edge: int = _EDGE) -> bytes:
    """Return a JPEG at most `edge` points wide and high, upright, without metadata.

    The picture's claimed size is checked before a point of it is unpacked. Raises `DomainError` file.image_too_large or
    file.image.
    """
    # WeasyPrint switches this on for the whole process when it is imported; a picture that was cut off must not pass as whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        # Only these two decoders: the others of Pillow are not meant for strangers' files.
        picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        if picture.width * picture.height > max_pixels:
            raise DomainError("file.image_too_large", f"图片超过{max_pixels // 10_000}万像素，无法预览。请缩小图片后重新上传")
        picture.draft("RGB", (edge * 2, edge * 2))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((edge, edge))
        ground = Image.new("RGB", upright.size, "white")
        ground.paste(upright, mask=upright.convert("RGBA").getchannel("A"))
    except Image.DecompressionBombError:
        raise DomainError("file.image_too_large", "图片的像素太多，无法预览。请缩小图片后重新上传") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise DomainError("file.image", "图片已损坏，无法预览。请确认能打开后重新上传") from None
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


@dataclass(frozen=True)
class PictureData:
    """What travels along with a picture unseen: whether it says where it was taken, its texts (camera, time, author), and
    whether something lies behind its end.
    """

    is_located: bool
    texts: tuple[str, ...]
    has_more: bool


def data_in(data: bytes) -> PictureData:
    """Return what a JPEG or PNG says beside its points (EXIF, comments, text chunks). Raises `DomainError` for a damaged file."""
    try:
        picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        if picture.format == "PNG" and picture.width * picture.height <= MAX_PIXELS:
            picture.load()  # texts may stand behind the points
        exif = picture.getexif()
    except (Image.DecompressionBombError, UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise DomainError("file.image", "图片已损坏，读不出内容。请确认能打开后重新上传") from None
    told = [value.decode("utf-16-le", "replace") if tag in _WIDE and isinstance(value, bytes) else value
            for tag, value in (*exif.items(), *exif.get_ifd(_CAMERA).items())]  # fmt: skip
    told += [value for name, value in picture.info.items() if name not in _OF_THE_FORMAT]
    texts = dict.fromkeys(text for value in told if (text := _text(value)))
    return PictureData(bool(exif.get_ifd(_POSITION)), tuple(texts), _end(data) < len(data))


_CAMERA, _POSITION = 0x8769, 0x8825
_WIDE = range(0x9C9B, 0x9CA0)  # title, comment, author, keywords, subject as Windows writes them
_OF_THE_FORMAT = ("exif", "icc_profile", "jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "gamma", "transparency")
"""What a picture says for those who draw it; `exif` is read by its tags."""
_CHARSETS = {b"ASCII\0\0\0": "ascii", b"UNICODE\0": "utf-16", b"JIS\0\0\0\0\0": "iso2022_jp", b"\0" * 8: "utf-8"}
"""How a user's comment begins (Exif 2.32, table 9)."""


def _text(value: object) -> str:
    """Return what a tag says in words; nothing for numbers and for bytes that are no text."""
    if isinstance(value, bytes):
        coding = _CHARSETS.get(value[:8])
        raw = value[8:] if coding else value
        value = raw.decode(coding or "utf-8", "replace")
        if value.count("\ufffd") * 4 > len(value):
            return ""
    return value.strip("\0 \t\r\n") if isinstance(value, str) else ""


def _end(data: bytes) -> int:
    """Return where a picture is over; the length of the data where that cannot be told."""
    if data.startswith(b"\x89PNG"):
        end = data.find(b"IEND")
        return end + 8 if end >= 0 else len(data)
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xD9:
            return place + 2
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
        if marker == 0xDA:  # the points follow without a length, up to a mark that is neither stuffed nor a restart
            while (place := data.find(b"\xff", place)) >= 0 and data[place + 1 : place + 2] in _WITHIN:
                place += 2
            if place < 0:
                break
    return len(data)


_WITHIN = (b"\0", *(bytes([mark]) for mark in range(0xD0, 0xD8)))
