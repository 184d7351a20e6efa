"""The hash chain of the audit log: a row that is changed, removed or slipped in breaks every later one (handbook 3.6)."""

import hashlib
import hmac
import json
from collections.abc import Mapping

GENESIS = "0" * 64
"""What the first event is chained to."""


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
