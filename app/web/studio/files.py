"""The files of a draft in words: what kind each is, what it is called, and what a new one begins with."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from flask import url_for

from app.domain.errors import DomainError
from app.services.studio.blank_package import added_process

MANIFEST = "procedure.toml"
KINDS = {
    "diagram": "流程图", "form": "表单", "table": "决策表", "message": "通知文本", "scenario": "场景", "manifest": "清单", "text": "其他文件",
}  # fmt: skip
_PLACES = {
    "form": ("forms/", ".json"),
    "table": ("", ".dmn"),
    "message": ("messages/", ".txt"),
    "scenario": ("scenarios/", ".json"),
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" \
xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="{name}_definitions" name="{title}" namespace="http://camunda.org/schema/1.0/dmn">
  <decision id="{name}" name="{title}">
    <decisionTable id="{name}_table" hitPolicy="UNIQUE">
      <input id="{name}_input" label="条件">
        <inputExpression id="{name}_expression" typeRef="string"><text>condition</text></inputExpression>
      </input>
      <output id="{name}_output" label="结果" name="result" typeRef="string" />
      <rule id="{name}_rule">
        <inputEntry id="{name}_rule_input"><text>"a"</text></inputEntry>
        <outputEntry id="{name}_rule_output"><text>"b"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram id="{name}_diagram"><dmndi:DMNShape id="{name}_shape" dmnElementRef="{name}">\
<dc:Bounds x="160" y="100" width="180" height="80" /></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
"""


@dataclass(frozen=True)
class FileLine:
    """A file in the list of a draft."""

    path: str
    kind: str
    title: str
    size: int


def kind_of(path: str) -> str:
    """Return which of `KINDS` a file is."""
    if path == MANIFEST:
        return "manifest"
    if path.endswith(".bpmn"):
        return "diagram"
    if path.endswith(".dmn"):
        return "table"
    folder = path.partition("/")[0]
    return {"forms": "form", "messages": "message", "scenarios": "scenario"}.get(folder, "text")


def lines(files: Mapping[str, bytes]) -> dict[str, list[FileLine]]:
    """Return the files by kind, in the order of `KINDS`."""
    found: dict[str, list[FileLine]] = {kind: [] for kind in KINDS}
    for path, content in files.items():
        kind = kind_of(path)
        found[kind].append(FileLine(path, kind, title_of(path, content), len(content)))
    return {kind: sorted(group, key=lambda one: one.path) for kind, group in found.items() if group}


def title_of(path: str, content: bytes) -> str:
    """Return what people call a file: the title that is in it, else its name."""
    kind, name = kind_of(path), path.rpartition("/")[2].rpartition(".")[0]
    if kind in ("form", "scenario"):
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            return name
        return str(document.get("title") or name)[:60] if isinstance(document, dict) else name
    if kind == "message":
        return content.decode("utf-8-sig", "replace").partition("\n")[0].strip()[:60] or name
    if kind in ("diagram", "table"):
        tag = b"participant|process" if kind == "diagram" else b"decision"
        for found in re.finditer(rb"<(?:\w+:)?(?:" + tag + rb") [^<>]*>", content[:200_000]):
            named = re.search(rb'\bname="([^"]{1,180})"', found[0])
            if named:
                return named[1].decode("utf-8", "replace")
    return "流程清单" if kind == "manifest" else name


def diagram_titles(names: Iterable[str], files: Mapping[str, bytes]) -> dict[str, str]:
    """Return what the diagrams are called, by file."""
    return {name: title_of(name, files[name]) for name in names}


def edit_url(draft_id: int, path: str) -> str:
    """Return the address of the editor of a file."""
    return url_for("studio.edit", draft_id=draft_id, path=path)


def free_name(stem: str, taken: Iterable[str]) -> str:
    """Return the first of `form_1`, `form_2` … that nothing has yet: people who care for no code need not think of one."""
    used = set(taken)
    return next(name for name in (f"{stem}_{number}" for number in count(1)) if name not in used)


def names_in(files: Iterable[str], kind: str) -> list[str]:
    """Return the codes of the files of a kind."""
    return [path.rpartition("/")[2].rpartition(".")[0] for path in files if kind_of(path) == kind]


def new_files(kind: str, files: Mapping[str, bytes], *, name: str, title: str) -> tuple[str, dict[str, bytes]]:
    """Return the path of a new file, and it with all that has to come with it: a diagram brings a kind of case of its own.

    Raises `DomainError` for a name or a title that cannot be used.
    """
    if kind not in _PLACES and kind != "diagram":
        raise DomainError("file.kind", "请选择要新建什么。")
    if _NAME.fullmatch(name) is None:
        raise DomainError("file.name", "编号用小写字母、数字和下划线，以字母开头，不超过 40 个字符。")
    if not title or re.search(r'[<>&"]', title):
        raise DomainError("file.title", "请填写名称，不要使用尖括号、引号和 & 符号。")
    if kind == "diagram":
        return f"{name}.bpmn", added_process(files, name, title=title)
    folder, suffix = _PLACES[kind]
    path = f"{folder}{name}{suffix}"
    if path in files:
        raise DomainError("file.name", "已经有这个编号的文件，请换一个编号。")
    return path, {path: _first_content(kind, name, title).encode()}


def _first_content(kind: str, name: str, title: str) -> str:
    if kind == "table":
        return _DMN.format(name=name, title=title)
    if kind == "message":
        return f"{title}\n\n{{recipient}}：\n\n办件{{case_number}}有新的进展，请登录系统查看：{{link}}\n"
    if kind == "scenario":
        return _json({"title": title, "case": "", "steps": [], "expect": {"path": []}})
    field = {"type": "textarea", "id": f"field_{name}", "key": "opinion", "label": "意见", "validate": {"required": True}}
    return _json({"type": "default", "schemaVersion": 16, "title": title, "components": [field]})


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
