"""The manifest as a document that a page edits: read from TOML, and written back as TOML.

The standard library reads TOML and does not write it. Written is what a manifest may hold: tables, lists of tables, lists of
plain values, texts, numbers, truth values. Comments of a hand-written manifest do not survive; the page says so before it saves.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from app.catalog.manifest import MANIFEST
from app.domain.errors import DomainError

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def read_document(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the manifest of a package as a document. `DomainError` (package.manifest) when it cannot be read."""
    try:
        return tomllib.loads(files[MANIFEST].decode("utf-8"))
    except (KeyError, ValueError) as error:
        raise DomainError("package.manifest", "清单 procedure.toml 不能读取，请用文本方式修改。") from error


def has_comments(files: Mapping[str, bytes]) -> bool:
    """Tell whether writing the document back would lose comments."""
    return any(line.lstrip().startswith("#") or " # " in line for line in files[MANIFEST].decode("utf-8", "replace").splitlines())


def write_document(document: Mapping[str, Any]) -> bytes:
    """Return a document as TOML that reads back as the same. `DomainError` (package.manifest) for values that TOML cannot hold."""
    text = "\n".join(_table(document, ())).strip() + "\n"
    if tomllib.loads(text) != document:
        raise DomainError("package.manifest", "清单里有不能保存的值，请检查。")
    return text.encode()


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not _is_section(value)}
    for key, value in plain.items():
        yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        here = (*path, key)
        name = ".".join(_key(part) for part in here)
        if isinstance(value, Mapping):
            yield from ("", f"[{name}]", *_table(value, here))
        elif _is_section(value):
            for item in value:
                yield from (f"[[{name}]]", *_table(item, here))


def _is_section(value: object) -> bool:
    listed = isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping) or listed


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise DomainError("package.manifest", "清单里的名称应为文字。")
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    raise DomainError("package.manifest", f"清单不能保存“{type(value).__name__}”这种值。")


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but for the delete character, which JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
