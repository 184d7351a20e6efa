"""The room in which papers are rendered: pages, web pages, and batches, from deployed templates."""

from datetime import datetime
from typing import Any

import weasyprint  # noqa: F401  # what the renderer loads when it is used is loaded here once for all rooms

from app.documents.context import expected_texts, plain
from app.documents.parcels import pack_bytes, unpack_files, unpack_template
from app.documents.press import Press, Sheet
from app.documents.readback import require_texts
from app.documents.render import render_pdf
from app.documents.rooms_worker import serve
from app.documents.slots import Slot
from app.documents.webpage import web_page

MEMORY_LIMIT = 1_500_000_000  # bytes of address space


class Papers:
    """Answers the jobs of `papers_apart` and `press_apart`; a press stays open from one job to the next."""

    def __init__(self) -> None:
        self._press: Any = None

    def answer(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return what a job asks for."""
        answers = {"paper": self._paper, "page": self._page, "open": self._open, "print": self._print}
        return answers[job["kind"]](job)

    def _paper(self, job: dict[str, Any]) -> dict[str, Any]:
        template = unpack_template(job["template"])
        made = render_pdf(
            template,
            job["values"],
            created_at=datetime.fromisoformat(job["created_at"]),
            resources=unpack_files(job["resources"]),
        )
        if job["expected"] is not None:
            said = [text for _, text in expected_texts(plain(job["values"], template), template) if text not in job["resources"]]
            require_texts(made, expected=[*job["expected"], *said])
        return {"pdf": pack_bytes(made)}

    def _page(self, job: dict[str, Any]) -> dict[str, Any]:
        return {"page": web_page(unpack_template(job["template"]), job["values"])}

    def _open(self, job: dict[str, Any]) -> dict[str, Any]:
        at = datetime.fromisoformat(job["at"])
        self._press = None  # should this batch not open, nothing is printed with the fonts of the last one
        self._press = Press.for_values(unpack_template(job["template"]), job["contexts"], slot=Slot(**job["slot"]), at=at)
        return {}

    def _print(self, job: dict[str, Any]) -> dict[str, Any]:
        if self._press is None:
            return {"papers": None}
        sheets = [Sheet(values, number) for values, number in job["sheets"]]
        return {"papers": [pack_bytes(paper) for paper in self._press.print(sheets)]}


def main(idle: str) -> int:
    """Serve until there was nothing to do for `idle` seconds."""
    return serve(Papers().answer, memory=MEMORY_LIMIT, idle=float(idle))
