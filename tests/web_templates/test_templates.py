"""Paper templates in the browser: the list, the editor, the check, pictures, and the way to a version."""

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.persistence.models import TemplateVersion
from app.services.issuing import templates
from app.services.versions import draft_view
from tests.studio.letters import KEY, deploy, letter
from tests.text_layer import extract_text
from tests.web.house import csrf, post
from tests.web_studio.conftest import Counting
from tests.web_studio.studio import Studio, send

EDIT = "/templates/drafts/1"


def saved(desk: Studio, name: str = "template.html") -> str:
    """Return a file of the draft as it is saved."""
    return desk.opened(1).files[name].decode()


def put(desk: Studio, content: str, *, revision: int = 1, who: str = "admin") -> Any:
    return send(desk.client(who), "PUT", f"{EDIT}/data", file="template.html", content=content, revision=revision)


def upload(desk: Studio, path: str, field: str, content: bytes, filename: str, **more: str) -> tuple[int, str]:
    """Upload a file; return status and text of the page that follows."""
    file = {field: (io.BytesIO(content), filename)}
    answer = post(desk.client(), path, **{"revision": str(desk.opened(1).revision), **more}, **file)
    return answer.status_code, answer.get_data(as_text=True)


def test_the_list_shows_versions_drafts_and_how_many_papers(desk: Studio) -> None:
    page = desk.client("leader").get("/templates").get_data(as_text=True)
    assert "第 1 版" in page
    assert "使用中" in page
    assert "0 份" in page
    assert "继续编辑" not in page
    assert 'href="/procedures" aria-current="page"' in page
    assert "继续编辑" in desk.client().get("/templates").get_data(as_text=True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(desk: Studio, statements: Counting, count: int) -> None:
    for number in range(count - 1):
        deploy(desk.house, letter(f"第{number}种"))
    browser = desk.client()
    with statements() as seen:
        assert browser.get("/templates").status_code == 200
    assert len(seen) <= 9


def test_a_version_shows_its_source_and_the_draft_of_its_sample(desk: Studio) -> None:
    browser = desk.client("leader")
    assert "{{ number }}" in browser.get("/templates/versions/1").get_data(as_text=True)
    answer = browser.get("/templates/versions/1/sample.pdf")
    text = extract_text(answer.data).replace(" ", "")
    assert answer.mimetype == "application/pdf"
    assert ("样稿" in text, "你好张三" in text, "(none)" in text, "七号" in text) == (True, True, True, False)


def test_a_part_is_saved_by_itself_and_checked(desk: Studio) -> None:
    answer = put(desk, "\n\n{{ nmae }}")
    assert (answer.status_code, answer.json["revision"]) == (200, 2)
    assert saved(desk) == "\n\n{{ nmae }}"
    found = desk.client().get(f"{EDIT}/findings").get_data(as_text=True)
    assert "template.html 第 3 行" in found
    assert 'data-pdf="no"' in found
    assert desk.client().get(f"{EDIT}/preview.pdf").status_code == 400


def test_a_sound_draft_is_shown_as_a_paper(desk: Studio) -> None:
    put(desk, "<p>敬启者 {{ name }}</p>{{ number }}")
    assert 'data-pdf="yes"' in desk.client().get(f"{EDIT}/findings").get_data(as_text=True)
    assert "敬启者 张三" in extract_text(desk.client().get(f"{EDIT}/preview.pdf").data)


def test_the_second_who_saves_is_refused_with_what_the_first_saved(desk: Studio) -> None:
    put(desk, "甲", who="admin2")
    answer = put(desk, "乙")
    assert (answer.status_code, answer.json["comparison"]["content"], answer.json["comparison"]["revision"]) == (409, "甲", 2)
    assert saved(desk) == "甲"
    page = post(desk.client(), EDIT, file="template.html", content="乙", revision="1")
    text = page.get_data(as_text=True)
    assert (page.status_code, "对方刚刚保存的内容" in text, "甲</textarea>" in text, "乙</textarea>" in text) == (
        409,
        True,
        True,
        True,
    )


def test_without_scripts_a_part_is_saved_by_its_button(desk: Studio) -> None:
    assert post(desk.client(), EDIT, file="style.css", content="@page { size: A4 }\r\np { }", revision="1").status_code == 303
    assert saved(desk, "style.css") == "@page { size: A4 }\np { }"


@pytest.mark.parametrize(
    "body", [{}, {"file": "a.png", "content": "", "revision": 1}, {"file": "style.css", "content": 1}, ["x"]]
)
def test_a_body_of_the_wrong_shape_is_refused(desk: Studio, body: object) -> None:
    browser = desk.client()
    headers = {"X-CSRFToken": csrf(browser), "Accept": "application/json"}
    answer = browser.put(f"{EDIT}/data", json=body, headers=headers)
    assert (answer.status_code, "没有保存" in answer.json["message"]) == (400, True)


def test_two_at_one_draft_are_told(desk: Studio) -> None:
    send(desk.client("admin2"), "POST", f"{EDIT}/data/presence", file="template.html")
    answer = send(desk.client(), "POST", f"{EDIT}/data/presence", file="template.html")
    assert ["admin2" in one["name"] for one in answer.json["others"]] == [True]


def test_pictures_are_added_shown_and_removed(desk: Studio) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    assert upload(desk, f"{EDIT}/pictures", "picture", out.getvalue(), "Seal.PNG")[0] == 303
    answer = desk.client().get(f"{EDIT}/pictures/seal.png")
    assert (answer.data, answer.mimetype) == (out.getvalue(), "image/png")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "seal.png" in desk.client().get(f"{EDIT}?file=pictures").get_data(as_text=True)
    post(desk.client(), f"{EDIT}/pictures/remove", file="seal.png", revision="2")
    assert desk.client().get(f"{EDIT}/pictures/seal.png").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("bomb.png", b"\x89PNG\r\n\x1a\nxxxxIHDR" + b"\x7f\xff\xff\xff" * 2, "万像素"),
        ("a.svg", b"<!DOCTYPE svg><svg/>", "文档类型声明"),
        ("a.gif", b"GIF89a", "只接受英文文件名"),
        ("印章.png", b"\x89PNG\r\n\x1a\n", "只接受英文文件名"),
        ("template.html", b"x", "只上传图片"),
    ],
)
def test_what_is_no_picture_is_refused(desk: Studio, name: str, content: bytes, sentence: str) -> None:
    status, page = upload(desk, f"{EDIT}/pictures", "picture", content, name)
    assert (status, sentence in page, desk.opened(1).revision) == (422, True, 1)


