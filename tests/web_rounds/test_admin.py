"""Units, accounts, roles, calendar: what administrators change, and what they are refused."""

import io
import re
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from app.cli.samples.people import credit_code
from app.domain.errors import DomainError
from app.domain.notice_window import open_notice
from app.persistence import models as m
from app.services.audit import record_on_case
from app.services.outbox import deliver_pending
from tests.web.house import log_in, post
from tests.web_rounds.conftest import Counting
from tests.web_rounds.world import IDS, UNITS, World, person_name

NEW_YEAR = "\n".join(
    ["日期,类型,名称", "2027-01-01,休,元旦", *(f"2027-02-{day:02d},休,春节" for day in range(5, 12)), "2027-02-20,班,春节调休"]
    + [f"2027-10-{day:02d},休,国庆节" for day in range(1, 8)]
)


def test_a_unit_is_renamed_and_the_old_name_stays_on_record(world: World) -> None:
    browser = world.client("system_admin")
    answer = post(
        browser, "/admin/units/5", name="长江机电集团", short_name="长机", address="", valid_from="2026-01-01", valid_to=""
    )
    assert answer.status_code == 302
    assert "长江机电集团" in browser.get("/admin/units?q=集团").get_data(as_text=True)
    event = world.all(m.AuditEvent, action="unit_changed")[0]
    assert "长江机电公司" in event.detail


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "请填写单位全称"),
        ({"valid_from": "2026-02-30"}, "日期应写成"),
        ({"valid_to": "2025-01-01"}, "不能早于启用日期"),
    ],
)
def test_a_unit_that_cannot_stand_is_refused(world: World, changed: dict[str, str], sentence: str) -> None:
    sent = {"name": "长江机电集团", "short_name": "", "address": "", "valid_from": "2026-01-01", "valid_to": "", **changed}
    answer = post(world.client("system_admin"), "/admin/units/5", **sent)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_unit_does_not_take_the_name_of_another_that_is_still_there(world: World) -> None:
    browser, sent = world.client("system_admin"), {"short_name": "", "address": "", "valid_from": "", "valid_to": ""}
    mine, other = world.all(m.OrgUnit, id=5)[0].name, world.all(m.OrgUnit, id=4)[0].name
    refused = post(browser, "/admin/units/5", name=other, **sent)
    assert refused.status_code == 422 and "已经有同名的单位" in refused.get_data(as_text=True)
    assert post(browser, "/admin/units/5", name=mine, **sent | {"short_name": "长机"}).status_code == 302
    assert post(browser, "/admin/units/4", name=other, **sent | {"valid_to": "2026-11-01"}).status_code == 302
    assert post(browser, "/admin/units/5", name=other, **sent).status_code == 302
    assert post(browser, "/admin/units/4", name=other, **sent).status_code == 422  # opened again, it would be the second one


def test_an_employer_is_added_with_its_code_and_the_office_of_its_area(world: World) -> None:
    browser, code = world.client("system_admin"), credit_code(91)
    wrong = post(browser, "/admin/units/new", kind="employer", name="新厂", uscc="91420112", parent="4")
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "应为18位" in page and "所在的街道或产业办" in page and 'value="新厂"' in page
    sent = {"kind": "employer", "name": "武汉新厂有限公司", "uscc": code, "parent": "2"}
    assert post(browser, "/admin/units/new", **sent).status_code == 303
    [row] = world.all(m.OrgUnit, name="武汉新厂有限公司")
    assert (row.kind, row.uscc, row.parent_id) == ("employer", code, 2)
    assert "武汉新厂有限公司" in browser.get("/admin/accounts/new").get_data(as_text=True)
    again = post(browser, "/admin/units/new", **sent).get_data(as_text=True)
    assert "已经有同名的单位" in again and "已登记在" in again
    assert world.all(m.AuditEvent, action="unit_added")[0].subject == "武汉新厂有限公司"


