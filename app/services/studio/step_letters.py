"""A step's own letter: what goes out, in the place of the usual one, when new work comes to that step."""

import re
from collections.abc import Mapping

from app.domain.errors import DomainError
from app.notify.messages import house_text
from app.services.packages.package_letters import FOLDER

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")


def first_letter(files: Mapping[str, bytes], *, step: str, title: str) -> tuple[str, bytes]:
    """Return the path and the first text of a step's own letter: the usual one of the package, or else the house's.

    Raises `DomainError` (letter.step) for an id that cannot become the name of a file.
    """
    if _ID.fullmatch(step) is None:
        raise DomainError("letter.step", "这一步的编号含有不能用作文件名的字符。请先在“说明和编号”中改成英文字母、数字和下划线。")
    usual = files.get(f"{FOLDER}todo.txt", b"").decode("utf-8-sig", "replace") or house_text("todo") or ""
    subject, _, body = usual.partition("\n")
    name = title.strip().replace("{", "").replace("}", "").replace("\n", "")
    return f"{FOLDER}{step}.txt", f"{subject.replace('{step}', name) if name else subject}\n{body}".encode()
