"""Every guarded page: one role that gets in, and one that is refused."""

from flask.testing import FlaskClient

from tests.web.house import post
from tests.web_rounds.world import World

PAGES = [
    ("/rounds", "archivist", "expert"),
    ("/rounds/1", "finance_maker", "nominating_unit"),
    ("/rounds/1/nominees", "bureau_handler", "candidate"),
    ("/rounds/1/nominees.xlsx", "supervisor", "convener"),
    ("/rounds/1/ranking", "convener", "archivist"),
    ("/rounds/1/ranking.xlsx", "supervisor", "finance_maker"),
    ("/rounds/1/panel", "supervisor", "convener"),
    ("/rounds/1/progress.xlsx", "archivist", "meeting_secretary"),
    ("/rounds/1/deadlines/nomination_close", "bureau_leader", "bureau_handler"),
    ("/rounds/1/quota", "bureau_leader", "bureau_handler"),
    ("/rounds/1/halt/suspend", "bureau_leader", "bureau_handler"),
    ("/rounds/1/nominate", "nominating_unit", "bureau_handler"),
    ("/nominations", "candidate", "bureau_handler"),
    ("/admin/units", "system_admin", "security_admin"),
    ("/admin/units/5", "system_admin", "bureau_leader"),
    ("/admin/units/new", "system_admin", "bureau_handler"),
    ("/admin/audit.xlsx", "audit_admin", "bureau_leader"),
    ("/admin/accounts", "system_admin", "audit_admin"),
    ("/admin/accounts/new", "system_admin", "security_admin"),
    ("/admin/roles", "security_admin", "system_admin"),
    ("/admin/roles/5", "security_admin", "system_admin"),
    ("/admin/calendar", "system_admin", "process_admin"),
    ("/admin/audit", "audit_admin", "system_admin"),
    ("/admin/audit/verify", "audit_admin", "security_admin"),
    ("/admin/unassigned", "process_admin", "system_admin"),
    ("/admin/incidents", "process_admin", "bureau_leader"),
    ("/procedures", "process_admin", "archivist"),
    ("/certificates/rounds/1", "document_officer", "expert"),
    ("/rounds/1/follow-ups", "archivist", "finance_maker"),
    ("/rounds/1/follow-ups.xlsx", "supervisor", "document_officer"),
    ("/certificates/rounds/1/register.xlsx", "archivist", "document_officer"),
    ("/certificates/rounds/1/progress", "supervisor", "finance_maker"),
    ("/certificates/rounds/1/seals", "archivist", "candidate"),
]


class Browsers(dict[str, FlaskClient]):
    """One logged-in browser for each member of the cast, made when it is first asked for."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def __missing__(self, name: str) -> FlaskClient:
        self[name] = self.world.client(name)
        return self[name]


def test_of_every_page_one_gets_in_and_one_does_not(world: World) -> None:
    world.round()
    browsers = Browsers(world)
    answers = {path: (browsers[yes].get(path).status_code, browsers[no].get(path).status_code) for path, yes, no in PAGES}
    assert {path: codes for path, codes in answers.items() if codes != (200, 403)} == {}


ACTIONS = [
    ("/rounds", "bureau_handler", "bureau_leader"),
    ("/rounds/1/deadlines/nomination_close", "bureau_leader", "bureau_handler"),
    ("/rounds/1/quota", "bureau_leader", "bureau_handler"),
    ("/rounds/1/halt/suspend", "bureau_leader", "bureau_handler"),
    ("/rounds/objections/1/term", "bureau_leader", "bureau_handler"),
    ("/rounds/1/follow-ups/1", "bureau_handler", "bureau_leader"),
    ("/rounds/1/nominate", "nominating_unit", "bureau_handler"),
    ("/rounds/1/papers/1/again", "archivist", "bureau_leader"),
    ("/rounds/1/departments/1/letter", "bureau_handler", "bureau_leader"),
    ("/admin/units/5", "system_admin", "security_admin"),
    ("/admin/accounts/new", "system_admin", "security_admin"),
    ("/admin/accounts/5/disable", "system_admin", "security_admin"),
    ("/admin/accounts/5/enable", "system_admin", "audit_admin"),
    ("/admin/accounts/5/unlock", "system_admin", "security_admin"),
    ("/admin/accounts/5/password", "system_admin", "security_admin"),
    ("/admin/roles/5", "security_admin", "system_admin"),
    ("/admin/resets/5/confirm", "security_admin", "system_admin"),
    ("/admin/resets/6/refuse", "security_admin", "audit_admin"),
    ("/admin/grants/5/revoke", "security_admin", "system_admin"),
    ("/admin/calendar", "system_admin", "process_admin"),
    ("/admin/incidents/1/retry", "process_admin", "bureau_leader"),
    ("/admin/unassigned/1", "process_admin", "bureau_leader"),
    ("/certificates/rounds/1/seals", "document_officer", "supervisor"),
    ("/certificates/rounds/1/seals/electronic", "document_officer", "bureau_leader"),
    ("/certificates/rounds/1/batches/1/cancel", "bureau_handler", "bureau_leader"),
    ("/certificates/1/revoke", "document_officer", "bureau_leader"),
    ("/certificates/1/revoke/confirm", "bureau_leader", "bureau_handler"),
    ("/certificates/1/revoke/decline", "bureau_leader", "expert"),
    ("/certificates/1/reissue", "bureau_handler", "bureau_leader"),
    ("/certificates/1/reissue/confirm", "document_officer", "bureau_leader"),
    ("/certificates/1/reissue/decline", "bureau_handler", "supervisor"),
    ("/certificates/1/void", "document_officer", "archivist"),
]


def test_of_every_action_one_may_and_one_may_not(world: World) -> None:
    world.round()
    browsers = Browsers(world)
    assert {path for path, _, no in ACTIONS if post(browsers[no], path).status_code != 403} == set()
    # Let in, and judged by what was sent, which was nothing.
    assert {path for path, yes, _ in ACTIONS if post(browsers[yes], path).status_code not in (200, 302, 400, 404, 422)} == set()


def test_nobody_gets_anywhere_without_logging_in(world: World) -> None:
    world.round()
    browser = world.client()
    for path, *_ in PAGES:
        assert browser.get(path).headers["Location"].startswith("/account/login"), path
