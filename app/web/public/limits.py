"""How often one address may do something in a while, remembered by this process alone.

With several processes the bound is a multiple; it is there to stop scripts that try codes, not to count people.
"""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import cast

from flask import abort, current_app, request

from app.web.house import context

_KEY = "gongjiang.limits"
_MOST_ADDRESSES = 20_000


class Limiter:
    """A sliding window for each address and purpose; those that were quiet the longest are forgotten first."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, purpose: str, *, address: str, now: datetime, most: int, within: timedelta) -> bool:
        """Count one more time, and tell whether that is still allowed."""
        with self._lock:
            times = self._seen.setdefault((purpose, address), deque())
            self._seen.move_to_end((purpose, address))
            while len(self._seen) > _MOST_ADDRESSES:
                self._seen.popitem(last=False)
            while times and now - times[0] >= within:
                times.popleft()
            if len(times) >= most:
                return False
            times.append(now)
            return True


def limit(purpose: str, *, most: int, minutes: int) -> None:
    """End the request with 429 when its address has done this too often."""
    limiter = cast(Limiter, current_app.extensions.setdefault(_KEY, Limiter()))
    address, now = request.remote_addr or "", context().clock()
    if not limiter.allow(purpose, address=address, now=now, most=most, within=timedelta(minutes=minutes)):
        abort(429)
