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
    """What travels along with a picture unseen: whether it says where it was taken, and its texts (camera, time, author)."""

    is_located: bool
    texts: tuple[str, ...]


def data_in(data: bytes) -> PictureData:
    """Return what a JPEG or PNG says beside its points (EXIF, comments, text chunks). Raises `DomainError` for a damaged file."""
    try:
        picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        exif = picture.getexif()
    except (Image.DecompressionBombError, UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise DomainError("file.image", "图片已损坏，读不出内容。请确认能打开后重新上传") from None
    told = [exif.get(tag) for tag in (_MAKER, _MODEL, _TAKEN, _ARTIST, _RIGHTS, _DESCRIPTION)]
    told += [
        value
        for name, value in picture.info.items()
        if name in ("comment", "Comment", "Author", "Description", "XML:com.adobe.xmp")
    ]
    texts = (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in told if value)
    return PictureData(bool(exif.get_ifd(_POSITION)), tuple(text.strip("\0 ") for text in texts))


_MAKER, _MODEL, _TAKEN, _ARTIST, _RIGHTS, _DESCRIPTION, _POSITION = 0x010F, 0x0110, 0x0132, 0x013B, 0x8298, 0x010E, 0x8825
