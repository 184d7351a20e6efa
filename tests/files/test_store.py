"""The store: what is kept, what is refused, and that nothing is left half-written."""

import errno
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.local import LocalFileSystem

from app.domain.errors import DomainError, NotFound, TryAgain
from app.files.store import FileStore, StoredFile
from tests.files.samples import pdf, picture


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def put(store: FileStore, data: bytes, name: str = "证书.pdf") -> StoredFile:
    return store.put(io.BytesIO(data), name=name)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(str(tmp_path / "files"))


def refusal(store: FileStore, data: bytes, name: str = "证书.pdf") -> DomainError:
    with pytest.raises(DomainError) as caught:
        put(store, data, name)
    return caught.value


def test_a_file_is_found_by_its_content(store: FileStore, tmp_path: Path) -> None:
    data = pdf()
    kept = put(store, data, "C:\\x\\证书.PDF")
    assert kept == StoredFile(hashlib.sha256(data).hexdigest(), len(data), "application/pdf", "证书.pdf")
    place = Path(store.path(kept.sha256))
    assert place == tmp_path / "files" / kept.sha256[:2] / kept.sha256[2:4] / kept.sha256
    assert place.read_bytes() == data
    with store.open(kept.sha256) as stream:
        assert stream.read() == data
    assert store.exists(kept.sha256)
    assert store.size(kept.sha256) == len(data)


def test_the_same_content_is_stored_once_under_any_name(store: FileStore, tmp_path: Path) -> None:
    first, second = put(store, picture("PNG"), "a.png"), put(store, picture("PNG"), "b.png")
    assert (first.sha256, first.name, second.name) == (second.sha256, "a.png", "b.png")
    assert len(files_in(tmp_path)) == 1


def test_a_damaged_copy_is_replaced(store: FileStore) -> None:
    kept = put(store, pdf())
    Path(store.path(kept.sha256)).write_bytes(b"")
    put(store, pdf())
    assert Path(store.path(kept.sha256)).read_bytes() == pdf()


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "证书.pdf", "file.empty"),
        (b"MZ\x90\0" + b"\0" * 5000, "证书.pdf", "file.type"),
        (b"PK\x03\x04" + b"\0" * 5000, "材料.docx", "file.type"),
        (picture("JPEG"), "证书.pdf", "file.type"),
        (pdf(), "证书.exe", "file.type"),
        (pdf(), "证书.jpg", "file.type"),
        (pdf()[:-200], "证书.pdf", "file.incomplete"),
        (picture("JPEG", colour="noise")[:-300], "照片.jpg", "file.incomplete"),
        (picture("PNG")[:-4], "照片.png", "file.incomplete"),
    ],
)
def test_bad_files_are_refused_and_leave_nothing(store: FileStore, tmp_path: Path, data: bytes, name: str, code: str) -> None:
    said = refusal(store, data, name)
    assert said.code == code
    assert "请" in said.message
    assert files_in(tmp_path) == []


def test_what_is_too_large_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    store, stream = FileStore(str(tmp_path), limit_bytes=100_000), io.BytesIO(pdf() + b"\0" * 10_000_000)
    with pytest.raises(DomainError, match="100000字节"):
        store.put(stream, name="大.pdf")
    assert stream.tell() == 100_001
    assert files_in(tmp_path) == []


def test_a_file_of_exactly_the_limit_is_kept(tmp_path: Path) -> None:
    data = pdf()
    assert put(FileStore(str(tmp_path / "a"), limit_bytes=len(data)), data).size == len(data)
    assert refusal(FileStore(str(tmp_path / "b"), limit_bytes=len(data) - 1), data).code == "file.too_large"


class FullDisk(LocalFileSystem):
    """A disk with room for so many bytes; or one that fails in another way."""

    cachable = False

    def __init__(self, *, room: int, error: int = errno.ENOSPC) -> None:
        super().__init__()
        self.room, self.error = room, error

    def _open(self, path: str, mode: str = "rb", **kwargs: Any) -> Any:
        opened = super()._open(path, mode, **kwargs)
        return _Limited(opened, self) if "w" in mode else opened


