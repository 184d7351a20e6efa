"""Fonts: each role has a face, rare characters have glyphs, small fonts hold what they should, and gaps are named."""

import io
import os
import subprocess

import pytest
from fontTools.ttLib import TTFont

from app.documents.fonts import FontRole, check_coverage, no_installed_fonts, resolve_chains
from app.documents.qr import qr_address, qr_data_uri, qr_from_address
from app.documents.readback import require_texts
from app.documents.render import render_pdf
from app.documents.subset import FontSet, cut, subset_for
from app.domain.errors import DomainError
from tests.documents.support import MOMENT, shipped, small

RARE = "㼆𪟝𬱖𨱏䶮·"
NO_FONT = "\U000323af\U0001fbca"


def test_every_role_resolves_to_a_file() -> None:
    chains = resolve_chains()
    assert set(chains) == set(FontRole)
    assert all(face.path.endswith((".ttc", ".ttf", ".otf", ".TTF", ".TTC")) for chain in chains.values() for face in chain)


@pytest.mark.parametrize("role", list(FontRole))
def test_rare_name_characters_are_covered_in_every_role(role: FontRole) -> None:
    assert check_coverage(RARE, faces=resolve_chains()[role]) == []


def test_a_page_finds_no_font_of_the_machine_and_whoever_comes_after_finds_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def listed() -> set[bytes]:
        return set(subprocess.run(["fc-list"], capture_output=True, check=True).stdout.splitlines())

    before = listed()
    with no_installed_fonts():
        assert listed() == set()
    assert before and listed() == before
    monkeypatch.setenv("FONTCONFIG_FILE", "fonts.conf")
    with no_installed_fonts():
        assert os.environ["FONTCONFIG_FILE"] != "fonts.conf"
    assert os.environ["FONTCONFIG_FILE"] == "fonts.conf"


def test_a_set_without_files_is_set_in_the_fonts_of_the_machine() -> None:
    families = {role: f'"{face.family}"' for role, (face, *_) in resolve_chains().items()}
    whole = FontSet(characters=subset_for(RARE).characters, roles=frozenset(FontRole), files={}, families=families, css="")
    require_texts(render_pdf(small(), {"name": RARE[0]}, created_at=MOMENT, fonts=whole), expected=[RARE[0]])


def test_a_gap_is_reported_once_with_its_code_point() -> None:
    missing = check_coverage("张" + NO_FONT[0] * 2 + "\ue863 ", faces=resolve_chains()[FontRole.SONG])
    assert [gap.codepoint for gap in missing] == ["U+323AF", "U+E863"]


def test_the_coverage_failure_names_person_and_character() -> None:
    sample = shipped("notice").sample
    rows = [*sample["nominees"][:2], {**sample["nominees"][2], "name": "李" + NO_FONT[0]}]
    with pytest.raises(DomainError) as refusal:
        render_pdf(shipped("notice"), {**sample, "nominees": rows}, created_at=MOMENT)
    assert refusal.value.code == "document_glyph"
    assert "第3行" in refusal.value.message
    assert "李" + NO_FONT[0] in refusal.value.message
    assert "U+323AF" in refusal.value.message


def test_a_cut_font_has_the_characters_and_little_else() -> None:
    face = resolve_chains()[FontRole.SONG][0]
    small_font = cut(face, frozenset(RARE + "张三"))
    with TTFont(io.BytesIO(small_font)) as font:
        assert set(font.getBestCmap()) == {ord(char) for char in RARE + "张三"}
    assert len(small_font) < 20_000


def test_a_font_set_depends_on_the_characters_alone() -> None:
    roles = [FontRole.SONG]
    fonts = subset_for("临空港工匠" + RARE, roles=roles)
    assert subset_for(RARE + "匠工港空临临", roles=roles) is fonts
    assert subset_for("工匠", roles=roles) is not fonts


def test_an_empty_box_in_the_finished_pdf_is_refused() -> None:
    # The character stands in the source of the template, where no value is checked, so only the finished page shows it.
    pdf = render_pdf(small(f"<p>{{{{ name }}}}{NO_FONT[1]}</p>"), {"name": "张三"}, created_at=MOMENT)
    with pytest.raises(DomainError, match="第1页"):
        require_texts(pdf, expected=["张三"])


def test_bytes_that_are_no_pdf_are_refused() -> None:
    with pytest.raises(DomainError, match="已损坏"):
        require_texts(b"%PDF-1.7 nothing", expected=[])


def test_a_qr_code_is_drawn_from_its_address() -> None:
    text = "https://example.invalid/verify/LKGGJ-2026-001"
    assert qr_from_address(qr_address(text)).startswith(b"\x89PNG")
    assert qr_data_uri(text).startswith("data:image/svg+xml;base64,")
