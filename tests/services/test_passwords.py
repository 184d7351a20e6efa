"""Changing one's own password: the old one is not to be guessed, and nothing slow happens in the transaction."""

from importlib.util import module_from_spec, spec_from_file_location

import pytest
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import InvalidValues
from app.persistence.models import User
from app.services.accounts import accounts
from tests.passwords import CHEAP
from tests.services.world import World

OLD, NEW = "Zhe-Shi-Jiu-Mima-1", "Zhe-Shi-Xin-Mima-2"


@pytest.fixture
def clerk(quick: World) -> Actor:
    """Return somebody who has a password."""
    hashed = accounts.hash_password(OLD)
    with quick.context.transaction() as tx:
        accounts.set_password(tx, tx.session.scalars(select(User).where(User.username == "clerk")).one(), hashed)
    return quick.actor("clerk")


def change(world: World, actor: Actor, old: str, new: str = NEW) -> None:
    accounts.change_password(world.context, actor=actor, old=old, new=new)


def test_a_changed_password_ends_the_other_sessions_and_is_not_taken_again(quick: World, clerk: Actor) -> None:
    [before] = quick.all(select(User.session_epoch).where(User.id == clerk.user_id))
    change(quick, clerk, OLD)
    assert quick.all(select(User.session_epoch).where(User.id == clerk.user_id)) == [before + 1]
    with pytest.raises(InvalidValues, match="最近用过"):
        change(quick, clerk, NEW, OLD)


def test_the_fifth_wrong_old_password_locks_as_at_the_login(quick: World, clerk: Actor) -> None:
    for attempt in range(accounts.MOST_FAILURES):
        with pytest.raises(InvalidValues, match="原密码不正确"):
            change(quick, clerk, f"geraten-{attempt}")
    with pytest.raises(InvalidValues, match="原密码不正确"):
        change(quick, clerk, OLD)
    quick.clock.turn(minutes=16)
    change(quick, clerk, OLD)
    assert quick.all(select(User.failed_logins).where(User.id == clerk.user_id)) == [0]


def test_nothing_is_hashed_within_a_transaction(quick: World, clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = quick.context.sessions.kw["bind"]
    held = []

    class Watched:
        """Hashes as always, and notes whether a connection is in use meanwhile."""

        def hash(self, password: str) -> str:
            held.append(engine.pool.checkedout())
            return CHEAP.hash(password)

        def verify(self, stored: str, password: str) -> bool:
            held.append(engine.pool.checkedout())
            return bool(CHEAP.verify(stored, password))

    monkeypatch.setattr(accounts, "_hasher", Watched())
    change(quick, clerk, OLD)
    assert len(held) >= 2
    assert set(held) == {0}


def test_what_is_kept_of_a_password_costs_64_mebibytes_and_three_passes_for_names_that_are_not_there_too() -> None:
    """RFC 9106, section 4, second choice. The module is loaded once more: the one in use here was made cheap."""
    found = spec_from_file_location("accounts_as_shipped", str(accounts.__file__))
    assert found is not None and found.loader is not None
    shipped = module_from_spec(found)
    found.loader.exec_module(shipped)
    kept = shipped.hash_password(NEW)
    for hashed in (kept, shipped._ABSENT):
        assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert shipped._verify(kept, NEW) and not shipped._verify(shipped._ABSENT, NEW)
