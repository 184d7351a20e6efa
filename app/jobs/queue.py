"""The queue (Huey) and its jobs. What has to be done is in the database; the queue only says that now is the time."""

import logging
from collections.abc import Callable

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from app.services import outbox, reminders
from app.services.casework import attachments, deadlines, work_items
from app.services.context import Context
from app.services.issuing import batches
from app.services.selection import follow_ups
from app.services.studio import migration

_log = logging.getLogger(__name__)
_Job = Callable[[Context], int]

NAME = "gongjiang"
QUEUE = "gongjiang.queue"
"""The key under which `app.extensions` holds the queue, for the process that works it off."""


def make_queue(url: str, context: Context) -> Huey:
    """Open the queue at a file path, `redis://…` or `postgresql://…` and register the jobs on it."""
    if url.startswith(("redis://", "rediss://")):
        queue: Huey = RedisHuey(NAME, url=url)
    elif url.startswith("postgresql://"):
        queue = PostgresHuey(NAME, dsn=url)
    else:
        queue = SqliteHuey(NAME, filename=url)

    @queue.task(name="deliver")
    def deliver() -> None:
        outbox.deliver_pending(context)
        batches.run_unfinished(context)

    @queue.periodic_task(crontab(minute="*"), name="tick")
    def tick() -> None:
        work_off(context)

    queue.deliver = deliver
    return queue


_COUNTED: tuple[_Job, ...] = (deadlines.fire_due, outbox.deliver_pending, batches.run_unfinished)
_JOBS: tuple[_Job, ...] = (
    deadlines.fire_due, deadlines.sweep_barriers, work_items.sweep_drafts, attachments.sweep_leftovers, migration.run_unfinished,
    reminders.tell_new, reminders.tell_due, follow_ups.remind, outbox.deliver_pending, outbox.sweep, batches.run_unfinished,
)  # fmt: skip


def work_off(context: Context) -> int:
    """Do all that is due now: timers, barriers, drafts, leftovers, migrations, letters, outbox, certificates. Returns how much was done.

    What fails holds up nothing else; the first error is raised when all the rest is done.
    """
    done, errors = 0, []
    for job in _JOBS:
        try:
            count = job(context)
        except Exception as error:  # noqa: BLE001  # raised below
            _log.exception("the tick's %s failed", job)
            errors.append(error)
        else:
            done += count if job in _COUNTED else 0
    if errors:
        raise errors[0]
    return done


def waker(queue: Huey) -> Callable[[], None]:
    """Return what tells the workers to look into the outbox at once; without it they look once a minute."""
    return lambda: queue.deliver()
