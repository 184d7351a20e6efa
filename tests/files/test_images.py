"""Previews: small, upright, without metadata, and safe from pictures that unpack to gigabytes."""

import io

import pytest
from PIL import Image

from app.domain.errors import DomainError
from app.files.images import preview
from tests.files.samples import pdf, picture, png_bomb


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_preview_fits_its_frame(kind: str) -> None:
    small = opened(preview(picture(kind, size=(1600, 400)), edge=200))
    assert (small.format, small.size) == ("JPEG", (200, 50))


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(preview(picture("PNG", size=(10, 20)))).size == (10, 20)


def test_see_through_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(preview(out.getvalue())).getpixel((1, 1)) == (255, 255, 255)


def test_a_photo_is_turned_upright_and_loses_its_metadata() -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "camera"
    Image.new("RGB", (40, 20)).save(out, "JPEG", exif=exif)
    small = opened(preview(out.getvalue()))
    assert small.size == (20, 40)
    assert not small.getexif()


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    with pytest.raises(DomainError, match="像素") as caught:
        preview(png_bomb())
    assert caught.value.code == "file.image_too_large"
    with pytest.raises(DomainError, match="像素"):
        preview(picture("PNG", size=(300, 300)), max_pixels=80_000)


@pytest.mark.parametrize("data", [b"", b"hello", pdf(), picture("PNG")[:60], picture("JPEG", colour="noise")[:400]])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(DomainError) as caught:
        preview(data)
    assert caught.value.code == "file.image"
