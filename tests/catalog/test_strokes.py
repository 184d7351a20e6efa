"""The order of surname strokes, with the dictionary that set-up installs."""

from pathlib import Path

from app.catalog.strokes import DICTIONARY, load_strokes
from app.domain.names import stroke_key


def test_the_dictionary_is_installed_by_set_up() -> None:
    assert DICTIONARY.exists()
    assert len(load_strokes()) > 25_000


def test_surnames_stand_as_in_a_published_list() -> None:
    published = ["付", "杨", "吴", "张", "赵", "段", "凌", "陶", "崔", "廖"]
    names, strokes = [f"{surname}某" for surname in sorted(published)], load_strokes()
    assert [name[0] for name in sorted(names, key=lambda name: stroke_key(name, strokes=strokes))] == published


def test_a_machine_without_the_dictionary_knows_no_strokes(tmp_path: Path) -> None:
    assert load_strokes(tmp_path / "absent.yaml") == {}
