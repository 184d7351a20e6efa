"""Rules about the forms of a package and about what becomes of the decisions that people take in them."""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.domain.actors import Role
from app.domain.fields import Field, FormSpec
from app.domain.lists import listed
from app.domain.permissions import OWN_UNIT
from app.domain.procedure import Procedure
from app.engine.gate import Finding
from app.formkit.findings import FormError
from app.formkit.schema import read_form
from app.services.packages.package_model import Hit, HouseRule, PackageView, found_elsewhere

FOLDER = "forms/"


def read_forms_leniently(procedure: Procedure) -> tuple[dict[str, FormSpec], dict[str, frozenset[str]], list[Finding]]:
    """Return the forms that build, the keys named in those that do not, and the findings about the latter."""
    forms: dict[str, FormSpec] = {}
    broken: dict[str, frozenset[str]] = {}
    findings: list[Finding] = []
    for path, content in procedure.files.items():
        if not path.startswith(FOLDER) or not path.endswith(".json"):
            continue
        key = path.removeprefix(FOLDER).removesuffix(".json")
        try:
            document = json.loads(content)
            forms[key] = read_form(key, document)
        except FormError as error:
            broken[key] = frozenset(_keys(document, 20))
            findings += [INVALID.finding((path, fault.component, fault.sentence)) for fault in error.findings]
        except (ValueError, RecursionError):
            broken[key] = frozenset()
            findings.append(MALFORMED.finding((path, "", "")))
    return forms, broken, findings


def _keys(document: Any, depth: int) -> Iterator[str]:
    if depth and isinstance(document, Mapping):
        if isinstance(document.get("key"), str):
            yield document["key"]
        children = document.get("components")
        for child in children if isinstance(children, list) else ():
            yield from _keys(child, depth - 1)


def _sources(view: PackageView) -> Iterable[Hit]:
    for key, form in view.forms.items():
        for field in form.every:
            for name in (field.options_source, field.repeat_for):
                if name and name not in view.registry.sources:
                    yield _path(key), field.key, f"“{field.label or field.key}”用到“{name}”"


def _unused(view: PackageView) -> Iterable[Hit]:
    used = {node.properties.get("form") for _, _, node in view.tasks()}
    for key, form in view.forms.items():
        if key not in used:
            yield _path(key), "", f"“{form.title}”（{key}）"


def _readers(view: PackageView) -> Iterable[Hit]:
    known = {*Role, OWN_UNIT}
    for file, _, node in view.tasks():
        for name in listed(node.properties.get("visible_to", "")):
            if name not in known:
                yield file, node.node_id, f"“{node.name}”写了“{name}”"
    for key, form in view.forms.items():
        for field in form.every:
            for name in listed(field.properties.get("visible_to", "")):
                if name not in set(Role):
                    yield _path(key), field.key, f"“{field.label or field.key}”写了“{name}”"


def decisions_of(form: FormSpec) -> list[Field]:
    """Return the fields of a form that are shown as decision buttons."""
    return [field for field in form.every if field.is_decision]


def compared_values(view: PackageView) -> dict[str, set[str]]:
    """Return the texts that each variable is compared with anywhere in the diagrams; a variable that is only read has none."""
    values: dict[str, set[str]] = {}
    for _, _, expression in view.expressions:
        for name in expression.names:
            values.setdefault(name, set())
        for node in ast.walk(expression.tree):
            if isinstance(node, ast.Compare):
                parts = [node.left, *node.comparators]
                texts = {
                    one.value
                    for part in parts
                    for one in ast.walk(part)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
                for part in parts:
                    if isinstance(part, ast.Name):
                        values.setdefault(part.id, set()).update(texts)
    return values


def _decisions(view: PackageView) -> Iterator[tuple[str, str, Field, Any]]:
    for file, _, node in view.tasks():
        form = view.forms.get(node.properties.get("form", ""))
        exported = set(listed(node.properties.get("exports", "")))
        for field in decisions_of(form) if form is not None and node.loop is None else ():
            yield file, node.node_id, field, exported


def _not_exported(view: PackageView) -> Iterable[Hit]:
    for file, node_id, field, exported in _decisions(view):
        if field.key not in exported and len(field.options) > 1:
            yield file, node_id, f"“{field.label or field.key}”（{field.key}）"


def _unread(view: PackageView) -> Iterable[Hit]:
    compared = compared_values(view)
    for file, node_id, field, exported in _decisions(view):
        if field.key in exported and field.key not in compared and len(field.options) > 1:
            yield file, node_id, f"“{field.label or field.key}”（{field.key}）"


def _same_way(view: PackageView) -> Iterable[Hit]:
    compared = compared_values(view)
    for file, node_id, field, _ in _decisions(view):
        left = [option for option in field.options if option.value not in compared.get(field.key, set())]
        if field.key in compared and len(left) > 1:  # one value alone may be the default's
            yield file, node_id, f"“{field.label or field.key}”的{'、'.join(f'“{option.label}”' for option in left)}"


def _unknown_values(view: PackageView) -> Iterable[Hit]:
    given: dict[str, set[str]] = {}
    for form in view.forms.values():
        for field in form.every:
            if field.options:
                given.setdefault(field.key, set()).update(option.value for option in field.options)
    own = {name: kind.variables[name] for kind in view.procedure.case_kinds.values() for name in kind.variables}
    for name, values in compared_values(view).items():
        for value in sorted(values - given[name] - {own.get(name), ""}) if name in given else ():
            file, element = next((f, e) for f, e, x in view.expressions if name in x.names and value in x.source)
            yield file, element, f"“{name}”没有选项“{value}”"


def _path(key: str) -> str:
    return f"{FOLDER}{key}.json"


MALFORMED = HouseRule("form.malformed", "表单文件不是有效的 JSON", "请用表单设计器重新保存。", found_elsewhere)
INVALID = HouseRule("form.invalid", "表单不能使用", "请在表单设计器中修改这个字段。", found_elsewhere)
RULES = (
    MALFORMED,
    INVALID,
    HouseRule("form.source", "表单用到的名单没有登记", "请从下拉列表中选择名单。", _sources),
    HouseRule("reader.unknown", "“对谁可见”里有不存在的角色，该看的人会看不到", "请在属性面板中重新勾选角色。", _readers),
    HouseRule("form.unused", "表单没有任何环节使用", "不再需要的请删去，需要的请在环节中选用。", _unused, "note"),
    HouseRule(
        "decision.not_exported",
        "表单中的结论没有导出，流程不会知道选了什么",
        "请在环节的“导出字段”中加上它。",
        _not_exported,
        "warning",
    ),
    HouseRule(
        "decision.unread",
        "结论没有网关读取，选什么都走同一条路",
        "请在后面的网关上为结论写条件；只供存档的，不必导出。",
        _unread,
        "warning",
    ),
    HouseRule(
        "decision.same_way",
        "几个结论没有条件区分，都走默认的路",
        "需要分开的，请在网关上为它们写条件。",
        _same_way,
        "note",
    ),
    HouseRule(
        "decision.unknown_value",
        "条件比较的值不是表单的选项，这条路永远走不到",
        "请核对选项的值，或在表单中补上这个选项。",
        _unknown_values,
        "warning",
    ),
)