def test_a_draft_is_taken_elsewhere_and_back(desk: Studio) -> None:
    package = desk.client().get(f"{EDIT}/package.zip").data
    put(desk, "半成品")
    status, _ = upload(desk, f"{EDIT}/package", "package", package, "x.zip")
    assert (status, saved(desk)) == (303, letter()["template.html"].decode())
    status, page = upload(desk, f"{EDIT}/package", "package", b"PK nonsense", "x.zip")
    assert (status, "不是有效的压缩包" in page) == (422, True)


def test_a_version_is_exported_and_imported_under_another_name(desk: Studio) -> None:
    package = desk.client().get("/templates/versions/1/package.zip").data
    status, _ = upload(desk, "/templates/new", "package", package, "x.zip", procedure="small-service", name="notice")
    assert (status, desk.opened(2).paper, desk.opened(2).files) == (303, "notice", letter())
    for name, procedure, sentence in (("UP", "small-service", "模板编号用"), ("ok", "none", "没有这个流程")):
        status, page = upload(desk, "/templates/new", "package", package, "x.zip", procedure=procedure, name=name)
        assert (status, sentence in page) == (422, True)


def test_a_copy_gets_a_name_of_its_own(desk: Studio) -> None:
    taken = post(desk.client(), "/templates/versions/1/copy", name="letter", title="又一份")
    assert (taken.status_code, "已经有编号为" in taken.get_data(as_text=True)) == (422, True)
    assert post(desk.client(), "/templates/versions/1/copy", name="plain", title="便函").status_code == 303
    assert desk.opened(2).title == "便函"


