"""What must be decided before something is published: the findings of a privacy scan (domain handbook 1.11, 3.4)."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.identifiers import half_width
from app.domain.masking import mask_bank, mask_id, mask_phone, scan_text

ConcernKind = Literal[
    "id_number", "mobile", "bank_card", "hidden_sheet", "hidden_cells", "cell_comment", "position", "picture_data",
    "document_data", "embedded_file", "no_text", "unreadable",
]  # fmt: skip

CONCERN_TITLES: Mapping[ConcernKind, str] = {
    "id_number": "身份证号码",
    "mobile": "手机号码",
    "bank_card": "银行卡号",
    "hidden_sheet": "隐藏的工作表",
    "hidden_cells": "隐藏的行或列",
    "cell_comment": "单元格批注",
    "position": "照片拍摄位置",
    "picture_data": "照片中的设备或时间信息",
    "document_data": "文件属性中的作者信息",
    "embedded_file": "嵌入的其他文件",
    "no_text": "没有文字层，系统看不到内容",
    "unreadable": "打不开，系统看不到内容",
}
"""What a finding is called."""

_MASKS = {"id_number": mask_id, "mobile": mask_phone, "bank_card": mask_bank}


@dataclass(frozen=True)
class Concern:
    """Something that may not be published as it is: where it stands, what it is, and what may be shown of it.

    `mark` tells two numbers with the same mask apart, and does not tell them to anybody without the house's key.
    """

    place: str
    kind: ConcernKind
    shown: str = ""
    mark: str = ""

    @property
    def key(self) -> str:
        """The same for the same finding whenever it is looked for."""
        return hashlib.sha256(f"{self.place}\t{self.kind}\t{self.shown}\t{self.mark}".encode()).hexdigest()[:12]

    @property
    def sentence(self) -> str:
        """Say what was found and where, without repeating it."""
        return f"{self.place}：{CONCERN_TITLES[self.kind]}{f'（{self.shown}）' if self.shown else ''}"


@dataclass(frozen=True)
class Verdict:
    """What the second person decided about a finding, and why."""

    allowed: bool
    reason: str


def concerns_in(text: str, *, place: str, secret: bytes) -> list[Concern]:
    """Return the full numbers in a text, each once; shown by their masks only. `secret` is the house's key for their marks."""
    found: dict[str, Concern] = {}
    for finding in scan_text(text):
        digits = "".join(char for char in half_width(text[finding.start : finding.end]) if char.isalnum())
        mark = hmac.new(secret, digits.encode(), "sha256").hexdigest()[:12]
        concern = Concern(place, finding.kind, _MASKS[finding.kind](digits), mark)
        found.setdefault(concern.key, concern)
    return list(found.values())


def unsettled(concerns: Iterable[Concern], *, verdicts: Mapping[str, Verdict]) -> Sequence[Concern]:
    """Return the findings that still stand in the way: not decided, decided without a reason, or to be removed."""
    return [
        concern
        for concern in concerns
        if not (verdict := verdicts.get(concern.key)) or not verdict.allowed or not verdict.reason.strip()
    ]
