"""Zipped packages: what goes in comes out, and what would do harm is refused."""

import io
import stat
import zipfile

import pytest

from app.catalog.archive import MOST_BYTES, read_zip, write_zip
from app.domain.errors import DomainError

FILES = {"procedure.toml": b'id = "x"\n', "forms/a.json": b"{}", "artisan.bpmn": b"<xml/>"}


def zipped(name: str, content: bytes = b"x", mode: int = 0o644) -> bytes:
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, content)
    return buffer.getvalue()


def test_files_come_back_and_the_zip_is_always_the_same() -> None:
    assert read_zip(write_zip(FILES)) == FILES
    assert write_zip(FILES) == write_zip(dict(reversed(FILES.items())))


@pytest.mark.parametrize("name", ["../evil.json", "/etc/evil.json", "a/../../evil.json", "C:evil.json", "program.exe"])
def test_names_outside_the_package_and_foreign_kinds_are_refused(name: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_zip(zipped(name))
    assert refused.value.code in {"package.name", "package.kind"}


def test_a_link_is_refused() -> None:
    with pytest.raises(DomainError, match="不在流程包之内"):
        read_zip(zipped("link.json", b"/etc/passwd", stat.S_IFLNK | 0o777))


def test_a_zip_that_unpacks_to_too_much_is_refused_while_unpacking() -> None:
    with pytest.raises(DomainError, match="超过 20 MB"):
        read_zip(zipped("bomb.json", b"0" * (MOST_BYTES + 1)))


def test_what_is_no_zip_is_refused() -> None:
    with pytest.raises(DomainError, match="不是有效的压缩包"):
        read_zip(b"not a zip")
