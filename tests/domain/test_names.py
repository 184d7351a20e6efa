"""Rare characters, broken characters, namesakes and the order by strokes (handbook 3.8)."""

from collections.abc import Iterable, Mapping

import pytest

from app.domain.errors import InvalidValues
from app.domain.names import clean_name, clean_text, missing_strokes, namesakes, pinyin_key, stroke_key, surname_of

STROKES = {
    "付": "pshsn", "杨": "hspnzpp", "吴": "szhhhpn", "张": "zhzphzn", "赵": "hshshpnpn", "段": "pshhhpzzn",
    "凌": "nhhshpnpzn", "陶": "zspzphhszs", "崔": "szspsnhhhsh", "廖": "nhpznhznhpnppp",
    "高": "nhszhszszh", "富": "nnzhszhszhsh", "大": "hpn", "欧": "hpnzpzpn", "阳": "zsszhh", "王": "hhsh", "文": "nhpn",
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["徐㼆", "吕𪟝", "徐𬱖", "王𨱏", "欧阳娜娜", "买买提·艾力", "John O'Neill-Smith", "José Müller", "丁〇", "\uf900成"],
)
def test_legal_names_pass_unchanged(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("买买提•艾力", "买买提·艾力"),
        ("买买提‧艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"),
        ("买买提 · 艾力", "买买提·艾力"),
        ("张　三", "张三"),
        (" 张 三\n", "张三"),
        ("⾼⼤", "高大"),
        ("⼀⿕", "一龠"),
        ("J.  Smith", "J. Smith"),
    ],
)
def test_names_are_cleaned(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("张\ue000", "name.private_use"),
        ("张\U000f0001", "name.private_use"),
        ("张\x00三", "name.invisible"),
        ("张\ud842", "name.invisible"),
        ("张\u200b三", "name.invisible"),
        ("张\u202e三", "name.invisible"),
        ("张\ufffe", "name.invisible"),
        ("辻\U000e0100", "name.invisible"),
        ("张3", "name.symbol"),
        ("王伟（女）", "name.symbol"),
        ("张�", "name.symbol"),
        ("·张三", "name.interpunct"),
        ("张··三", "name.interpunct"),
        ("", "name.empty"),
        ("　 ", "name.empty"),
        ("张" * 51, "name.too_long"),
    ],
)
def test_unusable_names_are_refused(typed: str, code: str) -> None:
    with pytest.raises(InvalidValues) as refused:
        clean_name(typed)
    assert refused.value.code == code


def test_private_character_is_named_with_its_place_and_successor() -> None:
    with pytest.raises(InvalidValues, match=r"第2个字.*U\+E863.*䶮"):
        clean_name("刘\ue863")


def test_length_counts_characters_not_code_units() -> None:
    assert len(clean_name("𪟝" * 50)) == 50


def test_text_keeps_newlines_tabs_and_emoji() -> None:
    assert clean_text("\ufeff一\r\n二\r三\t四🙂\u2028五 ", max_length=20) == "一\n二\n三\t四🙂\n五"
    assert clean_text("", max_length=5) == ""


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\x7f", "\ud800", "\ue000", "\u202e", "\uffff"])
def test_text_refuses_what_cannot_be_kept(bad: str) -> None:
    with pytest.raises(InvalidValues, match="第2个字"):
        clean_text(f"一{bad}二", max_length=10)


def test_text_may_fill_the_space() -> None:
    assert clean_text(" 一二三 ", max_length=3) == "一二三"


def test_text_says_how_much_is_too_much() -> None:
    with pytest.raises(InvalidValues, match="最多可填3个字，现在是5个字，请删去2个字"):
        clean_text("一二三四五", max_length=3)


def test_surnames() -> None:
    assert [surname_of(name) for name in ("欧阳修", "欧阳", "张三", "")] == ["欧阳", "欧", "张", ""]


def test_namesakes() -> None:
    assert namesakes(["张三", "李四", "张三"]) == {"张三"}


def sort_by_strokes(names: Iterable[str], strokes: Mapping[str, str]) -> list[str]:
    """Return names in the order of a public list."""
    return sorted(names, key=lambda name: stroke_key(name, strokes=strokes))


def test_order_of_a_published_list() -> None:
    published = list("付杨吴张赵段凌陶崔廖")
    assert sort_by_strokes(sorted(published), STROKES) == published


def test_order_of_given_names_compound_surnames_and_latin_names() -> None:
    names = ["Adam Smith", "高大富", "欧阳富", "高富", "欧富", "欧大", "文大", "王富"]
    expected = ["王富", "文大", "欧大", "欧富", "欧阳富", "高富", "高大富", "Adam Smith"]
    assert sort_by_strokes(names, STROKES) == expected


def test_same_number_of_strokes_goes_by_their_kinds() -> None:
    table = {"甲": "h", "乙": "s", "丙": "p", "丁": "n", "戊": "z"}
    assert sort_by_strokes(list("戊丁丙乙甲"), table) == list("甲乙丙丁戊")


def test_unknown_character_is_not_guessed() -> None:
    assert missing_strokes(["王𪟝"], strokes=STROKES) == {"𪟝"}
    with pytest.raises(KeyError, match="𪟝"):
        stroke_key("王𪟝", strokes=STROKES)


def test_pinyin_order_reads_surnames_as_surnames() -> None:
    # Shan, Qiu, Zeng, Xie, Ou, Piao, Ren, Hua and Moqi, not Dan, Chou, Ceng, Jie, Qu, Pu, Ren, Hua and Wansi.
    names = ["单伟", "仇军", "曾红", "解放", "区明", "朴刚", "任强", "万俟平", "白云", "沈杰", "沙明", "谢军", "欧阳红", "秦风"]
    keys = {name: pinyin_key(name) for name in names}
    assert all(keys.values())
    ordered = sorted(names, key=lambda name: keys[name] or ())
    expected = [
        "白云",
        "万俟平",
        "区明",
        "欧阳红",
        "朴刚",
        "秦风",
        "仇军",
        "任强",
        "沙明",
        "单伟",
        "沈杰",
        "解放",
        "谢军",
        "曾红",
    ]
    assert ordered == expected


@pytest.mark.parametrize("name", ["覃明", "徐𬱖", "李㼆", "阿卜杜·热合曼", "John Smith", "龑明"])
def test_what_pinyin_cannot_place_is_not_guessed(name: str) -> None:
    assert pinyin_key(name) is None
