"""Drafts: begun, saved on top of each other, compared, limited, and seen by whoever else is at them."""

import pytest
from sqlalchemy import func, select

from app.domain.errors import Conflict, DomainError, NotAllowed, NotFound
from app.persistence.models import DraftFile
from app.services.studio import draft_presence, drafts
from app.services.versions import draft_files, draft_view
from tests.studio.house import House
from tests.studio.small import diagram, small


def begin(house: House) -> int:
    return drafts.start_from_version(house.context, actor=house.actor("admin"), version_id=house.deploy_small())


def save(house: House, draft_id: int, expected: int, who: str = "admin", **files: bytes | None) -> int:
    changes = {name.replace("__", ".").replace("_", "/"): content for name, content in files.items()}
    return drafts.save(house.context, actor=house.actor(who), draft_id=draft_id, expected=expected, changes=changes)


def test_a_draft_begins_with_the_files_of_a_version(house: House) -> None:
    draft = draft_view.open_draft(house.context, actor=house.actor("admin2"), draft_id=begin(house))
    assert draft.files == small()
    assert (draft.procedure, draft.title, draft.revision, draft.state) == ("small-service", "小事项", 1, "draft")
    assert [event.actor for event in house.events("draft_started")] == ["区人力资源和社会保障局 · admin甲"]


def test_a_draft_begins_from_nothing_and_passes_the_gate(house: House) -> None:
    admin = house.actor("admin")
    draft_id = drafts.start_blank(house.context, actor=admin, procedure="subsidy-2026", title="技能补贴")
    files = draft_view.open_draft(house.context, actor=admin, draft_id=draft_id).files
    assert house.deploy_files(files) > 0
    with pytest.raises(DomainError, match="换一个编号"):
        drafts.start_blank(house.context, actor=admin, procedure="subsidy-2026", title="又一个")
    with pytest.raises(DomainError, match="小写字母"):
        drafts.start_blank(house.context, actor=admin, procedure="../etc", title="不行")


def test_a_package_with_faults_can_be_taken_in_as_a_draft_if_its_manifest_is_readable(house: House) -> None:
    admin = house.actor("admin")
    broken = small(flow__bpmn=b"<x")
    draft_id = drafts.start_from_files(house.context, actor=admin, files=broken)
    assert draft_view.open_draft(house.context, actor=admin, draft_id=draft_id).files["flow.bpmn"] == b"<x"
    with pytest.raises(DomainError, match="清单"):
        drafts.start_from_files(house.context, actor=admin, files={"procedure.toml": b"id ="})


def test_saves_follow_each_other_and_old_revisions_can_be_read(house: House) -> None:
    draft_id = begin(house)
    assert save(house, draft_id, 1, flow__bpmn=b"one") == 2
    assert save(house, draft_id, 2, flow__bpmn=b"two", forms_new__json=b"{}") == 3
    assert save(house, draft_id, 3, forms_new__json=None) == 4
    with house.context.reading() as tx:
        assert draft_files.files_of(tx, draft_id, revision=2)["flow.bpmn"] == b"one"
        assert "forms/new.json" in draft_files.files_of(tx, draft_id, revision=3)
        assert "forms/new.json" not in draft_files.files_of(tx, draft_id)


def test_a_stale_save_is_refused_with_what_the_other_changed(house: House) -> None:
    draft_id = begin(house)
    theirs = diagram().replace(b"workdays(3)", b"workdays(5)")
    save(house, draft_id, 1, who="admin2", flow__bpmn=theirs, messages_todo__txt="别的\n\n正文".encode())
    with pytest.raises(drafts.StaleDraft, match="admin2甲刚刚保存过") as caught:
        save(house, draft_id, 1, flow__bpmn=b"mine", forms_new__json=b"{}")
    comparison = caught.value.comparison
    assert isinstance(caught.value, Conflict)
    assert [(note.revision, note.automatic) for note in comparison.saves] == [(2, False)]
    assert [(change.element, change.properties[0].after) for change in comparison.theirs.diagrams] == [("fill", "workdays(5)")]
    assert [text.path for text in comparison.theirs.texts] == ["messages/todo.txt"]
    assert comparison.both == ("flow.bpmn",)
    files = draft_view.open_draft(house.context, actor=house.actor("admin"), draft_id=draft_id).files
    assert files["flow.bpmn"] == theirs and "forms/new.json" not in files


