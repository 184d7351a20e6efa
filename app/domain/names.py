"""Names and free text as people write them: rare characters kept, broken ones refused with help, order by strokes.

Never normalised with NFKC or NFC: that would change the shape of a legal name (domain handbook 3.8, GB 18030-2022).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from app.domain.errors import InvalidValues

INTERPUNCT = "\u00b7"

_COMPOUND = """
欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 南宫 独孤 西门 长孙 宇文 轩辕 呼延 闻人 钟离 司空 谷梁
淳于 单于 太史 申屠 公冶 濮阳 赫连 澹台 万俟 亓官 鲜于 闾丘 仲孙 拓跋 乐正 公羊 梁丘 左丘 东郭 百里
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())

_INTERPUNCTS = dict.fromkeys(map(ord, "•‧・．∙⋅･"), INTERPUNCT)
_KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_ORDINARY = re.compile("[\n\t\x20-\x7e\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e]*")  # what needs no second look
_HAN_GAP = re.compile(rf"(?<=[{_HAN}{INTERPUNCT}])\s+|\s+(?=[{_HAN}{INTERPUNCT}])")
_HAN_DOT = re.compile(rf"(?<=[{_HAN}])\.(?=[{_HAN}])")
_KNOWN_PRIVATE = {0xE863: "䶮"}
_BIDI = frozenset(range(0x202A, 0x202F)) | frozenset(range(0x2066, 0x206A))
_VARIATION = frozenset(range(0xFE00, 0xFE10)) | frozenset(range(0xE0100, 0xE01F0))
_STROKE_ORDER = {"h": 1, "s": 2, "p": 3, "n": 4, "z": 5}


def clean_name(text: str, *, max_length: int = 50) -> str:
    """Return a person's name fit to store: U+00B7 as interpunct, no padding between Han characters.

    Kangxi radicals become the characters that they look like. `max_length` counts characters, not bytes.
    Raises `InvalidValues` that names the character and its place.
    """
    name = re.sub(r"\s+", " ", text.translate(_INTERPUNCTS).translate(_KANGXI)).strip()
    name = _HAN_DOT.sub(INTERPUNCT, _HAN_GAP.sub("", name))
    if not name:
        raise InvalidValues("name.empty", "请填写姓名，与身份证上的写法一致。")
    for place, character in enumerate(name, start=1):
        _check_name_character(character, place=place)
    if name.strip(INTERPUNCT) != name or INTERPUNCT * 2 in name:
        raise InvalidValues("name.interpunct", "姓名中的间隔号“·”只能写在两个字之间，且不能连写两个。请改正后再提交。")
    if len(name) > max_length:
        raise InvalidValues("name.too_long", f"姓名最多{max_length}个字，现在是{len(name)}个字。请核对是否多填了内容。")
    return name


def _check_name_character(character: str, *, place: int) -> None:
    code, category = ord(character), unicodedata.category(character)
    if category == "Co":
        raise InvalidValues("name.private_use", _private_sentence("姓名", code=code, place=place))
    if category in {"Cc", "Cs", "Cf"} or code in _VARIATION or _is_noncharacter(code):
        problem = f"姓名第{place}个字是看不见或损坏的字符（U+{code:04X}）。"
        raise InvalidValues("name.invisible", problem + "请删去后用输入法重新输入，不要从其他文件粘贴。")
    if not (_HAN_CHARACTER.match(character) or category[0] in "LM" or character in f"{INTERPUNCT} '’-."):
        raise InvalidValues("name.symbol", f"姓名第{place}个字“{character}”不是文字。请只填写姓名本身，不加数字、括号或说明。")


def _private_sentence(what: str, *, code: int, place: int) -> str:
    known = _KNOWN_PRIVATE.get(code)
    help_ = "请用输入法重新输入这个字，找不到时联系管理员。"
    if known:
        help_ = f"它很可能是“{known}”（U+{ord(known):04X}），请改用这个字。"
    return f"{what}第{place}个字是旧系统的自造字（编码U+{code:04X}），换一台电脑就显示不出来。{help_}"


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def clean_text(text: str, *, max_length: int) -> str:
    """Return free text with plain newlines and without outer blanks; empty text is allowed.

    Zero-width leftovers of word processors are dropped. Raises `InvalidValues` for what no page or paper can show.
    """
    lines = re.sub("\r\n|[\r\u0085\u2028\u2029]", "\n", text)
    cleaned = lines.replace("\ufeff", "").replace("\u200b", "").strip()
    if _ORDINARY.fullmatch(cleaned) is None:
        for place, character in enumerate(cleaned, start=1):
            _check_text_character(character, place=place)
    if len(cleaned) > max_length:
        over = len(cleaned) - max_length
        raise InvalidValues("text.too_long", f"最多可填{max_length}个字，现在是{len(cleaned)}个字，请删去{over}个字。")
    return cleaned


