"""The manifest as a text that a page edits: what is changed is changed in place, so that comments and the order of things stay."""

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from app.domain.errors import DomainError
from app.domain.toml_texts import read_toml

_FAULT = "清单 procedure.toml 不能读取，请用文本方式修改。"


def parse_manifest(content: bytes) -> Any:
    """Return a manifest as a document that keeps its comments. `DomainError` (package.manifest) when it cannot be read."""
    try:
        text = content.decode("utf-8")
        read_toml(text)  # refuses what would keep the other reader busy
        return tomlkit.parse(text)
    except (TOMLKitError, ValueError) as error:
        raise DomainError("package.manifest", _FAULT) from error


def dump_manifest(document: Mapping[str, Any]) -> bytes:
    """Return a document as TOML. `DomainError` (package.manifest) for values that TOML cannot hold."""
    try:
        return tomlkit.dumps(document).encode()
    except (TOMLKitError, TypeError, ValueError, AttributeError) as error:
        raise DomainError("package.manifest", "清单里有不能保存的值，请检查。") from error


def put(table: Any, key: str, value: Any) -> None:
    """Set a value unless it is there already: what is not changed keeps its line as somebody wrote it."""
    if key not in table or table[key] != value:
        table[key] = value


def put_table(parent: Any, key: str, wanted: Mapping[str, Any]) -> None:
    """Make a table hold exactly these values: others go, new ones come last, the rest stays where it is."""
    if key not in parent:
        parent[key] = tomlkit.table()
    table = parent[key]
    for name in [name for name in table if name not in wanted]:
        del table[name]
    for name, value in wanted.items():
        put(table, name, value)


def put_entries(document: Any, key: str, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """Make a section hold exactly these named tables, each of exactly these values; what is not changed keeps its comments."""
    if key not in document:
        if not wanted:
            return
        document[key] = tomlkit.table(is_super_table=True)
    section = document[key]
    for name in [name for name in section if name not in wanted]:
        del section[name]
    for name, entry in wanted.items():
        if name not in section or {**section[name]} != entry:
            put_table(section, name, {label: value for label, value in entry.items() if not isinstance(value, dict)})
            for label, value in entry.items():
                if isinstance(value, dict):  # tables within come after the values, as TOML wants it
                    put(section[name], label, value)


def put_rows(parent: Any, key: str, wanted: Sequence[Mapping[str, Any]], *, by: str) -> None:
    """Make a list of tables hold exactly these rows in this order; a row that was there under the same `by` keeps its comments."""
    now = parent.get(key)
    if now is not None and [dict(row) for row in now] == [dict(row) for row in wanted]:
        return
    known: dict[Any, Table] = {row.get(by): row for row in now} if isinstance(now, AoT) else {}
    rows = tomlkit.aot()
    for row in wanted:
        table = known.get(row[by], tomlkit.table())
        for name, value in row.items():
            put(table, name, value)
        rows.append(table)
    parent[key] = rows
