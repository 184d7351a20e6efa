"""Files by the hash of their content, in a local folder or an S3-compatible store (by fsspec's address)."""

import errno
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Protocol, cast
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from app.domain.errors import DomainError, NotFound, TryAgain
from app.files.magic import SUFFIXES, Incomplete, MediaType, detect
from app.files.names import clean_file_name, split_suffix

LIMIT_BYTES = 20 * 1024 * 1024
_CHUNK = 1 << 16
_HASH = re.compile(r"[0-9a-f]{64}")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_TITLES: dict[MediaType, str] = {
    "application/pdf": "PDF 文件",
    "image/jpeg": "JPG 图片",
    "image/png": "PNG 图片",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX 表格",
}


class Readable(Protocol):
    """What an upload is read from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class StoredFile:
    """A file that is in the store: what to find it by, its length in bytes, what it is and what to call it."""

    sha256: str
    size: int
    media_type: MediaType
    name: str


class FileStore:
    """Keeps each content once, at `ab/cd/<sha256>`. Safe for threads and processes that share the folder."""

    def __init__(self, url: str, *, limit_bytes: int = LIMIT_BYTES, filesystem: Any = None) -> None:
        """`url` is a folder or an fsspec address (`s3://bucket/path`); `filesystem` overrides the one of the address."""
        given, root = fsspec.core.url_to_fs(url) if filesystem is None else (filesystem, filesystem._strip_protocol(url))
        self._fs: Any = given
        self._root = str(root).rstrip("/")
        self._limit = limit_bytes
        self._local = isinstance(given, LocalFileSystem)

    def put(self, stream: Readable, *, name: str) -> StoredFile:
        """Store what can be read from the stream; the same content is stored once.

        Nothing is left behind when it fails. Raises `DomainError` file.too_large, file.empty, file.type, file.incomplete, or
        `TryAgain` file.disk_full.
        """
        staged = f"{self._root}/incoming/{uuid4().hex}"
        try:
            self._fs.makedirs(f"{self._root}/incoming", exist_ok=True)
            sha256, size = self._receive(stream, staged)
            media_type = self._type_of(staged, size=size, name=name)
            self._publish(staged, sha256=sha256, size=size)
        except OSError as error:
            if error.errno in _FULL:
                raise TryAgain("file.disk_full", "服务器存储空间已满，文件没有保存。请稍后再上传，或联系系统管理员") from error
            raise
        finally:
            self._drop(staged)
        return StoredFile(sha256, size, media_type, clean_file_name(name, media_type=media_type))

    def open(self, sha256: str) -> BinaryIO:
        """Open a stored file for reading. Raises `NotFound`."""
        try:
            return cast(BinaryIO, self._fs.open(self.path(sha256), "rb"))
        except FileNotFoundError:
            raise NotFound("file.missing", "文件不存在或已被清理，请联系系统管理员并提供办件编号") from None

    def path(self, sha256: str) -> str:
        """Return where the content lies (or would): a local path, or the path inside the remote store. Raises `NotFound`."""
        if _HASH.fullmatch(sha256) is None:
            raise NotFound("file.missing", "文件编号不正确，请从办件页面重新打开")
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def exists(self, sha256: str) -> bool:
        """Say whether the content is in the store."""
        return _HASH.fullmatch(sha256) is not None and bool(self._fs.isfile(self.path(sha256)))

    def size(self, sha256: str) -> int:
        """Return the length in bytes. Raises `NotFound`."""
        if not self.exists(sha256):
            raise NotFound("file.missing", "文件不存在或已被清理，请联系系统管理员并提供办件编号")
        return int(self._fs.size(self.path(sha256)))

    def remove_leftovers(self, *, before: datetime) -> int:
        """Remove what a killed process left half-received before an aware moment; return how many files."""
        folder, removed = f"{self._root}/incoming", 0
        for path in self._fs.ls(folder, detail=False) if self._fs.isdir(folder) else []:
            modified = self._fs.modified(path)
            if (modified if modified.tzinfo else modified.replace(tzinfo=UTC)) < before:
                self._drop(path)
                removed += 1
        return removed

    def _receive(self, stream: Readable, staged: str) -> tuple[str, int]:
        """Write the stream to a new file, hashing; stop one byte past the limit."""
        digest, size = hashlib.sha256(), 0
        with self._fs.open(staged, "wb") as target:
            while chunk := stream.read(min(_CHUNK, self._limit + 1 - size)):
                size += len(chunk)
                if size > self._limit:
                    raise DomainError(
                        "file.too_large", f"文件超过{_megabytes(self._limit)}，没有保存。请压缩或分成几个文件后再上传"
                    )
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            if self._local:
                os.fsync(target.fileno())
        if size == 0:
            raise DomainError("file.empty", "文件是空的，没有保存。请检查文件能否打开，再重新上传")
        return digest.hexdigest(), size

    def _type_of(self, staged: str, *, size: int, name: str) -> MediaType:
        with self._fs.open(staged, "rb") as source:
            try:
                media_type = detect(source, size=size)
            except Incomplete:
                raise DomainError("file.incomplete", "文件不完整，可能没有传完或已损坏。请确认能打开后重新上传") from None
        if media_type is None:
            raise DomainError(
                "file.type",
                "只能上传 PDF 文件和 JPG、PNG 图片（有的栏目还收 XLSX 表格），文件内容不是这几种。请另存为 PDF 后再上传",
            )
        suffix = split_suffix(name)[1]
        if suffix and suffix not in SUFFIXES[media_type]:
            title = _TITLES[media_type]
            raise DomainError("file.type", f"文件名以“{suffix}”结尾，内容却是 {title}。请把文件名改对，或重新导出后再上传")
        return media_type

    def _publish(self, staged: str, *, sha256: str, size: int) -> None:
        """Move the complete file to its place in one step; who comes second finds it there."""
        target = self.path(sha256)
        if self._fs.isfile(target) and self._fs.size(target) == size:
            return
        folder = target.rsplit("/", 1)[0]
        self._fs.makedirs(folder, exist_ok=True)
        self._fs.mv(staged, target)
        if self._local:  # the new name must survive a power cut, too
            for each in (folder, os.path.dirname(folder), self._root):
                _sync_folder(each)

    def _drop(self, path: str) -> None:
        if self._fs.exists(path):
            self._fs.rm_file(path)


def _sync_folder(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _megabytes(count: int) -> str:
    return f"{count // (1024 * 1024)}兆字节" if count >= 1024 * 1024 else f"{count}字节"
