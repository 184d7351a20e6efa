"""The hash chain of the audit log: a row that is changed, removed or slipped in breaks every later one (handbook 3.6)."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS = "0" * 64
"""What the first event is chained to."""


@dataclass(frozen=True)
class ChainedEvent:
    """An event as it is stored: its number, its content and the hash that ties it to its predecessor."""

    sequence: int
    event: Mapping[str, object]
    digest: str


def canonical_json(event: Mapping[str, object]) -> bytes:
    """Return the one way to write an event: sorted keys, ASCII, no blanks. Floats and foreign types raise `TypeError`."""
    _refuse_floats(event)
    return json.dumps(event, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _refuse_floats(value: object) -> None:
    """A float does not come back from every database as it went in."""
    if isinstance(value, float):
        raise TypeError("an audit event holds no float")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("the keys of an audit event are text")
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            _refuse_floats(each)


def chain_hash(previous: str, *, event: Mapping[str, object], key: bytes) -> str:
    """Return the HMAC-SHA256 (hexadecimal) of the predecessor's digest and the event; `previous` is `GENESIS` for the first."""
    return hmac.new(key, bytes.fromhex(previous) + canonical_json(event), hashlib.sha256).hexdigest()


def verify_chain(events: Iterable[ChainedEvent], *, key: bytes, start: str = GENESIS, newest: str | None = None) -> int | None:
    """Return the number of the first event that does not fit, or None when the chain is whole.

    `start` is the digest before the first event given. `newest` is the digest of the last event as noted elsewhere: with it
    a chain whose end was cut off is found too, and the number after the last event is returned.
    """
    previous, last = start, 0
    for each in events:
        expected = chain_hash(previous, event=each.event, key=key)
        if expected != each.digest:
            return each.sequence
        previous, last = each.digest, each.sequence
    return None if newest is None or newest == previous else last + 1
