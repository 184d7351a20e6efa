"""The work item: shown, filled in, refused, submitted once."""

from typing import Any

import pytest

from app.persistence.models import AuditEvent, Case, Draft, Recusal, Submission, WorkItem
from app.services.casework import work_items
from tests.web.house import House, log_in, post, token

GOOD = {"team": "甲班", "mobile": "13800138000", "is_new": "yes", "deeds": "改进了夹具"}


def reviewed(house: House) -> int:
    """Bring a case to the second review; return its work item."""
    case = house.start()
    house.send(house.client("applicant"), house.item(case.id).id, **GOOD)
    house.send(house.client("clerk"), house.item(case.id).id, opinion="材料齐全", decision="accept")
    return house.item(case.id).id


def test_completing_leads_to_the_desk_and_says_what_comes_next(house: House) -> None:
    item = house.item(house.start().id)
    browser = house.client("applicant")
    answer = house.send(browser, item.id, **GOOD)
    assert answer.status_code == 303
    page = browser.get("/desk").get_data(as_text=True)
    assert "“填写申报表”已提交。下一步：慈惠街道办事处 · 街道（产业办）经办人办理“初审”。" in page
    assert f'data-draft-done="{item.id}"' in page
    assert house.all(Submission)[0].work_item_id == item.id


def test_a_decision_is_the_button_that_was_pressed(house: House) -> None:
    reviewed(house)
    assert [row.decision for row in house.all(WorkItem, node_id="review")] == ["accept"]
    assert "材料齐全" in house.client("clerk").get("/cases/1").get_data(as_text=True)


