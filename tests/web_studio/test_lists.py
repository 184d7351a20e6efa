"""The list of the studio, and how drafts begin."""

import io

import pytest

from app.catalog.archive import write_zip
from app.services.studio import deployment
from tests.applications import csrf
from tests.studio.small import small
from tests.web.house import post
from tests.web_studio.conftest import Counting
from tests.web_studio.studio import Studio


def test_the_list_shows_versions_with_state_cases_and_reason_and_drafts(studio: Studio) -> None:
    first = studio.house.deploy_small()
    studio.house.deploy_small(messages_todo__txt=None)
    studio.house.start(first)
    studio.draft()
    page = studio.client().get("/procedures").get_data(as_text=True)
    for words in ("使用中", "旧版本", "草稿", "继续编辑", "从此版本起草", "导出", "新建流程", "测试", "共 1 件"):
        assert words in page
    only_looks = studio.client("leader").get("/procedures").get_data(as_text=True)
    assert "导出" in only_looks
    assert "继续编辑" not in only_looks
    assert "新建流程" not in only_looks


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_for_one_and_four(studio: Studio, statements: Counting, count: int) -> None:
    for number in range(count):
        studio.house.deploy_small(messages_todo__txt=f"请办理{number}\n\n{{step}}")
        studio.draft()
    browser = studio.client()
    with statements() as seen:
        page = browser.get("/procedures").get_data(as_text=True)
    assert (page.count("row-title"), page.count("draft-title")) == (count, count)
    assert len(seen) == 4  # who asks, the bell, versions, drafts


def test_a_new_procedure_begins_from_nothing(studio: Studio) -> None:
    answer = post(studio.client(), "/procedures/new", title="技能竞赛", procedure="skill-contest")
    assert answer.headers["Location"] == "/procedures/drafts/1"
    assert set(studio.opened(1).files) == {"procedure.toml", "process.bpmn", "forms/handling.json", "scenarios/finished.json"}


@pytest.mark.parametrize(
    ("title", "procedure", "sentence"),
    [("", "abc", "流程名称"), ("竞赛", "竞赛", "流程编号"), ("小", "small-service", "已经有编号")],
)
def test_a_new_procedure_that_cannot_be_is_refused_with_what_was_typed(
    studio: Studio, title: str, procedure: str, sentence: str
) -> None:
    studio.house.deploy_small()
    answer = post(studio.client(), "/procedures/new", title=title, procedure=procedure)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert f'value="{procedure}"' in page


def test_a_version_is_exported_and_imported_as_a_draft(studio: Studio) -> None:
    version_id = studio.house.deploy_small()
    browser = studio.client()
    answer = browser.get(f"/procedures/versions/{version_id}/package.zip")
    assert answer.headers["Content-Disposition"].endswith("small-service-1.zip")
    assert deployment.import_zip(answer.data) == small()
    sent = {"csrf_token": csrf(browser), "package": (io.BytesIO(answer.data), "small.zip")}
    assert browser.post("/procedures/import", data=sent).headers["Location"] == "/procedures/drafts/1"
    assert studio.opened(1).base_version_id == version_id


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "请先选择文件"),
        (b"PK no zip", "不是有效的压缩包"),
        (write_zip({"a.json": b"{}"}), "procedure.toml"),
        (b"x" * 1001, "20 MB"),
    ],
)
def test_an_unusable_package_is_refused(studio: Studio, monkeypatch: pytest.MonkeyPatch, content: bytes, sentence: str) -> None:
    monkeypatch.setattr("app.web.studio.facts.MOST_UPLOAD", 1000)
    browser = studio.client()
    sent = {"csrf_token": csrf(browser), "package": (io.BytesIO(content), "p.zip")}
    answer = browser.post("/procedures/import", data=sent)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_version_becomes_a_draft(studio: Studio) -> None:
    version_id = studio.house.deploy_small()
    assert post(studio.client(), f"/procedures/versions/{version_id}/draft").headers["Location"] == "/procedures/drafts/1"
    assert studio.opened(1).files == small()
