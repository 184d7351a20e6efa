"""Named lists that the services hand in: choices, and the elements that a group is repeated for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.fields import Field, FormSpec
from app.formkit.findings import Finding, FormError
from app.formkit.vocabulary import KEY, holds_value


@dataclass(frozen=True)
class SourceItem:
    """One element of a named list; `maximum` is a number as text (the highest score of an index)."""

    key: str
    label: str
    help: str = ""
    maximum: str | None = None


Sources = Mapping[str, Sequence[SourceItem]]


def expand(spec: FormSpec, *, sources: Sources) -> FormSpec:
    """Return the form with each repeated group replaced by one group an element. Raises `FormError` for a missing list."""
    fields = _expand_all(spec.fields, spec, sources)
    return spec if fields is spec.fields else replace(spec, fields=fields)


def items_of(name: str, *, sources: Sources, form_key: str) -> Sequence[SourceItem]:
    """Return a named list. Raises `FormError` when the services do not provide it."""
    if name not in sources:
        raise FormError(form_key, [Finding(name, f"没有名单“{name}”，请联系系统管理员核对表单")])
    return sources[name]


def _expand_all(fields: tuple[Field, ...], spec: FormSpec, sources: Sources) -> tuple[Field, ...]:
    """Return the same tuple where nothing is repeated: most forms are bound as they are, at every request."""
    expanded = tuple(_expand(field, spec, sources) for field in fields)
    return fields if all(new is old for new, old in zip(expanded, fields, strict=True)) else expanded


def _expand(field: Field, spec: FormSpec, sources: Sources) -> Field:
    if field.options_source:
        items_of(field.options_source, sources=sources, form_key=spec.key)
    if not field.repeat_for:
        children = _expand_all(field.fields, spec, sources)
        return field if children is field.fields else replace(field, fields=children)
    groups: dict[str, Field] = {}
    for item in items_of(field.repeat_for, sources=sources, form_key=spec.key):
        key = f"{field.key}_{item.key}"
        if KEY.fullmatch(key) is None or key in groups:
            sentence = f"名单“{field.repeat_for}”里的“{item.label}”编码重复或不能用作字段名，请修改它的编码"
            raise FormError(spec.key, [Finding(field.key, sentence)])
        children = tuple(_expand(_for_item(child, item), spec, sources) for child in field.fields)
        groups[key] = Field(key=key, kind="group", label=item.label, description=item.help, fields=children)
    return replace(field, key="", repeat_for=None, fields=tuple(groups.values()))


def _for_item(field: Field, item: SourceItem) -> Field:
    """A number without a highest value of its own takes the element's; texts may name the element."""
    maximum = field.maximum
    if field.kind == "number" and maximum is None:
        maximum = item.maximum
    return replace(
        field,
        label=_fill(field.label, item),
        description=_fill(field.description, item),
        text=_fill(field.text, item),
        maximum=maximum,
        fields=tuple(_for_item(child, item) for child in field.fields) if holds_value(field) or field.kind == "group" else (),
    )


def _fill(text: str, item: SourceItem) -> str:
    for name, value in (("label", item.label), ("help", item.help), ("maximum", item.maximum or "")):
        text = text.replace("{{" + name + "}}", value)
    return text
