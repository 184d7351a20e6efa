"""What a template package says about itself in `metadata.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from app.domain.errors import DomainError

FieldType = Literal["text", "date", "number", "money", "flag", "list", "table"]
"""`money` is integer cents, `date` an ISO date, `number` a decimal kept as text, `list` texts, `table` rows of columns."""

PAGES: dict[str, tuple[int, int]] = {
    "A4 portrait": (210, 297),
    "A4 landscape": (297, 210),
    "A3 portrait": (297, 420),
    "A3 landscape": (420, 297),
}
"""Page names and their width and height in millimetres."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PLACE = re.compile(r"\{(year|number)(?::0(\d))?\}")
_DICT_METHODS = frozenset(dir(dict))


@dataclass(frozen=True)
class FieldSpec:
    """One field that a template takes: its name in the source, what people call it, and its type."""

    name: str
    label: str
    type: FieldType
    required: bool = True
    columns: tuple["FieldSpec", ...] = ()


@dataclass(frozen=True)
class Metadata:
    """The declarations of a template package.

    `max_pages` 0 means as many as it takes. `even_pages` asks for a second layout with class `odd` on the body when the first
    ends on an odd page, so that a colophon (版记) can move to the last even page (GB/T 9704-2012).
    """

    title: str
    page: str
    language: str
    fields: tuple[FieldSpec, ...]
    numbering: str
    signers: tuple[str, ...]
    max_pages: int
    even_pages: bool

    @property
    def size_mm(self) -> tuple[int, int]:
        """Return width and height of the page in millimetres."""
        return PAGES[self.page]


def parse_metadata(source: str) -> Metadata:
    """Read the text of a `metadata.toml`.

    Raises `DomainError` ("template_metadata") that names the entry which cannot be used.
    """
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        raise _refuse(f"第{place.group(1)}行写法有误" if place else "写法有误") from error
    page = str(data.get("page", "A4 portrait"))
    if page not in PAGES:
        raise _refuse(f"纸张“{page}”不认识，可以写：{'、'.join(PAGES)}")
    title = data.get("title")
    if not isinstance(title, str) or not title:
        raise _refuse("缺少 title（文书名称）")
    numbering = str(data.get("numbering", ""))
    if "{" in _PLACE.sub("", numbering) or "}" in _PLACE.sub("", numbering):
        raise _refuse("numbering 只能用 {year}、{number} 或 {number:03}")
    return Metadata(
        title=title,
        page=page,
        language=str(data.get("language", "zh-CN")),
        fields=_fields(data.get("fields", {}), nested=False),
        numbering=numbering,
        signers=tuple(str(signer) for signer in data.get("signers", [])),
        max_pages=int(data.get("max_pages", 0)),
        even_pages=data.get("even_pages") is True,
    )


def format_number(pattern: str, *, year: int, number: int) -> str:
    """Write a serial or document number by a template's numbering pattern, e.g. `LKGGJ-{year}-{number:03}`."""
    values = {"year": year, "number": number}
    return _PLACE.sub(lambda place: str(values[place[1]]).zfill(int(place[2] or 0)), pattern)


def _fields(entries: Any, *, nested: bool) -> tuple[FieldSpec, ...]:
    if not isinstance(entries, Mapping):
        raise _refuse("[fields] 应是一张表")
    return tuple(_field(str(name), entry, nested=nested) for name, entry in entries.items())


def _field(name: str, entry: Any, *, nested: bool) -> FieldSpec:
    # A name such as "items" would reach the method of the dictionary instead of the value, so it may not be declared.
    if not _NAME.fullmatch(name) or name in _DICT_METHODS:
        raise _refuse(f"字段名“{name}”不能用，请用小写英文字母、数字和下划线，并避开 items、keys、values 等")
    if not isinstance(entry, Mapping):
        raise _refuse(f"字段“{name}”应写明 label 和 type")
    kind = str(entry.get("type", "text"))
    if kind not in get_args(FieldType) or (nested and kind == "table"):
        raise _refuse(f"字段“{name}”的类型“{kind}”不认识")
    columns = _fields(entry.get("columns", {}), nested=True)
    if (kind == "table") != bool(columns):
        raise _refuse(f"字段“{name}”：表格要有 columns，其他类型不能有")
    label = str(entry.get("label", name))
    return FieldSpec(name, label, cast(FieldType, kind), required=bool(entry.get("required", True)), columns=columns)


def _refuse(reason: str) -> DomainError:
    return DomainError("template_metadata", f"模板说明 metadata.toml 不能用：{reason}。请改正后重新上传。")