def test_a_save_that_is_sent_again_after_a_lost_connection_changes_nothing(house: House) -> None:
    draft_id = begin(house)
    assert save(house, draft_id, 1, flow__bpmn=b"one") == 2
    assert save(house, draft_id, 1, flow__bpmn=b"one") == 2


def test_old_contents_are_forgotten_in_the_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_files, "KEPT_REVISIONS", 3)
    draft_id = begin(house)
    for number in range(1, 10):
        save(house, draft_id, number, flow__bpmn=f"<x n='{number}'/>".encode())
    with house.context.reading() as tx:
        kept = select(func.count()).where(DraftFile.draft_id == draft_id, DraftFile.path == "flow.bpmn")
        assert tx.session.scalar(kept) == 4
        assert draft_files.files_of(tx, draft_id)["flow.bpmn"] == b"<x n='9'/>"


@pytest.mark.parametrize(
    ("path", "content", "sentence"),
    [
        ("big.bpmn", b"x" * 2_000_001, "2 MB"),
        ("../outside.bpmn", b"x", "不在流程包之内"),
        ("/etc/passwd.json", b"x", "不在流程包之内"),
        ("run.exe", b"x", "不能有"),
        ("forms/folder.json/", b"x", "不能有"),
        ("forms/a\0.json", b"x", "不在流程包之内"),
        ("a/" * 100 + "b.bpmn", b"x", "文件名过长"),
        ("procedure.toml", None, "必须有清单"),
    ],
)
def test_what_a_package_cannot_hold_is_not_saved(house: House, path: str, content: bytes | None, sentence: str) -> None:
    draft_id = begin(house)
    with pytest.raises(DomainError, match=sentence):
        drafts.save(house.context, actor=house.actor("admin"), draft_id=draft_id, expected=1, changes={path: content})
    assert draft_view.open_draft(house.context, actor=house.actor("admin"), draft_id=draft_id).revision == 1


def test_a_draft_of_more_than_20_mb_is_not_saved(house: House) -> None:
    draft_id = begin(house)
    changes = {f"forms/f{number}.json": b"x" * 1_990_000 for number in range(11)}
    with pytest.raises(DomainError, match="20 MB"):
        drafts.save(house.context, actor=house.actor("admin"), draft_id=draft_id, expected=1, changes=changes)


def test_strangers_neither_read_nor_change_drafts(house: House) -> None:
    draft_id = begin(house)
    for who in ("handler", "leader", "security", "nominator"):
        with pytest.raises(NotAllowed):
            draft_view.open_draft(house.context, actor=house.actor(who), draft_id=draft_id)
        with pytest.raises(NotAllowed):
            save(house, draft_id, 1, who=who, flow__bpmn=b"x")


def test_who_else_is_at_a_draft_is_told_until_they_fall_silent(house: House) -> None:
    draft_id = begin(house)
    assert draft_presence.beat(house.context, actor=house.actor("admin"), draft_id=draft_id) == (1, [])
    _, others = draft_presence.beat(house.context, actor=house.actor("admin2"), draft_id=draft_id)
    assert [other.name for other in others] == ["区人力资源和社会保障局 · admin甲"]
    house.clock.turn(minutes=1)
    assert draft_presence.beat(house.context, actor=house.actor("admin2"), draft_id=draft_id)[1] == []
    draft_presence.beat(house.context, actor=house.actor("admin"), draft_id=draft_id)
    draft_presence.leave(house.context, actor=house.actor("admin"), draft_id=draft_id)
    assert draft_presence.beat(house.context, actor=house.actor("admin2"), draft_id=draft_id)[1] == []


def test_drafts_are_renamed_and_thrown_away(house: House) -> None:
    draft_id, admin = begin(house), house.actor("admin")
    drafts.rename(house.context, actor=admin, draft_id=draft_id, title="党组会前置")
    assert draft_view.open_draft(house.context, actor=admin, draft_id=draft_id).title == "党组会前置"
    drafts.discard(house.context, actor=admin, draft_id=draft_id)
    with pytest.raises(NotFound):
        draft_view.open_draft(house.context, actor=admin, draft_id=draft_id)
    assert len(house.events("draft_discarded")) == 1