def test_a_change_is_deployed_by_two_people_who_see_it(desk: Studio) -> None:
    put(desk, "<p>敬启者 {{ name }}</p>{{ number }}")
    assert "敬启者" in desk.client().get(f"{EDIT}/deploying").get_data(as_text=True)
    assert post(desk.client(), f"{EDIT}/submit", reason="改称呼", revision="2").status_code == 303
    assert post(desk.client(), f"{EDIT}/confirm").status_code == 403
    waiting = desk.client("admin2").get(f"{EDIT}/deploying").get_data(as_text=True)
    assert ("确认部署" in waiting, "改称呼" in waiting, "敬启者" in waiting) == (True, True, True)
    assert post(desk.client("admin2"), f"{EDIT}/confirm", revision="2").headers["Location"] == "/templates/versions/2"
    with desk.house.context.reading() as tx:
        assert templates.current_version(tx, KEY).number == 2


def test_what_cannot_be_deployed_shows_why_by_line_and_no_page_of_errors_in_its_place(desk: Studio) -> None:
    sound = desk.client().get(f"{EDIT}/deploying").get_data(as_text=True)
    assert ("<iframe" in sound, "检查结果" in sound) == (True, False)
    put(desk, "<p>{{ name }}</p>\n{{ nmae }}")
    page = desk.client().get(f"{EDIT}/deploying").get_data(as_text=True)
    assert ("<iframe" in page, "打开样稿" in page) == (False, False)
    assert "template.html 第 2 行" in page and "1 个错误" in page


def test_a_deployment_is_refused_with_a_sentence_or_sent_back(desk: Studio) -> None:
    same = post(desk.client(), f"{EDIT}/submit", reason="没改", revision="1")
    assert (same.status_code, "完全相同" in same.get_data(as_text=True)) == (409, True)
    put(desk, "{% if %}")
    wrong = post(desk.client(), f"{EDIT}/submit", reason="改", revision="2")
    assert (wrong.status_code, "没有通过检查" in wrong.get_data(as_text=True)) == (422, True)
    put(desk, "<p>{{ name }}</p>{{ number }}", revision=2)
    assert "写明修改原因" in post(desk.client(), f"{EDIT}/submit", reason="", revision="3").get_data(as_text=True)
    post(desk.client(), f"{EDIT}/submit", reason="改", revision="3")
    assert desk.client().get(EDIT).status_code == 302
    assert post(desk.client("admin2"), f"{EDIT}/send-back", reply="称呼不对").status_code == 303
    assert "称呼不对" in desk.client().get(EDIT).get_data(as_text=True)


def test_a_version_is_retired_and_taken_back(desk: Studio) -> None:
    only = post(desk.client(), "/templates/versions/1/retire", reason="旧")
    assert (only.status_code, "唯一在用" in only.get_data(as_text=True)) == (409, True)
    deploy(desk.house, letter("您好"))
    assert post(desk.client(), "/templates/versions/1/retire", reason="旧").status_code == 303
    assert "已停用" in desk.client().get("/templates/versions/1").get_data(as_text=True)
    assert post(desk.client(), "/templates/versions/1/retire", reason="还要").status_code == 303
    assert [row.retired_at for row in desk.house.all(select(TemplateVersion))] == [None, None]


def test_a_draft_is_thrown_away(desk: Studio) -> None:
    assert post(desk.client(), f"{EDIT}/discard").status_code == 303
    assert desk.client().get(EDIT).status_code == 404


def test_drafts_of_procedures_and_of_papers_keep_apart(desk: Studio) -> None:
    procedure = desk.draft()
    assert desk.client().get(f"/templates/drafts/{procedure}").status_code == 404
    assert desk.client().get("/procedures/drafts/1").status_code == 404
    assert "letter" not in desk.client().get("/procedures").get_data(as_text=True)
    assert draft_view.open_draft(desk.house.context, actor=SYSTEM, draft_id=1).paper == "letter"
