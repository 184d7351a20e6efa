"""Template packages: a folder (or its files in memory) becomes an immutable template with a content hash."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.documents.faults import TemplateFault
from app.documents.metadata import Metadata, parse_metadata
from app.documents.pictures import PICTURES, check_picture
from app.domain.errors import DomainError

PARTS = ("template.html", "style.css", "metadata.toml", "sample.json")
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
    check_size(files, key=key)
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


def check_size(files: Mapping[str, bytes], *, key: str) -> None:
    """Refuse what is not a whole template: a part that is missing, too many files, one that is too large."""
    for part in PARTS:
        if part not in files:
            raise TemplateFault("template_part_missing", f"模板“{key}”缺少文件“{part}”。请补齐后重试。", file=part)
    if len(files) > MAX_FILES:
        raise DomainError("template_file", f"模板“{key}”的文件超过 {MAX_FILES} 个，请删去不用的文件。")
    for name, body in files.items():
        if len(body) > MAX_FILE_BYTES:
            raise TemplateFault("template_file", f"模板文件“{name[:80]}”超过 2 MB，请压缩后重试。", file=name)


def check_parts(files: Mapping[str, bytes], *, changed: Collection[str], key: str) -> None:
    """Refuse what cannot be kept as a template even while it is half finished: missing parts, and pictures that are none.

    Only `changed` files are opened; what the texts say is not judged.
    """
    check_size(files, key=key)
    for name in changed:
        if name not in PARTS:
            _picture(name, files[name])


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
        raise TemplateFault("template_file", f"模板文件“{name}”不是 UTF-8 编码，请另存为 UTF-8 后重试。", file=name) from error


def _sample(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    try:
        sample = json.loads(_text("sample.json", files))
    except json.JSONDecodeError as error:
        message = f"样例 sample.json 第{error.lineno}行写法有误，请改正后重试。"
        raise TemplateFault("template_sample", message, file="sample.json", line=error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise TemplateFault(
            "template_sample", "样例 sample.json 套得太深或数字太长，请改正后重试。", file="sample.json"
        ) from error
    if not isinstance(sample, dict):
        raise TemplateFault("template_sample", "样例 sample.json 应是一个对象（字段名和值）。", file="sample.json", line=1)
    return sample


def _picture(name: str, body: bytes) -> bytes:
    if not _FILE_NAME.fullmatch(name) or Path(name).suffix.lower() not in PICTURES:
        message = f"模板里不能有文件“{name[:80]}”。只接受英文文件名的 SVG、PNG、JPEG 图片。"
        raise TemplateFault("template_file", message, file=name)
    check_picture(name, body)
    return body
