"""Small pictures of uploaded ones, for lists and reviewers' sheets."""

import io

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
