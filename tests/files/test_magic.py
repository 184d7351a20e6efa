"""What a file is, told from its bytes."""

import io
import time

import pytest

from app.files.magic import Incomplete, detect
from tests.files.samples import pdf, picture


def kind(data: bytes) -> str | None:
    return detect(io.BytesIO(data), size=len(data))


def test_the_three_types_are_known() -> None:
    assert kind(pdf()) == "application/pdf"
    assert kind(picture("JPEG", colour="noise")) == "image/jpeg"
    assert kind(picture("PNG")) == "image/png"


def test_a_little_rubbish_before_a_pdf_and_behind_it_is_usual() -> None:
    assert kind(b"\xef\xbb\xbf\r\n" + pdf() + b"\r\n\0\0") == "application/pdf"


def test_phones_put_moving_pictures_behind_the_end() -> None:
    assert kind(picture("JPEG") + b"ftypmp42" + b"\0" * 200_000) == "image/jpeg"


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0" + b"\0" * 500 + b"%PDF-1.7 %%EOF",
        b"\x7fELF" + b"\0" * 200,
        b"PK\x03\x04" + b"\0" * 200,
        b"<html>%PDF-1.7<script>%%EOF",
        b"GIF89a" + b"\0" * 100,
        b"BM" + b"\0" * 100,
        b"hello",
        b"\xff\xd8",
        b"%PDF",
        b"x" * 1100 + b"%PDF-1.7 %%EOF",
    ],
)
def test_everything_else_is_nothing(data: bytes) -> None:
    assert kind(data) is None


@pytest.mark.parametrize("data", [picture("PNG"), picture("JPEG", colour="noise"), picture("JPEG", thumbnail=True), pdf()])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_what_is_cut_off_is_refused(data: bytes, share: float) -> None:
    with pytest.raises(Incomplete):
        kind(data[: max(12, int(len(data) * share))])


def test_the_end_mark_of_a_thumbnail_is_not_the_end() -> None:
    whole = picture("JPEG", colour="noise", thumbnail=True)
    assert whole.count(b"\xff\xd9") >= 2
    with pytest.raises(Incomplete):
        kind(whole[:-2])


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff" * 5_000_000,
        b"\xff\xd8" + b"\xff\xe0\0\2" * 1_000_000,
        b"\x89PNG\r\n\x1a\n\0\0\0\0IHDR\0\0\0\0" + b"\0\0\0\0tEXt\0\0\0\0" * 400_000,
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR" + b"\0" * 100,
    ],
)
def test_files_made_to_keep_a_server_busy_are_refused_quickly(data: bytes) -> None:
    began = time.process_time()
    with pytest.raises(Incomplete):
        kind(data)
    assert time.process_time() - began < 2
