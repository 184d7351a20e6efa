"""How often one address may do something in a while, remembered by this process alone.

With several processes the bound is a multiple; it is there to stop scripts that try codes, not to count people.
"""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
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

    def is_full(self, purpose: str, *, address: str, now: datetime, most: int, within: timedelta) -> bool:
        """Tell whether the address has done this too often; counts nothing."""
        with self._lock:
            times = self._seen.get((purpose, address), deque())
            while times and now - times[0] >= within:
                times.popleft()
            return len(times) >= most

    def count(self, purpose: str, *, address: str, now: datetime) -> None:
        """Count one more time."""
        with self._lock:
            self._seen.setdefault((purpose, address), deque()).append(now)
            self._seen.move_to_end((purpose, address))
            while len(self._seen) > _MOST_ADDRESSES:
                self._seen.popitem(last=False)


def limit(purpose: str, *, most: int, minutes: int) -> None:
    """Count the request, and end it with 429 when its address has done this too often."""
    refuse_flood(purpose, most=most, minutes=minutes)
    count(purpose)


def refuse_flood(purpose: str, *, most: int, minutes: int) -> None:
    """End the request with 429 when its address has been counted too often, e.g. for failures; counts nothing itself."""
    if _limiter().is_full(purpose, address=_address(), now=context().clock(), most=most, within=timedelta(minutes=minutes)):
        abort(429)


def count(purpose: str) -> None:
    """Count the request's address once more."""
    _limiter().count(purpose, address=_address(), now=context().clock())


def _limiter() -> Limiter:
    return cast(Limiter, current_app.extensions.setdefault(_KEY, Limiter()))


def _address() -> str:
    """Return whose request it is: of an IPv6 address the network, since whoever has one has all of its 2⁶⁴ addresses."""
    given = request.remote_addr or ""
    try:
        address = ip_address(given.partition("%")[0])
    except ValueError:
        return given
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((int(address), 64), strict=False))
    return str(address)
