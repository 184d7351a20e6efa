"""What the panel writes beside the diagram: messages and letters; and the page of a letter's text with its preview."""

from app.services.packages.package_check import examine
from app.services.packages.package_manifest import read_manifest
from app.services.registry_table import build_registry
from tests.web_studio.studio import Studio, send

DATA = "/procedures/drafts/1/data"
TEXT = "/procedures/drafts/1/edit/messages/"
TOLD = {"title": "请补材料", "from": "request", "to": "request", "delivery": ""}


def test_a_message_is_made_and_renamed_from_the_panel(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    lists = browser.get(f"{DATA}/context").json
    made = send(browser, "POST", lists["messages_url"], **TOLD)
    assert (made.status_code, made.json["name"]) == (200, "message_1")
    send(browser, "POST", lists["messages_url"], **{**TOLD, "name": "message_1", "title": "补正", "delivery": "list:winners"})
    found = {one["name"]: one for one in browser.get(f"{DATA}/context").json["messages"]}
    assert list(found) == ["cancelled", "message_1"]
    assert (found["message_1"]["title"], found["message_1"]["delivery"]) == ("补正", "list:winners")
    message = read_manifest(studio.opened(1).files).messages["message_1"]
    assert (message.addressed_by, message.barrier) == ("winners", None)


def test_a_message_waits_for_all_cases_of_a_kind(studio: Studio) -> None:
    studio.draft()
    send(studio.client(), "POST", f"{DATA}/messages", **{**TOLD, "delivery": "all:request:checking"})
    barrier = read_manifest(studio.opened(1).files).messages["message_1"].barrier
    assert barrier is not None and (barrier.of, barrier.stage) == ("request", "checking")


def test_a_message_that_cannot_be_is_refused(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    for wrong in ({"title": " "}, {"to": "nobody"}, {"name": "gone"}, {"title": 5}, {"delivery": "all:request:nowhere"}):
        assert send(browser, "POST", f"{DATA}/messages", **{**TOLD, **wrong}).status_code == 400
    assert studio.opened(1).revision == 1
    assert send(studio.client("leader"), "POST", f"{DATA}/messages", **TOLD).status_code == 403


def test_a_step_gets_a_letter_of_its_own_once(studio: Studio) -> None:
    studio.draft()
    browser = studio.client()
    made = send(browser, "POST", f"{DATA}/letters", step="check", title="审核申请")
    assert made.json["url"].endswith("/edit/messages/check.txt")
    files = studio.opened(1).files
    assert files["messages/check.txt"].decode().startswith("请办理审核申请\n")
    assert examine(files, registry=build_registry()).findings == ()
    assert (
        send(browser, "POST", f"{DATA}/letters", step="check", title="审核申请").json["revision"]
        == studio.opened(1).revision
        == 2
    )
    assert send(browser, "POST", f"{DATA}/letters", step="../审核", title="x").status_code == 400


def test_the_page_of_a_letter_says_when_it_goes_and_names_what_nobody_fills(studio: Studio) -> None:
    studio.draft(messages_todo__txt="请办理{step}\n\n{recipient}在{dua}前", messages_check__txt="请办理{step}\n\n{due}")
    page = studio.client().get(f"{TEXT}todo.txt").get_data(as_text=True)
    assert "有新的待办时，发给办理人" in page
    assert "没有人填写的占位符：dua" in page
    assert "周明远在〔dua〕前" in page
    own = studio.client().get(f"{TEXT}check.txt").get_data(as_text=True)
    assert "有新任务到“审核申请”时" in own
    assert "请办理审核申请" in own


def test_a_text_that_nobody_sends_says_so(studio: Studio) -> None:
    studio.draft(messages_other__txt="标题\n\n正文", flow__bpmn=b"<broken")
    page = studio.client().get(f"{TEXT}other.txt").get_data(as_text=True)
    assert "还没有环节或业务会发出这份通知" in page
