"""What differs between two packages: diagrams by element, forms by field, tables by row, the manifest by entry, texts by line."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from app.catalog.archive import read_zip
from app.catalog.manifest import MANIFEST
from app.domain.actors import Actor
from app.domain.errors import NotAllowed
from app.domain.permissions import Permission, is_permitted
from app.domain.toml_texts import read_toml
from app.engine.differences import (
    Change,
    ElementChange,
    PropertyChange,
    compare_diagrams,
    compare_tables,
    differing_values,
    moved_keys,
)
from app.engine.types import EngineError
from app.persistence.models import ProcedureVersion
from app.services.context import Context
from app.services.packages.procedure_cache import no_version

_MOST_LINES = 2000
_TITLES = {"label": "标签", "type": "类型", "description": "说明", "values": "选项", "validate.required": "必填", "key": "字段名",
           "text": "文字", "validate.minLength": "最短", "validate.maxLength": "最长", "conditional.hide": "隐藏条件"}  # fmt: skip


@dataclass(frozen=True)
class FieldChange:
    """A field of a form that was added, removed, changed, or moved to another place."""

    form: str
    field: str
    label: str
    change: Change
    properties: tuple[PropertyChange, ...] = ()


@dataclass(frozen=True)
class TextChange:
    """A file that is compared by line: a notice, a scenario, or something that cannot be read in its own way."""

    path: str
    change: Change
    lines: tuple[str, ...]


@dataclass(frozen=True)
class PackageDifference:
    """All that differs; empty in every part for two packages of the same content."""

    diagrams: tuple[ElementChange, ...]
    tables: tuple[ElementChange, ...]
    forms: tuple[FieldChange, ...]
    manifest: tuple[PropertyChange, ...]
    texts: tuple[TextChange, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing differs."""
        return not (self.diagrams or self.tables or self.forms or self.manifest or self.texts)


def compare_versions(context: Context, *, actor: Actor, before_id: int, after_id: int) -> PackageDifference:
    """Compare two deployed versions, e.g. for the page that shows them side by side. Needs the right to see procedures."""
    if not is_permitted(actor, Permission.SEE_PROCEDURES):
        raise NotAllowed("procedure.see", "您没有查看流程版本的权限。")
    with context.reading() as tx:
        rows = [tx.session.get(ProcedureVersion, version_id) for version_id in (before_id, after_id)]
        if None in rows:
            raise no_version()
        before, after = (read_zip(row.package) for row in rows if row is not None)
    return compare_packages(before, after)


def compare_packages(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> PackageDifference:
    """Compare the files of two packages. Raises nothing: a file that cannot be read in its own way is compared by line."""
    diagrams: list[ElementChange] = []
    tables: list[ElementChange] = []
    forms: list[FieldChange] = []
    manifest: list[PropertyChange] = []
    texts: list[TextChange] = []
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        try:
            if path.endswith(".bpmn"):
                diagrams += compare_diagrams(path, before=old, after=new)
            elif path.endswith(".dmn"):
                tables += compare_tables(path, before=old, after=new)
            elif path.startswith("forms/"):
                forms += _compare_forms(path, old, new)
            elif path == MANIFEST:
                manifest += differing_values(_entries(old), _entries(new))
            else:
                texts.append(_by_line(path, old, new))
        except (EngineError, ValueError, RecursionError):
            # Half-finished files are usual in a draft: what cannot be read by its kind is shown by its lines.
            texts.append(_by_line(path, old, new))
    return PackageDifference(tuple(diagrams), tuple(tables), tuple(forms), tuple(manifest), tuple(texts))


def _compare_forms(path: str, before: bytes | None, after: bytes | None) -> list[FieldChange]:
    form = path.removeprefix("forms/").removesuffix(".json")
    olds, news = _components(before), _components(after)
    changes = []
    for key, values in news.items():
        if key not in olds:
            changes.append(FieldChange(form, key, values.get("label", ""), "added"))
        elif differing := differing_values(olds[key], values, titles=_TITLES):
            changes.append(FieldChange(form, key, values.get("label", ""), "changed", differing))
    moved = moved_keys(list(olds), list(news))
    changes += [FieldChange(form, key, news[key].get("label", ""), "moved") for key in news if key in moved]
    return changes + [
        FieldChange(form, key, values.get("label", ""), "removed") for key, values in olds.items() if key not in news
    ]


def _components(content: bytes | None) -> dict[str, dict[str, str]]:
    document = json.loads(content) if content is not None else {}
    found: dict[str, dict[str, str]] = {}
    if isinstance(document, dict):
        found["（表单）"] = dict(_flat({key: value for key, value in document.items() if key != "components"}))
        for component in _walk(document.get("components")):
            own = {key: value for key, value in component.items() if key not in ("components", "id", "layout")}
            found[str(component.get("key") or component.get("id") or len(found))] = dict(_flat(own))
    return found


def _walk(components: Any) -> Iterator[dict[str, Any]]:
    for component in components if isinstance(components, list) else ():
        if isinstance(component, dict):
            yield component
            yield from _walk(component.get("components"))


def _entries(content: bytes | None) -> dict[str, str]:
    return dict(_flat(read_toml(content.decode("utf-8")))) if content is not None else {}


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value of a document under its path; entries of a list go by their id or key where they have one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    elif (
        isinstance(value, list) and value and all(isinstance(item, dict) and ("id" in item or "value" in item) for item in value)
    ):
        for item in value:
            yield from _flat(item, f"{prefix}.{item.get('id', item.get('value'))}")
    else:
        yield prefix, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _by_line(path: str, before: bytes | None, after: bytes | None) -> TextChange:
    change: Change = "added" if before is None else "removed" if after is None else "changed"
    old, new = ((content or b"").decode("utf-8", errors="replace").splitlines() for content in (before, after))
    lines = list(unified_diff(old, new, fromfile="原来", tofile="现在", lineterm="", n=2))
    return TextChange(path, change, tuple(lines[:_MOST_LINES]))
