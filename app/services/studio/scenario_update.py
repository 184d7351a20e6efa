"""Scenarios after a change of the procedure: those that still go, with the new steps done by themselves, are written down anew."""

from dataclasses import dataclass

from app.domain.actors import Actor
from app.services.context import Context
from app.services.packages.scenarios import FOLDER
from app.services.studio.deployment import check_draft
from app.services.studio.drafts import save
from app.services.studio.sandbox import scenario_file
from app.services.studio.sandbox_script import walked_again
from app.services.versions.draft_view import open_draft


@dataclass(frozen=True)
class Updated:
    """The titles of the scenarios that were brought up to date, and of those that a person has to walk."""

    done: tuple[str, ...]
    left: tuple[str, ...]


def update_scenarios(context: Context, *, actor: Actor, draft_id: int) -> Updated:
    """Walk the scenarios of a draft that fail again, and save those that come to their end by themselves.

    One revision of the draft is written, or none. A new step in which something has to be chosen is left to a person, as is
    everything while the gate has other errors: no scenario is played then.
    """
    opened = open_draft(context, actor=actor, draft_id=draft_id)
    report = check_draft(context, actor=actor, draft_id=draft_id)
    changes: dict[str, bytes | None] = {}
    done, left = [], []
    for result in report.scenarios if report.procedure is not None else ():
        if result.passed or report.procedure is None:
            continue
        path = f"{FOLDER}{result.name}.json"
        walked = walked_again(context.registry, report.procedure, result.name)
        if walked is None:
            left.append(result.title)
            continue
        changes[path] = scenario_file(walked, title=result.title, before=opened.files[path])
        done.append(result.title)
    if changes:
        save(context, actor=actor, draft_id=draft_id, expected=opened.revision, changes=changes)
    return Updated(tuple(done), tuple(left))
