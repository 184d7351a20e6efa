"""What BPMN itself can say and this engine passes over: turned into our way of saying it, or told."""

import re
from collections.abc import Callable
from typing import Any

from app.engine.foreign_xml import id_of
from app.engine.nodes import BPMN, local_name

Tell = Callable[[str, str, str], None]
"""Takes the element, what it was, and a sentence."""

_BOOLEANS = frozenset(
    {
        "isExecutable",
        "triggeredByEvent",
        "cancelActivity",
        "isSequential",
        "isInterrupting",
        "isForCompensation",
        "instantiate",
        "isClosed",
    }
)
_PLAIN = {
    "startQuantity": ("1", "起始数量"), "completionQuantity": ("1", "完成数量"), "behavior": ("All", "多实例的事件方式"),
    "instantiate": ("false", "由事件启动流程"), "implementation": ("##unspecified", "实现方式"),
}  # fmt: skip
"""Attributes with the value that says nothing, and what people call them."""
_OWNERS = frozenset({"potentialOwner", "humanPerformer", "performer", "resourceRole"})
_GROUP, _USER = re.compile(r"group\(([^()]+)\)"), re.compile(r"user\(([^()]+)\)")
_LIST = re.compile(r'=\s*\[\s*("[^"]*"(?:\s*,\s*"[^"]*")*)\s*\]')


def plain_booleans(element: Any, *, done: Tell) -> None:
    """Write the truth values `1` and `0`, which XML allows, as `true` and `false`."""
    for name in sorted(_BOOLEANS.intersection(element.attrib.keys())):
        if element.get(name) in ("1", "0"):
            element.set(name, "true" if element.get(name) == "1" else "false")
            done(id_of(element), name, f"属性“{name}”的写法改为“{element.get(name)}”。")


def passed_over(element: Any, *, lost: Tell) -> None:
    """Take away attributes and parts that the engine would pass over, and tell each."""
    owner = id_of(element) or id_of(element.getparent())
    for name, (nothing, title) in _PLAIN.items():
        value = element.get(name)
        if value is None:
            continue
        if value not in (nothing, "##WebService", "##DMNImplementation"):
            lost(owner, name, f"{title}（{name}={value[:40]}）在本系统中不起作用，已去掉，请核对。")
        if value != nothing:
            del element.attrib[name]
    for child in element.findall(f"{BPMN}property"):
        lost(owner, "property", f"流程变量声明“{child.get('name') or id_of(child)}”没有转换：变量由表单、业务操作和决策表给出。")
        element.remove(child)


def owners_of(element: Any, *, lost: Tell) -> list[str]:
    """Take the people of a task out of their standard elements; return the groups among them. Persons are told."""
    groups: list[str] = []
    for child in [one for one in element if local_name(one) in _OWNERS]:
        text = " ".join("".join(child.itertext()).split()) or child.get("name", "")
        element.remove(child)
        if local_name(child) != "potentialOwner":
            lost(id_of(element), local_name(child), f"办理人“{text[:60]}”没有转换：指定到人请填写“指定办理人”。")
            continue
        users = _USER.findall(text)
        named = _GROUP.findall(text) or ([] if users else [text])
        groups += groups_in(", ".join(named), owner=id_of(element), lost=lost)
        for user in users:
            lost(id_of(element), "potentialOwner", f"候选人“{user}”没有转换：办理人由泳道的角色决定。")
    return groups


def groups_in(text: str, *, owner: str, lost: Tell) -> list[str]:
    """Return the names of candidate groups; what is reckoned while a case runs names no lane, and is told."""
    text = text.strip()
    listed = _LIST.fullmatch(text)
    if listed is not None:
        return [part.strip().strip('"').strip() for part in listed[1].split(",")]
    if text.startswith(("${", "#{", "=")):
        lost(owner, "candidateGroups", f"候选组“{text[:60]}”是表达式，没有转换：请把环节放进对应角色的泳道。")
        return []
    return [part.strip() for part in text.split(",") if part.strip()]
