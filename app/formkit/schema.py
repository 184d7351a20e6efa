"""A form file (form-js 1.23 JSON) → `FormSpec`, or every reason why it cannot be used."""

import keyword
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.fields import Field, FormSpec
from app.formkit.components import read_component
from app.formkit.findings import Finding, Findings, FormError
from app.formkit.vocabulary import CONTROLLER_KINDS, KEY, MAX_COMPONENTS, MAX_DEPTH, RESERVED_KEYS, holds_value, is_flat

__all__ = ["Finding", "FormError", "exportable_keys", "is_flat", "read_form"]


def read_form(key: str, document: object) -> FormSpec:
    """Read a form file as `json.loads` gives it. Raises `FormError` with all findings when anything in it is not supported."""
    found = Findings()
    if not isinstance(document, Mapping):
        document = {}
    properties = document.get("properties")
    title = document.get("title") or (properties.get("title") if isinstance(properties, Mapping) else None) or key
    if document.get("type") != "default" or not isinstance(document.get("components"), list):
        found.add(key, "这不是表单文件：缺少组件列表")
        raise FormError(key, found.items)
    if _count(document, MAX_DEPTH + 2) > MAX_COMPONENTS:
        found.add(key, f"组件超过{MAX_COMPONENTS}个或嵌套太深，请拆成几个表单")
        raise FormError(key, found.items)
    fields = _read_all(document["components"], found, depth=1, inside=frozenset())
    if not found.items:
        _check_scope(fields, found, outer={})
    if not fields and not found.items:
        found.add(key, "表单是空的，请至少放一个组件")
    if found.items:
        raise FormError(key, found.items)
    return FormSpec(key=key, title=str(title), fields=fields)


def exportable_keys(spec: FormSpec) -> frozenset[str]:
    """Return the keys whose values are single (no list, no group, no files): what `exports` of a user task may name."""
    several = ("group", "list", "file", "checklist")
    return frozenset(field.key for field in _level(spec.fields) if holds_value(field) and field.kind not in several)


def _count(component: Mapping[str, Any], depth: int) -> int:
    """Count components before anything recursive looks at them; too deep counts as too many."""
    children = component.get("components")
    if not isinstance(children, list):
        return 1
    if depth == 0:
        return MAX_COMPONENTS + 1
    return 1 + sum(_count(child, depth - 1) for child in children if isinstance(child, Mapping))


def _read_all(components: Sequence[Any], found: Findings, *, depth: int, inside: frozenset[str]) -> tuple[Field, ...]:
    fields = []
    for component in components:
        if not isinstance(component, Mapping):
            found.add("?", "组件的写法不对")
            continue
        field = read_component(component, found)
        if field is None:
            continue
        _check_place(field, found, depth=depth, inside=inside)
        if field.kind in ("group", "list"):
            children = component.get("components")
            here = inside | ({"repeat"} if field.repeat_for else set()) | ({"list"} if field.kind == "list" else set())
            held = _read_all(children if isinstance(children, list) else [], found, depth=depth + 1, inside=here)
            if not held:
                found.add(field.key or field.label, "分组或列表里没有组件")
            field = replace(field, fields=held)
        fields.append(field)
    return tuple(fields)


def _check_place(field: Field, found: Findings, *, depth: int, inside: frozenset[str]) -> None:
    if depth > MAX_DEPTH:
        found.add(field.key, f"嵌套超过{MAX_DEPTH}层")
    if holds_value(field):
        _check_key(field.key, found)
    if "list" in inside and field.kind == "list":
        found.add(field.key, "列表里不能再放列表")
    if "list" in inside and field.readonly:
        found.add(field.key, "列表里的字段不能设为只读：增删行后无法对应原来的值")
    if inside and field.repeat_for:
        found.add(field.key, "按名单重复的分组不能放在列表或另一个重复的分组里")


def _check_key(key: str, found: Findings) -> None:
    if not key:
        found.add("?", "缺少字段名（key）")
    elif "." in key:
        found.add(key, f"字段名“{key}”不能含点号，需要分组时请用分组的路径")
    elif key.lower() in RESERVED_KEYS or key.startswith("_") or keyword.iskeyword(key):
        found.add(key, f"字段名“{key}”是系统保留的，请换一个")
    elif KEY.fullmatch(key) is None:
        found.add(key, f"字段名“{key}”只能用英文字母、数字和下划线，以字母开头，最长64个字符")


def _check_scope(fields: Sequence[Field], found: Findings, *, outer: Mapping[str, Field]) -> None:
    """Check one level of values: each key once, and each condition asks a field that stands before it."""
    known = dict(outer)
    own: set[str] = set()
    repeated = [field.key + "_" for field in _level(fields) if field.repeat_for]
    for field in _level(fields):
        if field.condition is not None:
            _check_condition(field, known, found)
        if holds_value(field):
            if field.key in own:
                found.add(field.key, f"字段名“{field.key}”重复")
            if any(field.key.startswith(prefix) for prefix in repeated):
                found.add(field.key, f"字段名“{field.key}”会与按名单重复的分组冲突，请换一个")
            own.add(field.key)
            known[field.key] = field
        if field.kind in ("group", "list") and not is_flat(field):
            _check_scope(field.fields, found, outer={key: one for key, one in known.items() if key != field.key})


def _check_condition(field: Field, known: Mapping[str, Field], found: Findings) -> None:
    condition = field.condition
    if condition is None:
        return
    name = field.key or field.label or field.text[:20]
    asked = known.get(condition.key)
    if asked is None or asked.kind not in CONTROLLER_KINDS:
        found.add(name, f"隐藏条件里的“{condition.key}”必须是排在前面的单选、下拉、勾选或文本字段")
    elif asked.kind == "checkbox" and not set(condition.values) <= {"true", "false"}:
        found.add(name, f"“{condition.key}”是勾选框，隐藏条件只能比较 true 或 false")
    elif asked.options and not set(condition.values) <= {option.value for option in asked.options}:
        found.add(name, f"隐藏条件里的值不是“{asked.label}”的选项")


def _level(fields: Sequence[Field]) -> Iterator[Field]:
    """Yield the fields whose values lie beside each other: those of flat groups belong to the level around them."""
    for field in fields:
        yield field
        if is_flat(field):
            yield from _level(field.fields)