def test_the_log_is_exported_as_it_is_filtered_and_that_is_in_the_log(world: World) -> None:
    post(world.client("system_admin"), "/admin/units/new", kind="department", name="=区新部门")
    answer = world.client("audit_admin").get("/admin/audit.xlsx?action=unit_added")
    book = load_workbook(io.BytesIO(answer.data))
    heads, first, *_ = book["审计日志"].iter_rows(values_only=True)
    line = dict(zip(heads, first, strict=True))
    assert (line["操作"], line["对象"], len(line["校验值"])) == ("新增单位", "=区新部门", 64)
    assert [cell.data_type for row in book["审计日志"].iter_rows() for cell in row if cell.value == "=区新部门"] == ["s"]
    assert "操作：新增单位" in str(list(book["审计日志"].iter_rows(values_only=True)))
    assert world.all(m.AuditEvent, action="exported")[0].subject == "审计日志"


def test_the_log_names_a_case_by_its_number_and_finds_it_by_that(world: World) -> None:
    round_ = world.round()
    first, other = (world.nominee(round_, number) for number in (1, 2))
    numbers = [world.all(m.Case, id=row.case_id)[0].number for row in (first, other)]
    for row in (first, other):
        with world.context.transaction() as tx:
            record_on_case(tx, tx.session.get_one(m.Case, row.case_id), actor=world.actor("bureau_leader"), action="reminded")
    browser = world.client("audit_admin")
    page = browser.get("/admin/audit?action=reminded").get_data(as_text=True)
    assert all(f"办件 {number} 第1条" in page for number in numbers)
    found = browser.get(f"/admin/audit?who={numbers[0]}").get_data(as_text=True)
    assert f"办件 {numbers[0]} 第1条" in found and numbers[1] not in found
    book = load_workbook(io.BytesIO(browser.get(f"/admin/audit.xlsx?who={numbers[1]}").data))
    heads, line, *_ = book["审计日志"].iter_rows(values_only=True)
    assert dict(zip(heads, line, strict=True))["办件编号"] == numbers[1]


def test_the_log_is_shown_from_any_day_that_can_be_chosen(world: World) -> None:
    browser = world.client("audit_admin")
    post(world.client("system_admin"), "/admin/units/new", kind="department", name="区新部门")
    answers = [browser.get(f"/admin/audit?since={day}") for day in ("0001-01-01", "2026-11-23", "9999-12-31")]
    assert ["区新部门" in answer.get_data(as_text=True) for answer in answers] == [True, True, False]


@pytest.mark.parametrize(
    ("who", "start"), [("audit_admin", "审计"), ("system_admin", "单位"), ("expert", "工作台"), (None, "首页")]
)
def test_who_is_refused_is_led_to_their_own_first_page(world: World, who: str | None, start: str) -> None:
    page = world.client(who).get("/admin/nowhere").get_data(as_text=True)
    assert f"请从{start}重新进入" in page and f'href="/">回到{start}</a>' in page


def test_an_account_is_opened_with_a_password_for_one_login(world: World) -> None:
    page = post(world.client("system_admin"), "/admin/accounts/new", username="Renshe.Zhang", name="张㼆", unit="1").get_data(
        as_text=True
    )
    password = re.findall(r'class="secret">([^<]+)<', page)[1]
    browser = world.client()
    assert log_in(browser, "renshe.zhang", password).status_code == 302
    assert browser.get("/desk").headers["Location"] == "/account/password"
    wrong = post(browser, "/account/password", old="x", new="Copper-wire-77", again="Copper-wire-77")
    assert wrong.status_code == 422 and "密码没有修改" in wrong.get_data(as_text=True)
    answer = post(browser, "/account/password", old=password, new="Copper-wire-77", again="Copper-wire-77")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert browser.get("/account").status_code == 200  # and no more asked for a new one
    assert log_in(world.client(), "renshe.zhang", "Copper-wire-77").headers["Location"] == "/"
    assert [row.action for row in world.all(m.AuditEvent, action="account_created")] == ["account_created"]
    assert password not in "".join(row.detail + row.subject for row in world.all(m.AuditEvent))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"username": "expert"}, "已经有人使用"),
        ({"username": "1 张"}, "小写字母"),
        ({"unit": "99"}, "请选择单位"),
        ({"name": "张\ue000"}, "自造字"),
    ],
)
def test_an_account_that_cannot_be_opened_is_refused(world: World, changed: dict[str, str], sentence: str) -> None:
    sent = {"username": "renshe.zhang", "name": "张三", "unit": "1", **changed}
    answer = post(world.client("system_admin"), "/admin/accounts/new", **sent)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert len(world.all(m.User)) == len(IDS)


