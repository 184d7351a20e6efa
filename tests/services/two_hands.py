"""What takes two people, done by both."""

from datetime import date

from app.domain.actors import Actor
from app.services.issuing import reissues, revocations
from tests.services.world import World


def reissued(world: World, certificate_id: int, corrections: dict[str, str], *, reason: str = "印错") -> int:
    """Replace a misprint in two hands; return the new certificate."""
    reissues.ask(
        world.context, actor=world.actor("handler"), certificate_id=certificate_id, corrections=corrections, reason=reason
    )
    return confirm_reissue(world, world.actor("documents"), certificate_id)


def confirm_reissue(world: World, actor: Actor, certificate_id: int) -> int:
    """Confirm what was asked for, as the page shows it now."""
    with world.context.reading() as tx:
        asked = reissues.waiting(tx, certificate_id=certificate_id)
    return reissues.confirm(world.context, actor=actor, certificate_id=certificate_id, seen=asked.mark if asked else "")


def revoked(world: World, certificate_id: int, *, decision: str, decided_on: date, reason: str, who: str = "handler") -> None:
    """Revoke a title in two hands."""
    given = {"decision": decision, "decided_on": decided_on, "reason": reason}
    revocations.ask(world.context, actor=world.actor(who), certificate_id=certificate_id, **given)
    confirm_revocation(world, world.actor("leader"), certificate_id)


def confirm_revocation(world: World, actor: Actor, certificate_id: int) -> None:
    """Confirm what was entered, as the page shows it now."""
    with world.context.reading() as tx:
        asked = revocations.waiting(tx, certificate_id=certificate_id)
    revocations.confirm(world.context, actor=actor, certificate_id=certificate_id, seen=asked.mark if asked else "")
