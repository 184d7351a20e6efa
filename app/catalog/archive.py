"""The files of a package, from a folder pair or from a zip, and back into a zip."""

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from app.domain.errors import DomainError

MOST_FILES = 300
MOST_BYTES = 20 * 1024 * 1024
_SUFFIXES = frozenset({".toml", ".bpmn", ".dmn", ".json", ".txt", ".md"})
PAPER_SUFFIXES = frozenset({".toml", ".html", ".css", ".json", ".svg", ".png", ".jpg", ".jpeg"})
"""What a paper template is made of."""


def read_folder(bpmn_folder: Path, *, forms_folder: Path) -> dict[str, bytes]:
    """Return the files of a package that lies in `bpmn/<name>/` and `forms/<name>/`, by path inside the package."""
    files: dict[str, bytes] = {}
    for root, prefix in ((bpmn_folder, ""), (forms_folder, "forms/")):
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if path.is_file() and path.suffix in _SUFFIXES:
                files[prefix + path.relative_to(root).as_posix()] = path.read_bytes()
    if not files:
        raise DomainError("package.empty", f"文件夹“{bpmn_folder.name}”里没有流程包文件。请检查路径。")
    return files


def read_zip(data: bytes, *, suffixes: frozenset[str] = _SUFFIXES) -> dict[str, bytes]:
    """Return the files of a zipped package, or with `PAPER_SUFFIXES` of a paper template.

    Refuses names that leave the package, links, unknown kinds of file, too many files, and content that would
    unpack to more than `MOST_BYTES` — counted while unpacking, because the sizes that a zip declares can lie.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise DomainError("package.zip", "这不是有效的压缩包（zip）。请重新导出流程包后再试。") from error
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_FILES:
            raise DomainError("package.files", f"压缩包里有 {len(entries)} 个文件，最多允许 {MOST_FILES} 个。")
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise _too_large()  # what says itself that it is too large is not unpacked at all
        for entry in entries:
            check_name(entry.filename, suffixes=suffixes, is_link=stat.S_ISLNK(entry.external_attr >> 16))
            content = _unpack(archive, entry, most=left + 1)
            left -= len(content)
            if left < 0:
                raise _too_large()
            files[entry.filename] = content
    return files


def without_wrapper(files: Mapping[str, bytes], *, own_folders: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """Return the files without a single folder around all of them, as people zip them; `own_folders` are part of what was zipped."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) == 1 and all("/" in path for path in files) and not tops & own_folders:
        return {path.partition("/")[2]: content for path, content in files.items()}
    return dict(files)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, most: int) -> bytes:
    try:
        with archive.open(entry) as stream:
            return stream.read(min(most, entry.file_size + 1))  # asked for more, it unpacks as much before it looks
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # damaged, or locked with a password
        name = entry.filename[:80]
        raise DomainError("package.zip", f"压缩包里的“{name}”已损坏或加了密码，不能读取。请重新导出流程包后再试。") from error


def _too_large() -> DomainError:
    return DomainError("package.size", "压缩包解开后超过 20 MB，没有读取。请检查里面的文件。")


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files that is the same, byte by byte, whenever the files are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0)), files[path], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def check_name(name: str, *, suffixes: frozenset[str] = _SUFFIXES, is_link: bool = False) -> None:
    """Refuse the name of a file that leaves the package, and a kind of file that no package has."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not {"\\", ":", "\0"}.isdisjoint(name) or is_link:
        raise DomainError("package.name", f"压缩包里的文件名“{name[:80]}”不在流程包之内，已拒绝读取。")
    if path.suffix not in suffixes or name.endswith("/"):
        raise DomainError("package.kind", f"包里不能有“{name[:80]}”这种文件。")
