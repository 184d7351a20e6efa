"""Reaching into the XML of a diagram: properties, extensions, and whose dialect a name belongs to."""

import re
from typing import Any

from lxml import etree

from app.engine.nodes import BPMN, SPIFF, local_name

_CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
_ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_FLOWABLE = "http://flowable.org/bpmn"
_ACTIVITI = "http://activiti.org/bpmn"
_DIALECTS = {_CAMUNDA: "camunda", _ZEEBE: "zeebe", _FLOWABLE: "flowable", _ACTIVITI: "activiti"}
_STANDARD = re.compile(r"http://www\.omg\.org/spec/(BPMN|DD)/|http://bpmn\.io/schema/bpmn/|http://www\.w3\.org/")
_SPIFF_ELEMENTS = "http://spiffworkflow.org/bpmn/schema/1.0/"


def set_property(element: Any, name: str, value: str) -> None:
    """Set an application property of an element."""
    properties = extension(element, "properties")
    for item in properties:
        if item.get("name") == name:
            item.set("value", value)
            return
    item = etree.SubElement(properties, f"{SPIFF}property")
    item.set("name", name)
    item.set("value", value)


def extension(element: Any, name: str) -> Any:
    """Return an extension element of ours, made in its place if it is not there."""
    holder = element.find(f"{BPMN}extensionElements")
    if holder is None:
        holder = etree.Element(f"{BPMN}extensionElements")
        after = sum(1 for child in element if local_name(child) == "documentation")
        element.insert(after, holder)
    found = holder.find(f"{SPIFF}{name}")
    return etree.SubElement(holder, f"{SPIFF}{name}") if found is None else found


def child_of(element: Any, name: str) -> Any:
    """Return a child of BPMN's own, made if it is not there."""
    found = element.find(f"{BPMN}{name}")
    return etree.SubElement(element, f"{BPMN}{name}") if found is None else found


def dialect_of(name: str) -> str | None:
    """Return the foreign dialect that a qualified name belongs to; None for BPMN's own names, the drawing's and ours."""
    space: str | None = etree.QName(name).namespace
    if not space or space.startswith(_SPIFF_ELEMENTS) or _STANDARD.match(space):
        return None
    return _DIALECTS.get(space, space)


def id_of(element: Any) -> str:
    """Return the id of an element, or of the nearest one around it that has one."""
    while element is not None and not element.get("id"):
        element = element.getparent()
    return "" if element is None else str(element.get("id"))