def test_a_disabled_account_is_out_at_once_and_comes_back_enabled(world: World) -> None:
    victim, browser = world.client("expert"), world.client("system_admin")
    post(browser, f"/admin/accounts/{IDS['expert']}/disable")
    assert victim.get("/desk").status_code == 302
    assert log_in(world.client(), "expert").status_code == 422
    post(browser, f"/admin/accounts/{IDS['expert']}/enable")
    assert log_in(world.client(), "expert").status_code == 302


def test_nobody_disables_their_own_account(world: World) -> None:
    assert post(world.client("system_admin"), f"/admin/accounts/{IDS['system_admin']}/disable").status_code == 403


def test_a_locked_account_is_unlocked(world: World) -> None:
    with world.context.transaction() as tx:
        tx.session.get_one(m.User, IDS["expert"]).locked_until = tx.now + timedelta(minutes=15)
    browser = world.client("system_admin")
    assert "已锁定" in browser.get("/admin/accounts?q=expert").get_data(as_text=True)
    post(browser, f"/admin/accounts/{IDS['expert']}/unlock")
    assert log_in(world.client(), "expert").status_code == 302


def test_a_new_password_needs_two_hands_and_has_to_be_changed(world: World) -> None:
    asked = post(world.client("system_admin"), f"/admin/accounts/{IDS['expert']}/password", username="expert")
    assert asked.status_code == 302
    assert "secret" not in asked.get_data(as_text=True)
    browser = world.client()
    assert log_in(browser, "expert").status_code == 302  # nothing has changed yet
    security = world.client("security_admin")
    assert "待确认的密码重置" in security.get("/admin/roles").get_data(as_text=True)
    page = post(security, f"/admin/resets/{IDS['expert']}/confirm").get_data(as_text=True)
    password = re.findall(r'class="secret">([^<]+)<', page)[1]
    assert browser.get("/desk").status_code == 302  # the session has ended
    assert log_in(world.client(), "expert").status_code == 422
    fresh = world.client()
    assert log_in(fresh, "expert", password).status_code == 302
    assert fresh.get("/desk").headers["Location"] == "/account/password"


def test_a_new_password_is_confirmed_once_and_only_in_time(world: World) -> None:
    path = f"/admin/resets/{IDS['expert']}"
    assert post(world.client("security_admin"), f"{path}/confirm").status_code == 400
    post(world.client("system_admin"), f"/admin/accounts/{IDS['expert']}/password")
    assert post(world.client("system_admin"), f"{path}/confirm").status_code == 403
    world.pass_time(days=3)
    assert post(world.client("security_admin"), f"{path}/confirm").status_code == 400
    post(world.client("system_admin"), f"/admin/accounts/{IDS['expert']}/password")
    assert post(world.client("security_admin"), f"{path}/refuse").status_code == 302
    assert log_in(world.client(), "expert").status_code == 302
    actions = [row.action for row in world.all(m.AuditEvent)]
    assert [action for action in actions if "reset" in action] == ["reset_asked", "reset_asked", "reset_refused"]


