"""Saving files of a draft, which several people and several windows have open at once."""

from collections.abc import Mapping

from app.services.studio import drafts
from app.services.studio.drafts import StaleDraft
from app.web.house import context
from app.web.identity import current_actor

_TRIES = 5


def save_file(draft_id: int, *, revision: int, file: str, content: bytes | None, automatic: bool = False) -> int:
    """Save a file (None takes it away) on top of the revision that its writer had; return the new revision, as `save_files` does."""
    return save_files(draft_id, revision=revision, changes={file: content}, automatic=automatic)


def save_files(draft_id: int, *, revision: int, changes: Mapping[str, bytes | None], automatic: bool = False) -> int:
    """Save files on top of the revision that their writer had; return the new revision.

    What others saved meanwhile is in the way only when it touched the same files: `StaleDraft` then, and nothing is written.
    """
    for _ in range(_TRIES):
        try:
            return drafts.save(
                context(), actor=current_actor(), draft_id=draft_id, expected=revision, changes=changes, automatic=automatic
            )
        except StaleDraft as error:
            if error.comparison.both or error.comparison.revision <= revision:
                raise
            revision, last = error.comparison.revision, error
    raise last
