"""The queue (Huey) and its jobs. What has to be done is in the database; the queue only says that now is the time."""

from collections.abc import Callable

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from app.services import outbox, reminders
from app.services.casework import attachments, deadlines, work_items
from app.services.context import Context
from app.services.issuing import batches
from app.services.selection import follow_ups
from app.services.studio import migration

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


def work_off(context: Context) -> int:
    """Do all that is due now: timers, barriers, drafts, leftovers, letters, outbox, migrations, certificates. Returns how much was done."""
    fired = deadlines.fire_due(context)
    deadlines.sweep_barriers(context)
    work_items.sweep_drafts(context)
    attachments.sweep_leftovers(context)
    migration.run_unfinished(context)
    reminders.tell_new(context)
    reminders.tell_due(context)
    follow_ups.remind(context)
    delivered = outbox.deliver_pending(context)
    outbox.sweep(context)
    return fired + delivered + batches.run_unfinished(context)


def waker(queue: Huey) -> Callable[[], None]:
    """Return what tells the workers to look into the outbox at once; without it they look once a minute."""
    return lambda: queue.deliver()