def test_who_may_confirm_a_new_password_is_told_once_and_the_account_itself_is_not(world: World) -> None:
    for name in ("expert", "expert", "security_admin"):
        post(world.client("system_admin"), f"/admin/accounts/{IDS[name]}/password")
    deliver_pending(world.context)
    [told] = world.all(m.Notification)
    assert (told.user_id, told.link) == (IDS["security_admin"], "/admin/roles")
    assert told.subject == f"请核对确认：重置{person_name(IDS['expert'])}的密码"
    assert "三天内不确认" in told.body and "用户名expert" in told.body


def test_nobody_confirms_a_password_for_themselves(world: World) -> None:
    post(world.client("system_admin"), f"/admin/accounts/{IDS['security_admin']}/password")
    assert post(world.client("security_admin"), f"/admin/resets/{IDS['security_admin']}/confirm").status_code == 403


def test_a_role_holds_from_the_next_request_and_is_gone_as_fast(world: World) -> None:
    browser, person = world.client("security_admin"), world.client("expert")
    assert person.get("/rounds").status_code == 403
    assert post(browser, f"/admin/roles/{IDS['expert']}", role="archivist", unit="1").status_code == 302
    assert person.get("/rounds").status_code == 200
    grant = world.all(m.RoleGrant, user_id=IDS["expert"], role="archivist")[0]
    post(browser, f"/admin/grants/{grant.id}/revoke")
    assert person.get("/rounds").status_code == 403
    assert [row.action for row in world.all(m.AuditEvent) if row.action.startswith("role_")] == ["role_granted", "role_revoked"]


@pytest.mark.parametrize(
    ("user", "role"),
    [("expert", "audit_admin"), ("system_admin", "audit_admin"), ("audit_admin", "expert"), ("audit_admin", "security_admin")],
)
def test_administrators_exclude_each_other_and_every_business_role(world: World, user: str, role: str) -> None:
    answer = post(world.client("security_admin"), f"/admin/roles/{IDS[user]}", role=role, unit="1")
    assert answer.status_code == 422
    assert "互不兼任" in answer.get_data(as_text=True)
    assert len(world.all(m.RoleGrant, user_id=IDS[user])) == 1


def test_nobody_grants_a_role_to_themselves(world: World) -> None:
    answer = post(world.client("security_admin"), f"/admin/roles/{IDS['security_admin']}", role="expert", unit="1")
    assert answer.status_code == 403


def test_a_notice_into_a_year_without_calendar_waits_for_its_import(world: World) -> None:
    browser = world.client("system_admin")

    def window() -> date:
        with world.context.reading() as tx:
            calendar = tx.context.calendars.get(tx.session, now=tx.now)
        return open_notice(date(2026, 12, 28), days=5, calendar=calendar).end_date

    with pytest.raises(DomainError, match="2027年的放假安排还没有录入"):
        window()
    sent = {"year": "2027", "source": "国办发明电〔2026〕7号", "days": NEW_YEAR}
    preview = post(browser, "/admin/calendar", action="preview", **sent).get_data(as_text=True)
    assert "放假 15 天，调休上班 1 天" in preview
    assert world.all(m.CalendarYear, year=2027) == []
    assert post(browser, "/admin/calendar", action="import", **sent).status_code == 302
    assert "国办发明电〔2026〕7号" in browser.get("/admin/calendar").get_data(as_text=True)
    assert window() == date(2027, 1, 5)


