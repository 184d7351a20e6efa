"""The name of an uploaded file, fit to be shown, downloaded and put into an archive on any system."""

import re
import unicodedata

from app.files.magic import SUFFIXES, MediaType

MAX_NAME = 120
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def clean_file_name(name: str, *, media_type: MediaType) -> str:
    """Return the last part of the name without what is invisible or special, at most 120 characters, with the type's ending."""
    last = re.split(r"[/\\]", name[-2000:])[-1]
    seen = "".join(each for each in last if unicodedata.category(each) not in _INVISIBLE)
    plain = re.sub(r"\s+", " ", re.sub(r'[<>:"|?*]', "_", seen)).strip().rstrip(".")
    stem, suffix = split_suffix(plain)
    if suffix not in SUFFIXES[media_type]:
        stem, suffix = plain, SUFFIXES[media_type][0]
    stem = stem.strip(" .") or "附件"
    if _RESERVED.fullmatch(stem):
        stem = "_" + stem
    return stem[: MAX_NAME - len(suffix)] + suffix


def split_suffix(name: str) -> tuple[str, str]:
    """Return stem and ending (lower case, with its dot; empty when there is none; “v1.2” has none)."""
    found = re.fullmatch(r"(.*)(\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,8})", name.strip(), re.DOTALL)
    return (found.group(1), found.group(2).lower()) if found else (name, "")
