"""A library that loosens Pillow for the whole process must not loosen us."""

import io
import secrets

import pytest
from PIL import Image, ImageFile

from app.domain.errors import DomainError
from app.files.images import preview


def test_a_picture_that_was_cut_off_is_refused_whatever_other_libraries_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    Image.frombytes("RGB", (64, 64), secrets.token_bytes(64 * 64 * 3)).save(buffer, "PNG")
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert preview(buffer.getvalue())
    with pytest.raises(DomainError, match="损坏"):
        preview(buffer.getvalue()[:-4000])
