"""Template packages: a folder (or its files in memory) becomes an immutable template with a content hash."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree

from app.documents.metadata import Metadata, parse_metadata
from app.domain.errors import DomainError

PARTS = ("template.html", "style.css", "metadata.toml", "sample.json")
PICTURES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
MAX_FILE_BYTES = 2_000_000
MAX_FILES = 40

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True)
class Template:
    """A template version. `pictures` are the only files that its page can reach; `hash` covers every file."""

    key: str
    metadata: Metadata
    html: str
    css: str
    sample: Mapping[str, Any]
    pictures: Mapping[str, bytes]
    hash: str


def load_template(folder: Path) -> Template:
    """Read the template package in a folder, e.g. `certificates/linkonggang-artisan/certificate`.

    The key is the last two parts of the path. Raises `DomainError` when a part is missing or cannot be used;
    links out of the folder are refused.
    """
    return template_from_files(read_files(folder), key=f"{folder.parent.name}/{folder.name}")


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the files in a template's folder by name. Raises `DomainError` as `load_template` does; checks no content."""
    if not folder.is_dir():
        raise DomainError("template_missing", f"找不到文书模板“{folder.name}”。请检查事项包里的 certificates 目录。")
    files: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            raise DomainError("template_file", f"模板“{folder.name}”里的“{path.name}”不是普通文件，请移出后重试。")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DomainError("template_file", f"模板文件“{path.name}”超过 2 MB，请压缩后重试。")
        files[path.name] = path.read_bytes()
    return files


def template_from_files(files: Mapping[str, bytes], *, key: str) -> Template:
    """Build a template from file names and contents (an upload, or a stored version). Raises `DomainError`."""
    for part in PARTS:
        if part not in files:
            raise DomainError("template_part_missing", f"模板“{key}”缺少文件“{part}”。请补齐后重试。")
    if len(files) > MAX_FILES:
        raise DomainError("template_file", f"模板“{key}”的文件超过 {MAX_FILES} 个，请删去不用的文件。")
    pictures = {name: _picture(name, body) for name, body in files.items() if name not in PARTS}
    return Template(
        key=key,
        metadata=parse_metadata(_text("metadata.toml", files)),
        html=_text("template.html", files),
        css=_text("style.css", files),
        sample=_sample(files),
        pictures=MappingProxyType(pictures),
        hash=content_hash(files),
    )


def content_hash(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 (hex) over names and contents, independent of the order of the files."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name.encode())}:{name}:{len(files[name])}:".encode())
        digest.update(files[name])
    return digest.hexdigest()


def _text(name: str, files: Mapping[str, bytes]) -> str:
    try:
        return files[name].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError("template_file", f"模板文件“{name}”不是 UTF-8 编码，请另存为 UTF-8 后重试。") from error


def _sample(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    try:
        sample = json.loads(_text("sample.json", files))
    except json.JSONDecodeError as error:
        raise DomainError("template_sample", f"样例 sample.json 第{error.lineno}行写法有误，请改正后重试。") from error
    if not isinstance(sample, dict):
        raise DomainError("template_sample", "样例 sample.json 应是一个对象（字段名和值）。")
    return sample


def _picture(name: str, body: bytes) -> bytes:
    suffix = Path(name).suffix.lower()
    if not _FILE_NAME.fullmatch(name) or suffix not in PICTURES:
        raise DomainError("template_file", f"模板里不能有文件“{name}”。只接受英文文件名的 SVG、PNG、JPEG 图片。")
    # Entities in an SVG can grow without bound and can name other files; a drawing needs none.
    if suffix == ".svg" and (b"<!DOCTYPE" in body or b"<!ENTITY" in body):
        raise DomainError("template_file", f"图片“{name}”含有文档类型声明，请用绘图软件另存为普通 SVG。")
    # The renderer leaves out a picture that it cannot read and goes on, so an unreadable one is refused here.
    if not _readable(suffix, body):
        raise DomainError("template_file", f"图片“{name}”已损坏或与扩展名不符，请重新导出后上传。")
    return body


def picture_type(body: bytes) -> str | None:
    """Return the media type of a PNG or JPEG by its first bytes, or None for anything else."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/jpeg" if body.startswith(b"\xff\xd8\xff") else None


def _readable(suffix: str, body: bytes) -> bool:
    if suffix != ".svg":
        return picture_type(body) == PICTURES[suffix]
    try:
        return ElementTree.fromstring(body).tag == "{http://www.w3.org/2000/svg}svg"
    except ElementTree.ParseError:
        return False
