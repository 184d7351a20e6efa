"""Ids of other modelers that the standard does not allow (with a blank, or beginning with a digit), written so that it does."""

import re
from collections.abc import Callable
from typing import Any

from app.engine.nodes import BPMN, DI, is_id

_WRONG = re.compile(r"[^\w.\-]+")
_NAMING = frozenset({"id", "default", "bpmnElement", "calledElement", "labelStyle"})
"""Attributes that hold an id, beside all whose name ends in `Ref`."""
_NAMING_TEXT = ("incoming", "outgoing", "source", "target")
"""Elements whose text is an id, beside all whose name ends in `Ref`."""


def plain_ids(root: Any, *, done: Callable[[str, str, str], None]) -> None:
    """Give every element a sound id, in place, and tell each that belongs to the model; what names an element follows."""
    taken = {element.get("id") for element in root.iter() if element.get("id")}
    new: dict[str, str] = {}
    for element in root.iter():
        old = element.get("id") if isinstance(element.tag, str) else None
        if not old or is_id(old) or old in new or not _has_ids(element):
            continue
        new[old] = _free(old, taken)
        if element.tag.startswith(BPMN):
            done(new[old], "编号", f"编号“{old[:60]}”里有不能用的字符，改为“{new[old][:60]}”。")
    if new:
        _rename(root, new)


def _has_ids(element: Any) -> bool:
    return bool(element.tag.startswith((BPMN, DI)))


def _free(old: str, taken: set[Any]) -> str:
    plain = _WRONG.sub("_", old.strip())
    plain = plain if is_id(plain) else f"id_{re.sub(r'[^0-9A-Za-z_]', '_', plain)}"
    found, number = plain, 2
    while found in taken:
        found, number = f"{plain}_{number}", number + 1
    taken.add(found)
    return found


def _rename(root: Any, new: dict[str, str]) -> None:
    for element in root.iter():
        if not isinstance(element.tag, str) or "}" not in element.tag:
            continue
        for name, value in element.attrib.items():
            if value in new and (name in _NAMING or name.endswith("Ref")) and (name != "id" or _has_ids(element)):
                element.set(name, new[value])
        tag = element.tag.rpartition("}")[2]
        text = (element.text or "").strip()
        if text in new and element.tag.startswith(BPMN) and (tag in _NAMING_TEXT or tag.endswith("Ref")):
            element.text = new[text]
