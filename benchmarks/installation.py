"""A throw-away installation for a benchmark: schema, procedure, people, and cases ready to be worked on."""

from dataclasses import dataclass, field
from pathlib import Path

from app.catalog.archive import read_folder
from app.domain.actors import SYSTEM, Actor, Grant, Role
from app.persistence.models import OrgUnit, RoleGrant, User
from app.persistence.schema import upgrade_schema
from app.services.accounts import accounts
from app.services.casework import cases
from app.services.context import Context
from app.services.packages import procedures
from app.wiring import build_app, db
from benchmarks.places import PACKAGE
from config import Config

PASSWORD = "Kuai-Man-Bi-Jiao-1"


@dataclass(frozen=True)
class Installation:
    """What the clients need to know: who may log in, and which cases each of them works on."""

    version_id: int
    usernames: list[str]
    cases: dict[str, list[int]] = field(default_factory=dict)


def install(instance: Path, *, people: int, cases_each: int) -> Installation:
    """Set up a database (the one that the environment names) and start cases; every person has cases of their own."""
    app = build_app(Config.from_environment(instance))
    with app.app_context():
        upgrade_schema(db.engine)
        context: Context = app.extensions["gongjiang"]
        files = read_folder(PACKAGE, forms_folder=PACKAGE / "none")
        version_id = procedures.deploy(context, actor=SYSTEM, files=files, reason="基准测试")
        usernames = [f"handler{number}" for number in range(people)]
        actors = _people(context, usernames)
        started = {name: [_start(context, actor, version_id) for _ in range(cases_each)] for name, actor in actors.items()}
        db.engine.dispose()
    return Installation(version_id, usernames, started)


def _people(context: Context, usernames: list[str]) -> dict[str, Actor]:
    with context.transaction() as tx:
        unit = OrgUnit(kind="bureau", name="区人社局")
        tx.session.add(unit)
        tx.session.flush()
        hashed = accounts.hash_password(PASSWORD)
        users = [
            User(
                username=name,
                name=name,
                password_hash=hashed,
                unit_id=unit.id,
                created_at=tx.now,
                password_changed_at=tx.now,
                session_epoch=0,
                grants=[RoleGrant(role=Role.BUREAU_HANDLER.value, unit_id=unit.id)],
            )
            for name in usernames
        ]
        tx.session.add_all(users)
        tx.session.flush()
        grants = frozenset({Grant(Role.BUREAU_HANDLER, unit.id)})
        return {user.username: Actor(user.id, user.name, unit.id, unit.name, grants) for user in users}


def _start(context: Context, actor: Actor, version_id: int) -> int:
    with context.transaction() as tx:
        return cases.start(tx, actor=actor, version_id=version_id, kind="request", title="基准办件", variables={}).case.id
