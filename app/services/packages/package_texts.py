"""Rules about what people get to read: the texts of notices, and the papers with their samples."""

import re
from collections.abc import Iterable, Iterator, Mapping

from app.catalog.manifest import MANIFEST
from app.domain.toml_texts import read_toml
from app.services.packages.control_characters import has_control
from app.services.packages.package_letters import COMMON, FOLDER, Letter, letter_of
from app.services.packages.package_model import Hit, HouseRule, PackageView

_PLACE = re.compile(r"\{([^{}\s]*)\}")
_LONGEST_SUBJECT = 60


def _texts(view: PackageView) -> Iterator[tuple[str, str, str | None]]:
    for path, content in view.procedure.files.items():
        if path.startswith(FOLDER) and path.endswith(".txt"):
            try:
                yield path, path.removeprefix(FOLDER).removesuffix(".txt"), content.decode("utf-8-sig")
            except UnicodeDecodeError:
                yield path, path.removeprefix(FOLDER).removesuffix(".txt"), None


def declared(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return the further placeholders of each text, as the manifest lists them under `notifications`."""
    table = read_toml(files[MANIFEST].decode("utf-8")).get("notifications", {})
    entries = table.items() if isinstance(table, dict) else ()
    return {name: [str(item) for item in names] for name, names in entries if isinstance(names, list)}


def _encoding(view: PackageView) -> Iterable[Hit]:
    return ((path, "", "") for path, _, text in _texts(view) if text is None)


def _control(view: PackageView) -> Iterable[Hit]:
    return ((path, "", "") for path, content in view.procedure.files.items() if has_control(path, content))


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


def _letters(view: PackageView) -> Iterator[tuple[str, str, Letter | None]]:
    """Yield every text that can be read, with the letter that it is."""
    steps = {node.node_id: node.name for _, _, node in view.tasks()}
    known = declared(view.procedure.files)
    return ((path, text, letter_of(name, steps=steps, declared=known)) for path, name, text in _texts(view) if text is not None)


def _placeholders(view: PackageView) -> Iterable[Hit]:
    for path, text, letter in _letters(view):
        known = {*COMMON, *(letter.places if letter else ())}
        for place in dict.fromkeys(_PLACE.findall(text)):
            if place not in known:
                yield path, place, f"“{{{place}}}”"


def _unsent(view: PackageView) -> Iterable[Hit]:
    return ((path, "", "") for path, _, letter in _letters(view) if letter is None)


def _missing(view: PackageView) -> Iterable[Hit]:
    present = {name for _, name, _ in _texts(view)}
    return ((MANIFEST, name, f"“{name}”") for name in declared(view.procedure.files) if name not in present)


RULES = (
    HouseRule("text.encoding", "通知文本不是 UTF-8 编码", "请用工作室或文本编辑器另存为 UTF-8。", _encoding),
    HouseRule("text.control", "文件里有看不见的控制字符，数据库存不下", "请在编辑器里删去那处文字后重新输入。", _control),
    HouseRule("text.empty", "通知文本缺少标题或正文", "第一行写标题，空一行后写正文。", _empty),
    HouseRule("text.missing", "清单中登记的通知文本不存在", "请新建这份文本，或从清单中删去。", _missing),
    HouseRule("text.subject", "通知标题过长，收件箱里显示不全", "请缩短第一行。", _subject, "warning"),
)
LETTER_RULES = (
    HouseRule("text.placeholder", "通知文本用到的占位符没有人填写", "请打开这份文本，从“可以插入的内容”中选择。", _placeholders),
    HouseRule(
        "text.unsent",
        "没有环节或业务会发出这份通知",
        "请把编号改为一个环节的编号或一种系统通知的名称，或删去它。",
        _unsent,
        "warning",
    ),
)
"""Rules that need the diagrams: a text may be named like a step."""
