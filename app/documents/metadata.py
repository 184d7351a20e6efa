"""What a template package says about itself in `metadata.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from app.documents.faults import TemplateFault, line_of
from app.domain.errors import DomainError
from app.domain.toml_texts import read_toml

FieldType = Literal["text", "date", "number", "money", "flag", "list", "table"]
"""`money` is integer cents, `date` an ISO date, `number` a decimal kept as text, `list` texts, `table` rows of columns."""

PAGES: dict[str, tuple[int, int]] = {
    "A4 portrait": (210, 297),
    "A4 landscape": (297, 210),
    "A3 portrait": (297, 420),
    "A3 landscape": (420, 297),
}
"""Page names and their width and height in millimetres."""

Layout = Literal["free", "official", "poster"]

_LONGEST_NUMBER, _LONGEST_SIGNERS = 40, 160
"""What the rows of papers and certificates hold: a longer one would be refused by the database, in the middle of an issuing."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PLACE = re.compile(r"\{(year|number)(?::0(\d))?\}")
_OPEN = re.compile(r"\{([a-z_]+)\}")
_DICT_METHODS = frozenset(dir(dict))


@dataclass(frozen=True)
class FieldSpec:
    """One field that a template takes: its name in the source, what people call it, and its type.

    `in_draft` is what a draft shows in its place: a number that is not given yet must not look like one that is. A paper is refused
    when a field does not come out of it again, unless the field is not `printed`: then it only decides what is shown, or how.
    """

    name: str
    label: str
    type: FieldType
    required: bool = True
    columns: tuple["FieldSpec", ...] = ()
    in_draft: str | None = None
    printed: bool = True


@dataclass(frozen=True)
class Metadata:
    """The declarations of a template package.

    `max_pages` 0 means as many as it takes. `even_pages` asks for a second layout with class `odd` on the body when the first
    ends on an odd page, so that a colophon (版记) can move to the last even page (GB/T 9704-2012). `layout` asks for
    more than a style sheet can say (`layouts`); a version without it is laid out as before. `reason` stands in the signature.
    `words` are fixed texts of the house (what the letterhead says, how a request ends) that whoever writes the paper puts in.
    """

    title: str
    page: str
    language: str
    fields: tuple[FieldSpec, ...]
    numbering: str
    signers: tuple[str, ...]
    max_pages: int
    even_pages: bool
    reason: str = "制发文书"
    words: Mapping[str, str] = field(default_factory=dict)
    layout: Layout = "free"

    @property
    def size_mm(self) -> tuple[int, int]:
        """Return width and height of the page in millimetres."""
        return PAGES[self.page]


class _Unusable(Exception):
    """A reason why the metadata cannot be used, and the entry at fault."""

    def __init__(self, reason: str, *, entry: str = "", line: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.entry, self.line = reason, entry, line


def parse_metadata(source: str) -> Metadata:
    """Read the text of a `metadata.toml`.

    Raises `TemplateFault` ("template_metadata") that names the entry which cannot be used, and its line.
    """
    try:
        return _read(source)
    except _Unusable as fault:
        message = f"模板说明 metadata.toml 不能用：{fault.reason}。请改正后重新上传。"
        line = fault.line or _line(source, fault.entry)
        raise TemplateFault("template_metadata", message, file="metadata.toml", line=line) from fault


def _line(source: str, entry: str) -> int:
    found = re.search(rf'(?m)^\s*(\[[^\]\n]*)?"?\b{re.escape(entry)}\b"?\s*[=\]]', source) if entry else None
    return line_of(source, found.end()) if found else 0


def _read(source: str) -> Metadata:
    try:
        data = read_toml(source)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place[1]) if place else source.count("\n") + 1
        raise _Unusable(f"第{line}行写法有误", line=line) from error
    page = _word(data, "page", "A4 portrait")
    if page not in PAGES:
        raise _Unusable(f"纸张“{page}”不认识，可以写：{'、'.join(PAGES)}", entry="page")
    title, max_pages = _word(data, "title", ""), data.get("max_pages", 0)
    if not 0 < len(title) <= 120:
        raise _Unusable("缺少 title（文书名称），或超过 120 个字", entry="title")
    if isinstance(max_pages, bool) or not isinstance(max_pages, int) or not 0 <= max_pages <= 500:
        raise _Unusable("max_pages（最多页数）应是 0 至 500 的整数，0 为不限", entry="max_pages")
    layout = _word(data, "layout", "free")
    if layout not in get_args(Layout):
        raise _Unusable(f"layout（版式）“{layout}”不认识，可以写：{'、'.join(get_args(Layout))}", entry="layout")
    return Metadata(
        title=title,
        page=page,
        language=_word(data, "language", "zh-CN"),
        fields=_fields(data.get("fields", {}), nested=False),
        numbering=_numbering(_word(data, "numbering", "")),
        signers=_signers(data.get("signers", [])),
        max_pages=max_pages,
        even_pages=data.get("even_pages") is True,
        reason=_word(data, "reason", "制发文书")[:40],
        words=_words(data.get("words", {})),
        layout=cast(Layout, layout),
    )


