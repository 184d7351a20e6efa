"""Files that strangers send to the page of verification, made to keep the server busy."""

import io
import time
from contextlib import ExitStack

import pytest

from app.web.public.verification import BUSY, file_place
from tests.web_rounds.world import World


def file_of(objects: list[bytes]) -> bytes:
    """Return a PDF of these objects, the first its catalogue."""
    pdf, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return pdf + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def branching(levels: int) -> bytes:
    """Return a PDF whose form has two to the power of `levels` fields, each level written down once."""
    forks = [b"<</T(a)/Kids[%d 0 R %d 0 R]>>" % (number, number) for number in range(3, levels + 3)]
    return file_of([b"<</Type/Catalog/AcroForm<</Fields[2 0 R]/SigFlags 3>>>>", *forks, b"<</FT/Sig/T(s)/ByteRange[0 1 2 3]>>"])


def test_a_kilobyte_does_not_keep_the_server_busy_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.documents.signatures_apart.TIME_LIMIT", 0.2)  # no longer than the test has to wait for
    browser, bomb, begun = world.client(), branching(60), time.process_time()
    answer = browser.post("/public/verify", data={"file": (io.BytesIO(bomb), "证书.pdf")})
    assert len(bomb) < 6_000
    assert (answer.status_code, "文件被改动过" in answer.get_data(as_text=True)) == (200, True)
    assert time.process_time() - begun < 2  # what reads the file is not this process, and has an end


def test_only_so_many_files_are_examined_at_once_and_the_others_are_asked_to_come_again(world: World) -> None:
    browser, signed = world.client(), file_of([b"<</Type/Catalog/ByteRange[0 1 2 3]>>"])

    def ask() -> tuple[int, bool]:
        answer = browser.post("/public/verify", data={"file": (io.BytesIO(signed), "证书.pdf")})
        return answer.status_code, BUSY in answer.get_data(as_text=True)

    with world.app.app_context(), ExitStack() as busy:
        for _ in range(2):
            busy.enter_context(file_place(world.app))
        assert ask() == (503, True)
    assert ask() == (200, False)
