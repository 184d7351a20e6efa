"""Rules about what people get to read: the texts of notices, and the papers with their samples."""

import re
from collections.abc import Iterable, Iterator, Mapping

from app.catalog.manifest import MANIFEST
from app.documents.context import plain
from app.documents.sandbox import render_body
from app.documents.templates import load_template
from app.domain.errors import DomainError
from app.domain.toml_texts import read_toml
from app.services.packages.package_model import Hit, HouseRule, PackageView

FOLDER = "messages/"
COMMON = frozenset({"recipient", "case_number", "nominee", "link", "system"})
"""Placeholders that every text may use (`app.services.letters`)."""
_PLACE = re.compile(r"\{([^{}\s]*)\}")
_LONGEST_SUBJECT = 60


def _texts(view: PackageView) -> Iterator[tuple[str, str, str | None]]:
    for path, content in view.procedure.files.items():
        if path.startswith(FOLDER) and path.endswith(".txt"):
            try:
                yield path, path.removeprefix(FOLDER).removesuffix(".txt"), content.decode("utf-8-sig")
            except UnicodeDecodeError:
                yield path, path, None


def declared(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return the further placeholders of each text, as the manifest lists them under `notifications`."""
    table = read_toml(files[MANIFEST].decode("utf-8")).get("notifications", {})
    entries = table.items() if isinstance(table, dict) else ()
    return {name: [str(item) for item in names] for name, names in entries if isinstance(names, list)}


def _encoding(view: PackageView) -> Iterable[Hit]:
    return ((path, "", "") for path, _, text in _texts(view) if text is None)


def _empty(view: PackageView) -> Iterable[Hit]:
    for path, _, text in _texts(view):
        subject, _, body = (text or "").partition("\n")
        if text is not None and not (subject.strip() and body.strip()):
            yield path, "", ""


def _subject(view: PackageView) -> Iterable[Hit]:
    for path, _, text in _texts(view):
        subject = (text or "").partition("\n")[0].strip()
        if len(subject) > _LONGEST_SUBJECT:
            yield path, "", f"标题有 {len(subject)} 个字"


def _placeholders(view: PackageView) -> Iterable[Hit]:
    known = declared(view.procedure.files)
    for path, name, text in _texts(view):
        for place in dict.fromkeys(_PLACE.findall(text or "")):
            if place not in COMMON and place not in known.get(name, ()):
                yield path, place, f"“{{{place}}}”"


def _missing(view: PackageView) -> Iterable[Hit]:
    present = {name for _, name, _ in _texts(view)}
    return ((MANIFEST, name, f"“{name}”") for name in declared(view.procedure.files) if name not in present)


def _papers(view: PackageView) -> Iterable[Hit]:
    for folder in sorted(view.papers.iterdir()) if view.papers is not None and view.papers.is_dir() else ():
        if folder.is_dir():
            try:
                template = load_template(folder)
                render_body(template, plain(template.sample, template))
            except DomainError as error:
                yield f"certificates/{folder.name}", "", error.message


RULES = (
    HouseRule("text.encoding", "通知文本不是 UTF-8 编码", "请用工作室或文本编辑器另存为 UTF-8。", _encoding),
    HouseRule("text.empty", "通知文本缺少标题或正文", "第一行写标题，空一行后写正文。", _empty),
    HouseRule(
        "text.placeholder", "通知文本用到的占位符没有人填写", "请核对占位符，或在清单的 notifications 中登记。", _placeholders
    ),
    HouseRule("text.missing", "清单中登记的通知文本不存在", "请新建这份文本，或从清单中删去。", _missing),
    HouseRule("text.subject", "通知标题过长，收件箱里显示不全", "请缩短第一行。", _subject, "warning"),
    HouseRule("paper.sample", "文书模板用它的样例数据不能成文", "请按提示修改模板或样例。", _papers),
)
