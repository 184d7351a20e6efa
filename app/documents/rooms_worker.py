"""The inside of a room: takes jobs from standard input and answers them, under a limit of memory and two alarms for each job.

What hangs in a room is a loop: the seconds of a job are those of the processor, so that one that waits for its turn on a busy
machine does not count as hanging. The clock ends it all the same when it has taken much longer.
"""

import gc
import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from app.documents.apart import limit_memory
from app.documents.faults import TemplateFault
from app.domain.errors import DomainError

OUT_OF_MEMORY = 3
PATIENCE = 5
"""So many times its seconds may a job take by the clock."""


def serve(answer: Callable[[Any], dict[str, Any]], *, memory: int, idle: float) -> int:
    """Answer jobs until the input ends, or until there was none for `idle` seconds since the last one (0: for ever).

    `memory` in bytes of address space. Returns the status of the process. A job that takes too long ends the process by an alarm.
    """
    limit_memory(memory)
    # A page is some hundred thousand objects that end together: searching for garbage among them every 700 takes a thirtieth of the time.
    gc.set_threshold(50_000, 20, 50)
    # What anything in here prints must not stand among the answers.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    patience = None  # whoever opens a room has a job for it, however long a busy machine takes to bring it
    while select.select([sys.stdin.fileno()], [], [], patience)[0]:
        patience = idle or None
        line = sys.stdin.buffer.readline()
        if not line:
            break
        asked = json.loads(line)
        _set_alarms(asked["seconds"])
        try:
            said = _said(answer, asked["job"])
        except MemoryError:
            return OUT_OF_MEMORY
        _set_alarms(0)
        out.write(json.dumps(said).encode() + b"\n")
        out.flush()
    return 0


def _set_alarms(seconds: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * PATIENCE)


def _said(answer: Callable[[Any], dict[str, Any]], job: Any) -> dict[str, Any]:
    try:
        return {"said": answer(job)}
    except DomainError as error:
        place = {"file": error.file, "line": error.line} if isinstance(error, TemplateFault) else {"file": "", "line": 0}
        return {"refused": {"code": error.code, "message": error.message, **place}}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # a bug is told to whoever asked, who raises it there
        return {"bug": traceback.format_exc()}
