"""Characters that nobody can see and no database of ours keeps (U+0000 above all), in what a package says."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from app.domain.toml_texts import read_toml

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Written out as such or escaped, as JSON and TOML do: most files have neither, and need not be read again.
_TRACE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\\u00[01]|\\U000000[01]|\\[bf]")
_READERS: dict[str, Callable[[str], Any]] = {".json": json.loads, ".toml": read_toml, ".txt": str}


def has_control(path: str, content: bytes) -> bool:
    """Tell whether a text file of a package holds control characters other than ends of lines and tabs.

    False for files of other kinds and for those that cannot be read, which other rules tell.
    """
    reader = _READERS.get(path[path.rfind(".") :])
    if reader is None or _TRACE.search(content) is None:
        return False
    try:
        return any(_CONTROL.search(text) for text in _texts(reader(content.decode("utf-8-sig"))))
    except (ValueError, RecursionError, tomllib.TOMLDecodeError):
        return False


def _texts(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            stack.extend([*one.keys(), *one.values()])
        elif isinstance(one, list):
            stack.extend(one)