def _check_text_character(character: str, *, place: int) -> None:
    code = ord(character)
    if character in "\n\t" or 0x20 <= code < 0x7F:
        return
    category = unicodedata.category(character)
    if category == "Co":
        raise InvalidValues("text.private_use", _private_sentence("文字", code=code, place=place))
    if category in {"Cc", "Cs"} or code in _BIDI or _is_noncharacter(code):
        problem = f"第{place}个字是无法保存的控制字符（U+{code:04X}）。"
        raise InvalidValues("text.control", problem + "请删去它，或先粘贴到记事本再复制过来。")


def surname_of(name: str) -> str:
    """Return the surname: two characters for a compound surname with a given name, else the first character."""
    return name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[:1]


def namesakes(names: Iterable[str]) -> set[str]:
    """Return the names that occur more than once, which a list has to tell apart."""
    return {name for name, count in Counter(names).items() if count > 1}


def missing_strokes(names: Iterable[str], *, strokes: Mapping[str, str]) -> set[str]:
    """Return the Han characters of the names that the stroke table does not know."""
    return {character for name in names for character in name if _HAN_CHARACTER.match(character) and character not in strokes}


def stroke_key(name: str, *, strokes: Mapping[str, str]) -> tuple[object, ...]:
    """Return the place of a name in the order 姓氏笔画 of public lists; names in Latin letters come last.

    `strokes` maps a character to its strokes as letters h s p n z (横竖撇点折). Surname before given name, fewer strokes first, then
    stroke by stroke; given names of one character before longer ones. Every Han character must be in the table (KeyError otherwise):
    a guessed order would be published.
    """
    if not _HAN_CHARACTER.match(name):
        return (1, name.casefold())
    surname = surname_of(name)
    given = [character for character in name[len(surname) :] if _HAN_CHARACTER.match(character)]
    return (0, _keys(surname, strokes), len(given) > 1, _keys(given, strokes), name)


def _keys(characters: Iterable[str], strokes: Mapping[str, str]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    return tuple((len(strokes[each]), tuple(_STROKE_ORDER[stroke] for stroke in strokes[each])) for each in characters)


SURNAME_READINGS = {
    "单": "善", "仇": "求", "曾": "增", "解": "谢", "区": "欧", "查": "扎", "朴": "瓢", "任": "人", "华": "画", "盖": "盖", "秘": "必",
    "尉迟": "玉迟", "万俟": "莫其", "单于": "缠于", "长孙": "掌孙", "令狐": "灵狐",
}  # fmt: skip
"""Surnames that are read otherwise than their characters are listed -> characters that are read so (domain handbook 3.8).

盖 is read Gai or Ge by family, and 覃 Qin or Tan: the first stays with the common reading, the second cannot be placed.
"""
_AMBIGUOUS = frozenset("覃")


def pinyin_key(name: str, *, readings: Mapping[str, str] | None = None) -> tuple[bytes, bytes, str] | None:
    """Return the sort key of a name by pinyin, surnames by their own readings; None where it could only be guessed.

    `readings` maps a character to a common one that is read the same in this list, and wins over the table.
    Level 1 of GB 2312 lists its 3,755 characters by pinyin, so that their codes are an order; a character outside it has none.
    """
    surname, told = surname_of(name), readings or {}
    alike = str.maketrans(dict(told))
    read = surname.translate(alike) if set(surname) & told.keys() else SURNAME_READINGS.get(surname, surname)
    keys = [_level_1(part) for part in (read, name[len(surname) :].translate(alike))]
    if (surname in _AMBIGUOUS and surname not in told) or keys[0] is None or keys[1] is None:
        return None
    return keys[0], keys[1], name


def _level_1(text: str) -> bytes | None:
    try:
        code = text.encode("gb2312")
    except UnicodeEncodeError:
        return None
    return code if len(code) == 2 * len(text) and all(0xB0 <= byte <= 0xD7 for byte in code[::2]) else None