def test_mistakes_come_back_with_everything_that_was_filled_in(house: House) -> None:
    item = house.item(house.start().id)
    answer = house.send(house.client("applicant"), item.id, **{**GOOD, "team": "", "deeds": "很长的成绩", "mobile": "123"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#f-team"' in page
    assert 'aria-describedby="f-team-help f-team-error"' in page
    assert "很长的成绩" in page
    assert 'value="123"' in page
    assert house.all(Submission) == []


def test_a_refusal_of_the_rules_stands_at_its_field(house: House) -> None:
    item = reviewed(house)
    answer = house.send(house.client("handler"), item, opinion="同意", rank="13", second_decision="accept")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count("第13位已经有人，请换一个位次。") == 2
    assert 'id="f-rank-error"' in page
    assert house.item(1).id == item


def test_a_decision_is_required(house: House) -> None:
    case = house.start()
    house.send(house.client("applicant"), house.item(case.id).id, **GOOD)
    answer = house.send(house.client("clerk"), house.item(case.id).id, opinion="材料齐全")
    assert answer.status_code == 422
    assert 'href="#f-decision"' in answer.get_data(as_text=True)


def test_sending_twice_takes_effect_once(house: House) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    sent = {"token": token(browser, item.id), **GOOD}
    post(browser, f"/work-items/{item.id}", **sent)
    again = post(browser, f"/work-items/{item.id}", **sent)
    page = again.get_data(as_text=True)
    assert again.status_code == 409
    assert "长江机电公司 · 王申报" in page
    assert "2026-11-23 09:00" in page
    assert len(house.all(Submission)) == 1


def test_an_item_that_is_over_leads_to_its_case_only_who_may_see_it(house: House) -> None:
    case = house.start()
    item, browser = house.item(case.id), house.client("applicant")
    house.send(browser, item.id, **GOOD)
    seen = browser.get(f"/work-items/{item.id}").get_data(as_text=True)
    assert "查看办件进展" in seen and case.title in seen
    with house.context.transaction() as tx:
        who = house.actor("applicant").user_id
        tx.session.add(Recusal(case_id=case.id, user_id=who, origin="found", reason="x", recorded_at=tx.now))
    kept = browser.get(f"/work-items/{item.id}").get_data(as_text=True)
    assert "王申报" in kept and "查看办件进展" not in kept and case.title not in kept


def test_of_two_persons_the_second_reads_who_was_faster(house: House) -> None:
    item = house.item(house.start().id)
    first, second = house.client("applicant"), house.client("colleague")
    kept = token(second, item.id)
    house.send(first, item.id, **GOOD)
    answer = post(second, f"/work-items/{item.id}", token=kept, **GOOD)
    assert answer.status_code == 409 and "长江机电公司 · 王申报" in answer.get_data(as_text=True)
    assert len(house.all(Submission)) == 1


def test_a_stale_page_is_not_taken(house: House) -> None:
    item = house.item(house.start().id)
    answer = post(house.client("applicant"), f"/work-items/{item.id}", token="1.00000000.0", **GOOD)
    assert answer.status_code == 409
    assert "打开最新的页面" in answer.get_data(as_text=True)
    assert house.all(Submission) == []


@pytest.mark.parametrize("name", ["rival", "clerk", "handler", "expert"])
def test_strangers_do_not_learn_that_it_exists(house: House, name: str) -> None:
    item = house.item(house.start().id)
    browser = house.client(name)
    assert browser.get(f"/work-items/{item.id}").status_code == 404
    assert browser.get("/work-items/999").status_code == 404
    assert post(browser, f"/work-items/{item.id}", **GOOD).status_code == 404
    assert post(browser, f"/work-items/{item.id}/draft", **GOOD).status_code == 404


def test_who_reviewed_first_may_not_review_again(house: House) -> None:
    item = reviewed(house)
    with house.context.transaction() as tx:
        tx.session.query(WorkItem).filter_by(node_id="review").one().completed_by = house.actor("handler").user_id
    assert house.client("handler").get(f"/work-items/{item}").status_code == 403
    assert "现在没有待办" in house.client("handler").get("/desk").get_data(as_text=True)


def test_a_draft_survives_a_lost_session(house: House) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    saved = post(browser, f"/work-items/{item.id}/draft", headers={"Accept": "application/json"}, team="乙班", mobile="12")
    assert saved.json == {"saved_at": "2026-11-23T01:00:00+00:00"}
    kept = token(browser, item.id)
    house.pass_time(minutes=45)
    lost = post(
        browser, f"/work-items/{item.id}", token=kept, **GOOD, headers={"Referer": f"http://localhost/work-items/{item.id}"}
    )
    assert lost.headers["Location"] == f"/account/login?next=/work-items/{item.id}&ended=idle"
    assert log_in(browser, "applicant", target=f"/work-items/{item.id}").headers["Location"] == f"/work-items/{item.id}"
    page = browser.get(f"/work-items/{item.id}").get_data(as_text=True)
    assert 'value="乙班"' in page
    assert "已恢复草稿" in page


def test_a_draft_is_nobody_elses_and_goes_with_completion(house: House) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    post(browser, f"/work-items/{item.id}/draft", team="乙班")
    assert "乙班" not in house.client("colleague").get(f"/work-items/{item.id}").get_data(as_text=True)
    house.send(browser, item.id, **GOOD)
    post(house.client("clerk"), f"/work-items/{house.item(1).id}/draft", opinion="还在填")
    assert work_items.sweep_drafts(house.context) == 1
    assert [row.work_item_id for row in house.all(Draft)] == [house.item(1).id]
    late = post(browser, f"/work-items/{item.id}/draft", headers={"Accept": "application/json"}, team="丙班")
    assert late.status_code == 409
    assert "办理完毕" in late.json["message"]


def test_what_was_handed_in_is_there_again_when_it_comes_back(house: House) -> None:
    case = house.start()
    house.send(house.client("applicant"), house.item(case.id).id, **GOOD)
    house.send(house.client("clerk"), house.item(case.id).id, opinion="请补充", decision="return")
    page = house.client("applicant").get(f"/work-items/{house.item(case.id).id}").get_data(as_text=True)
    assert 'value="甲班"' in page
    assert "请补充" in page
    house.send(house.client("applicant"), house.item(case.id).id, **GOOD)
    again = house.client("clerk").get(f"/work-items/{house.item(case.id).id}").get_data(as_text=True)
    assert 'id="f-opinion"' in again
    assert "请补充</textarea>" not in again


def test_a_completion_costs_at_most_15_statements_and_one_commit(house: House, statements: Any) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    sent = {"csrf_token": "", "token": token(browser, item.id), **GOOD}
    house.app.config["WTF_CSRF_ENABLED"] = False
    with statements() as seen:
        assert browser.post(f"/work-items/{item.id}", data=sent).status_code == 303
    assert len(seen.sql) <= 15, "\n".join(seen.sql)
    assert seen.commits == 1


HOSTILE = [
    ({"typename": "x", "__class__": "x", "team-__class__": "x", "honors-0-__init__": "x", "honors-__row__-title": "x"}, 303),
    ({"honors-999999999999-title": "x", "honors--title": "x", "honors-0": "x", "proof": "../../etc/passwd"}, 303),
    ({"team": "甲\x00班"}, 422),
    ({"team": "甲\ud800班".encode("utf-8", "surrogatepass")}, 303),
    ({"deeds": "字" * 35_000}, 422),
]


@pytest.mark.parametrize(("values", "status"), HOSTILE)
def test_hostile_forms_are_answered_with_a_page(house: House, values: dict[str, Any], status: int) -> None:
    item, browser = house.item(house.start().id), house.client("applicant")
    answer = house.send(browser, item.id, **{**GOOD, **values})
    assert answer.status_code == status
    after = 404 if status == 303 else 303  # what was completed is the next person's; what was refused can still be saved
    assert post(browser, f"/work-items/{house.item(1).id}/draft", **{**GOOD, **values}).status_code == after
    assert len(house.all(Case)) == 1


def test_markup_in_values_is_text(house: House) -> None:
    case = house.start("申报：<script>alert(1)</script>")
    house.send(house.client("applicant"), house.item(case.id).id, **{**GOOD, "deeds": "<img src=x onerror=alert(1)>"})
    for path in (f"/cases/{case.id}", f"/work-items/{house.item(case.id).id}", "/desk"):
        page = house.client("clerk").get(path).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_history_names_who_decided(house: House) -> None:
    reviewed(house)
    done = house.all(AuditEvent, action="completed")
    assert [row.actor for row in done] == ["长江机电公司 · 王申报", "慈惠街道办事处 · 李经办"]


def test_scripts_find_what_they_look_for(house: House) -> None:
    page = house.client("applicant").get(f"/work-items/{house.item(house.start().id).id}").get_data(as_text=True)
    assert 'data-hide-by="is_new" data-hide-values="[&#34;yes&#34;]" data-hide-when="in"' in page  # as conditional.js reads it
    assert 'name="honors-__row__-title"' in page  # as list-rows.js looks for it
    assert 'data-upload="proof"' in page
    assert 'data-autosave="/work-items/1/draft"' in page


def test_pressing_enter_saves_and_does_not_decide(house: House) -> None:
    case = house.start()
    house.send(house.client("applicant"), house.item(case.id).id, **GOOD)
    page = house.client("clerk").get(f"/work-items/{house.item(case.id).id}").get_data(as_text=True)
    first = page[page.index('<form class="work-form"') :].split('type="submit"')[1]
    assert "/draft" in first.split(">")[0]


def test_an_irreversible_decision_stands_apart_and_is_asked_about(house: House) -> None:
    case = house.start()
    house.send(house.client("applicant"), house.item(case.id).id, **GOOD)
    page = house.client("clerk").get(f"/work-items/{house.item(case.id).id}").get_data(as_text=True)
    assert page.index('value="accept"') < page.index('value="return"') < page.index('value="reject"')
    assert 'data-confirm="驳回后本轮不能再次申报。确定驳回？" data-confirm-danger' in page


def test_the_check_before_a_question_says_whether_the_form_fits_and_writes_nothing(house: House) -> None:
    case = house.start()
    house.send(house.client("applicant"), house.item(case.id).id, **GOOD)
    item, clerk = house.item(case.id), house.client("clerk")
    path, sent = f"/work-items/{item.id}/check", {"token": token(clerk, item.id), "decision": "reject"}
    assert post(clerk, path, **sent, opinion="").json == {"fits": False}
    assert post(clerk, path, **sent, opinion="材料不齐").json == {"fits": True}
    assert house.item(case.id).id == item.id
    assert post(house.client("rival"), path, **sent).status_code == 404
    assert post(clerk, path, decision="reject", token="old").status_code == 409
