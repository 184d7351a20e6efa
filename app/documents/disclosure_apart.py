"""What strangers' files conceal is looked for apart: a small file can keep its reader busy, or unpack to gigabytes."""

import base64
import json

from app.documents.apart import run_apart
from app.documents.disclosure import Part

TIME_LIMIT = 30.0
WORKER = "app.documents.disclosure_worker"


def parts_apart(content: bytes, *, media_type: str) -> list[Part]:
    """Return what `parts_of` says of a file; one that breaks the limits of time or memory is one concealed part, unreadable.

    Starts a child process and ends it. Writes nothing.
    """
    said = run_apart(WORKER, media_type.encode() + b"\n" + content, time_limit=TIME_LIMIT)
    if said is None:
        return [Part("", concealed="unreadable")]
    return [Part(place, text, concealed, base64.b64decode(picture)) for place, text, concealed, picture in json.loads(said)]