class _Limited(io.BytesIO):
    def __init__(self, target: Any, disk: FullDisk) -> None:
        super().__init__()
        self.target, self.disk = target, disk

    def write(self, data: Any) -> int:
        self.target.write(bytes(data)[: self.disk.room])
        self.disk.room -= len(data)
        if self.disk.room < 0:
            raise OSError(self.disk.error, "no room")
        return len(data)

    def fileno(self) -> int:
        return int(self.target.fileno())

    def flush(self) -> None:
        self.target.flush()

    def close(self) -> None:
        self.target.close()
        super().close()


@pytest.mark.parametrize("room", [0, 10, 70_000])
def test_a_full_disk_says_so_and_keeps_nothing(tmp_path: Path, room: int) -> None:
    store = FileStore(str(tmp_path), filesystem=FullDisk(room=room))
    with pytest.raises(TryAgain) as caught:
        put(store, picture("PNG", colour="noise", size=(400, 300)), "a.png")
    assert caught.value.code == "file.disk_full"
    assert files_in(tmp_path) == []


def test_a_disk_with_room_takes_the_same_file(tmp_path: Path) -> None:
    kept = put(FileStore(str(tmp_path), filesystem=FullDisk(room=10_000_000)), picture("PNG"), "a.png")
    assert len(files_in(tmp_path)) == 1
    assert kept.media_type == "image/png"


def test_another_fault_of_the_disk_is_a_bug_to_be_seen(tmp_path: Path) -> None:
    store = FileStore(str(tmp_path), filesystem=FullDisk(room=0, error=errno.EIO))
    with pytest.raises(OSError, match="no room"):
        put(store, pdf())
    assert files_in(tmp_path) == []


class Broken(io.RawIOBase):
    """A connection that is cut in the middle."""

    def read(self, size: int = -1, /) -> bytes:
        if not hasattr(self, "begun"):
            self.begun = True
            return pdf()
        raise ConnectionResetError


def test_an_upload_that_is_cut_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        store.put(Broken(), name="a.pdf")
    assert files_in(tmp_path) == []


def test_many_at_once_store_the_same_content_once(tmp_path: Path) -> None:
    data = picture("PNG", colour="noise", size=(300, 300))
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda place: put(FileStore(str(tmp_path)), data, f"{place}.png"), range(24)))
    assert {one.sha256 for one in kept} == {hashlib.sha256(data).hexdigest()}
    assert [path.read_bytes() == data for path in files_in(tmp_path)] == [True]


@pytest.mark.parametrize("bad", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "/" * 64])
def test_only_hashes_lead_into_the_folder(store: FileStore, bad: str) -> None:
    assert not store.exists(bad)
    for verb in (store.path, store.open, store.size):
        with pytest.raises(NotFound):
            verb(bad)


def test_what_is_not_there_is_told(store: FileStore) -> None:
    assert not store.exists("0" * 64)
    for verb in (store.open, store.size):
        with pytest.raises(NotFound, match="请联系系统管理员"):
            verb("0" * 64)


def test_leftovers_of_a_killed_process_can_be_removed(store: FileStore, tmp_path: Path) -> None:
    assert store.remove_leftovers(before=datetime.now(UTC)) == 0
    kept = put(store, pdf())
    (tmp_path / "files" / "incoming" / "left").write_bytes(b"half")
    assert store.remove_leftovers(before=datetime.now(UTC) - timedelta(hours=1)) == 0
    assert store.remove_leftovers(before=datetime.now(UTC) + timedelta(seconds=5)) == 1
    assert files_in(tmp_path) == [Path(store.path(kept.sha256))]


def test_the_same_code_serves_a_store_that_is_no_folder() -> None:
    store = FileStore("memory://gongjiang-test")
    kept = put(store, pdf())
    with store.open(kept.sha256) as stream:
        assert stream.read() == pdf()
    assert refusal(store, b"").code == "file.empty"
    assert store.exists(put(store, pdf()).sha256)
    assert store.remove_leftovers(before=datetime.now(UTC)) == 0