def _word(data: Mapping[str, Any], name: str, default: str) -> str:
    value = data.get(name, default)
    if not isinstance(value, str):
        raise _Unusable(f"{name} 应是加引号的文字", entry=name)
    return value


def _numbering(pattern: str) -> str:
    if "{" in _PLACE.sub("", pattern) or "}" in _PLACE.sub("", pattern):
        raise _Unusable("numbering 只能用 {year}、{number} 或 {number:03}", entry="numbering")
    if len(format_number(pattern, year=9999, number=999_999)) > _LONGEST_NUMBER:
        raise _Unusable(f"按 numbering（编号规则）写出的编号会超过 {_LONGEST_NUMBER} 个字", entry="numbering")
    return pattern


def _signers(names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _Unusable("signers（署名机关）应是一组名称", entry="signers")
    if len("、".join(names)) > _LONGEST_SIGNERS:
        raise _Unusable(f"signers（署名机关）连同顿号不能超过 {_LONGEST_SIGNERS} 个字", entry="signers")
    return tuple(names)


def _words(entries: Any) -> Mapping[str, str]:
    if not isinstance(entries, Mapping) or not all(isinstance(text, str) and text.strip() for text in entries.values()):
        raise _Unusable("[words]（固定用语）应是一张表，每项是加引号的文字", entry="words")
    return dict(entries)


def wording(metadata: Metadata, name: str, **values: str) -> str:
    """Return a fixed text of a template with what it leaves open (`{honor}`) put in.

    Raises `DomainError` ("template_word") naming the text when the template has none.
    """
    if name not in metadata.words:
        raise DomainError(
            "template_word",
            f"“{metadata.title}”的模板缺少固定用语“{name}”，它是较早的版本。请流程管理员在 metadata.toml 的 [words] 中补上，"
            "或部署随程序提供的模板（gongjiang templates deploy），再重新制作。",
        )
    return _OPEN.sub(lambda place: values.get(place[1], place[0]), metadata.words[name])


def format_number(pattern: str, *, year: int, number: int) -> str:
    """Write a serial or document number by a template's numbering pattern, e.g. `LKGGJ-{year}-{number:03}`."""
    values = {"year": year, "number": number}
    return _PLACE.sub(lambda place: str(values[place[1]]).zfill(int(place[2] or 0)), pattern)


def _fields(entries: Any, *, nested: bool) -> tuple[FieldSpec, ...]:
    if not isinstance(entries, Mapping):
        raise _Unusable("[fields] 应是一张表", entry="fields")
    return tuple(_field(str(name), entry, nested=nested) for name, entry in entries.items())


def _field(name: str, entry: Any, *, nested: bool) -> FieldSpec:
    # A name such as "items" would reach the method of the dictionary instead of the value, so it may not be declared.
    if not _NAME.fullmatch(name) or name in _DICT_METHODS:
        raise _Unusable(f"字段名“{name}”不能用，请用小写英文字母、数字和下划线，并避开 items、keys、values 等", entry=name)
    if not isinstance(entry, Mapping):
        raise _Unusable(f"字段“{name}”应写明 label 和 type", entry=name)
    kind = entry.get("type", "text")
    if kind not in get_args(FieldType) or (nested and kind == "table"):
        raise _Unusable(f"字段“{name}”的类型“{kind}”不认识", entry=name)
    columns = _fields(entry.get("columns", {}), nested=True)
    if (kind == "table") != bool(columns):
        raise _Unusable(f"字段“{name}”：表格要有 columns，其他类型不能有", entry=name)
    in_draft = entry.get("in_draft")
    if in_draft is not None and (kind != "text" or not isinstance(in_draft, str)):
        raise _Unusable(f"字段“{name}”：in_draft（样稿中的写法）是一段文字，只能用于文字类型", entry=name)
    printed = entry.get("printed", True)
    if not isinstance(printed, bool):
        raise _Unusable(f"字段“{name}”：printed（是否印出）应是 true 或 false", entry=name)
    label, required = str(entry.get("label", name)), bool(entry.get("required", True))
    return FieldSpec(name, label, cast(FieldType, kind), required=required, columns=columns, in_draft=in_draft, printed=printed)
