"""The order of strokes of Chinese characters, read from the input-method dictionary that the system installs.

The dictionary lists several ways to write a character; the last one is the mainland's standard form, and with it the order
of published lists comes out (domain handbook 3.8). It is installed from the distribution, never shipped with this program.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

DICTIONARY = Path("/usr/share/rime-data/stroke.dict.yaml")
SUPPLEMENT = {"𬱖": "pzhpzzhpszpn"}
"""Standard characters of recent extensions that the dictionary lacks; add one here when a name needs it."""


@cache
def load_strokes(path: Path = DICTIONARY) -> Mapping[str, str]:
    """Return the strokes (h 横, s 竖, p 撇, n 点, z 折) of each character; empty when the dictionary is not installed."""
    if not path.exists():
        return {}
    _head, _, body = path.read_text(encoding="utf-8").partition("\n...\n")
    pairs = (line.split("\t") for line in body.splitlines() if line and not line.startswith("#"))
    return {fields[0]: fields[1] for fields in pairs if len(fields) >= 2 and len(fields[0]) == 1} | SUPPLEMENT
