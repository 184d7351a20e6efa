"""Saving one file of a draft, which several people and several windows have open at once."""

from app.services.studio import drafts
from app.services.studio.drafts import StaleDraft
from app.web.house import context
from app.web.identity import current_actor

_TRIES = 5


def save_file(draft_id: int, *, revision: int, file: str, content: bytes | None, automatic: bool = False) -> int:
    """Save a file (None takes it away) on top of the revision that its writer had; return the new revision.

    What others saved meanwhile is in the way only when it touched the same file: `StaleDraft` then, and nothing is written.
    """
    for _ in range(_TRIES):
        try:
            return drafts.save(
                context(),
                actor=current_actor(),
                draft_id=draft_id,
                expected=revision,
                changes={file: content},
                automatic=automatic,
            )
        except StaleDraft as error:
            if file in error.comparison.both or error.comparison.revision <= revision:
                raise
            revision, last = error.comparison.revision, error
    raise last
