"""What takes two people, done by both."""

from app.services.issuing import reissues
from tests.services.world import World


def reissued(world: World, certificate_id: int, corrections: dict[str, str], *, reason: str = "印错") -> int:
    """Replace a misprint in two hands; return the new certificate."""
    reissues.ask(
        world.context, actor=world.actor("handler"), certificate_id=certificate_id, corrections=corrections, reason=reason
    )
    return reissues.confirm(world.context, actor=world.actor("documents"), certificate_id=certificate_id)
