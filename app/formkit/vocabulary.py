"""The words of a form file: component types, their keys, our own properties and the keys that nobody may take."""

import re
from typing import Final

from app.domain.fields import Field, FieldKind

KINDS: Final[dict[str, FieldKind]] = {
    "textfield": "text",
    "textarea": "textarea",
    "number": "number",
    "datetime": "date",
    "checkbox": "checkbox",
    "checklist": "checklist",
    "taglist": "checklist",
    "radio": "radio",
    "select": "select",
    "filepicker": "file",
    "group": "group",
    "dynamiclist": "list",
    "text": "static",
    "separator": "static",
    "spacer": "static",
}

REFUSED_TYPES: Final[dict[str, str]] = {
    "expression": "计算字段",
    "html": "网页代码",
    "iframe": "内嵌网页",
    "table": "数据表",
    "documentPreview": "文档预览",
    "button": "按钮",
    "image": "图片",
}

VALIDATE_KEYS: Final[dict[str, frozenset[str]]] = {
    "textfield": frozenset({"required", "validationType", "pattern", "patternErrorMessage", "minLength", "maxLength"}),
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
    **dict.fromkeys(("datetime", "checkbox", "checklist", "taglist", "radio", "select", "filepicker"), frozenset({"required"})),
}

OWN_PROPERTIES: Final = (
    "optionsSource",
    "repeatFor",
    "valueType",
    "sensitive",
    "wide",
    "autocomplete",
    "minRows",
    "maxRows",
    "total",
    "emptyText",
    "expect",
    "expects",
)

NUMBER_TYPES: Final = frozenset({"decimal", "integer", "money"})
TEXT_TYPES: Final = frozenset({"id_number", "uscc", "mobile", "bank_card", "name"})
CHOICE_KINDS: Final = frozenset({"radio", "select", "checklist"})
CONTROLLER_KINDS: Final = frozenset({"radio", "select", "checkbox", "text"})

KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
RESERVED_KEYS: Final = frozenset({"typename", "csrf_token", "action", "true", "false", "null"})

DEFAULT_LENGTHS: Final[dict[FieldKind, int]] = {"text": 200, "textarea": 5_000}
MAX_LENGTH: Final = 30_000
MAX_BYTES: Final = 100_000
MAX_FILES: Final = 20
MAX_ROWS: Final = 100
DEFAULT_ROWS: Final = 50
MAX_COMPONENTS: Final = 400
MAX_DEPTH: Final = 6
MAX_OPTIONS: Final = 500


def is_flat(field: Field) -> bool:
    """Say whether a group only frames its fields (no key): their values then lie beside its own."""
    return field.kind == "group" and not field.key


def holds_value(field: Field) -> bool:
    """Say whether a field has a place of its own among the values."""
    return field.kind != "static" and not is_flat(field)