def test_days_may_be_typed_with_spaces(world: World) -> None:
    sent = {"year": "2027", "source": "国办发明电〔2026〕7号", "days": NEW_YEAR.replace(",", " "), "action": "import"}
    assert post(world.client("system_admin"), "/admin/calendar", **sent).status_code == 302
    assert world.all(m.CalendarDay, day="2027-02-05")[0].name == "春节"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"year": "27"}, "四位数的年份"),
        ({"source": ""}, "请填写通知的文号"),
        ({"days": "2027-01-01,休,元旦"}, "不足11天"),
        ({"days": NEW_YEAR + "\n2026-10-01,休,国庆节"}, "不在2027年"),
        ({"days": NEW_YEAR + "\n2027-10-01,休,国庆节"}, "出现了两次"),
        ({"days": NEW_YEAR + "\n2027-03-02,班,"}, "不是周末"),
        ({"days": NEW_YEAR + "\n2027-03-02,放,"}, "不明白"),
        ({"days": NEW_YEAR + "\n2027-13-02,休,\n2026-10-01,休,"}, "2027-13-02”不是日期，应写成 2027-01-01 的样子。第"),
        ({"year": "2028"}, "此外还有"),
        ({"days": "[{"}, "JSON 不完整"),
        ({"days": ""}, "请粘贴"),
    ],
)
def test_a_year_that_is_wrong_is_not_imported(world: World, changed: dict[str, str], sentence: str) -> None:
    sent = {"year": "2027", "source": "国办发明电〔2026〕7号", "days": NEW_YEAR, "action": "import", **changed}
    answer = post(world.client("system_admin"), "/admin/calendar", **sent)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert world.all(m.CalendarYear, year=2027) == []


def test_who_looks_at_a_year_before_its_import_may_go_back_to_what_was_typed(world: World) -> None:
    sent = {"year": "2027", "source": "国办发明电〔2026〕7号", "days": NEW_YEAR}
    browser = world.client("system_admin")
    assert 'value="edit">返回修改</button>' in post(browser, "/admin/calendar", action="preview", **sent).get_data(as_text=True)
    page = post(browser, "/admin/calendar", action="edit", **sent).get_data(as_text=True)
    assert 'value="2027"' in page and NEW_YEAR in page
    assert world.all(m.CalendarYear, year=2027) == []


def test_after_a_grant_the_list_shows_whom_it_was_given_to(world: World) -> None:
    browser = world.client("security_admin")
    answer = post(browser, f"/admin/roles/{IDS['expert']}", role="archivist", unit="1")
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert f"已授予{person_name(IDS['expert'])}“档案员”" in page
    assert person_name(IDS["audit_admin"]) not in page


LISTS = {"/admin/units": ("system_admin", 2), "/admin/accounts": ("system_admin", 3), "/admin/roles": ("security_admin", 4)}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_and_three(world: World, statements: Counting, path: str, count: int) -> None:
    for number in range(count):
        unit = world.add(m.OrgUnit(kind="employer", name=f"测试单位{number}", short_name="", address=""))
        user = m.User(username=f"measured{number}", name="测试", password_hash="x", unit_id=unit.id, active=True)
        user.created_at = world.context.clock()
        world.add(user)
    name, literal = LISTS[path]
    browser = world.client(name)
    query = "测试单位" if path.endswith("units") else "measured"
    browser.get(path)
    with statements() as seen:
        page = browser.get(f"{path}?q={query}").get_data(as_text=True)
    assert page.count("row-title") == count
    assert len(seen) == literal + 1  # and the bell


def _usernames(page: str) -> list[str]:
    return re.findall(r'class="row-sub">([a-z0-9_]+)<', page)


def test_lists_are_paged_by_the_database(world: World, statements: Counting) -> None:
    browser = world.client("system_admin")
    page = browser.get("/admin/accounts").get_data(as_text=True)
    assert page.count("row-title") == 20
    last = browser.get("/admin/accounts?page=2").get_data(as_text=True)
    assert len(_usernames(last)) == last.count("row-title") == len(IDS) - 20
    assert f"{UNITS[1][1]}" in page
    assert person_name(1) in page + last
    beyond = browser.get("/admin/accounts?page=3").get_data(as_text=True)
    assert _usernames(beyond) == _usernames(last)  # whole pages differ: their tokens carry the second
    for page_number in (1, 2, 3):  # their number is asked for where they do not fit on one page
        with statements() as seen:
            browser.get(f"/admin/accounts?page={page_number}")
        assert len(seen) == LISTS["/admin/accounts"][1] + 2
