"""Papers in their final form may be archived: signed ones too; and the checker that says so finds what it is there to find."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, NameObject, NumberObject, RectangleObject

from app.documents.drafts import as_draft
from app.documents.render import render_pdf
from app.documents.signatures import sign_pdf
from tests.documents.archive import breaches
from tests.documents.support import MOMENT, fonts, paper, shipped
from tests.documents.test_press import printed
from tests.documents.test_signing import credential


@pytest.mark.parametrize("at", [0, 1, -1])
def test_a_certificate_of_a_batch_may_be_archived(at: int) -> None:
    assert breaches(printed()[at]) == []


@pytest.mark.parametrize("name", ["certificate", "certificate-plain"])
def test_a_certificate_made_alone_may_be_archived(name: str) -> None:
    assert breaches(paper(name)) == []


def test_a_paper_stays_archivable_when_it_is_signed() -> None:
    once = sign_pdf(paper("request"), credential=credential(), reason="制发文书", at=MOMENT)
    assert breaches(paper("request")) == breaches(once) == []
    assert once.startswith(paper("request")), "a signature is an update; what was there stays"
    before, after = (PdfReader(io.BytesIO(pdf)).trailer["/ID"] for pdf in (paper("request"), once))
    assert before[0] == after[0]


def changed(change: Callable[[Any], object]) -> bytes:
    """Return a paper that something was done to."""
    writer = PdfWriter(clone_from=io.BytesIO(paper("request")))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def annotation(**entries: Any) -> Callable[[Any], object]:
    """Return what puts an annotation on the first page."""
    made = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Rect"): RectangleObject((0, 0, 9, 9))})
    made.update({NameObject(f"/{key}"): value for key, value in entries.items()})
    return lambda writer: writer.pages[0].__setitem__(NameObject("/Annots"), ArrayObject([made]))


def inner_font(writer: Any) -> Any:
    """Return the inside of a font."""
    [first, *_] = writer.pages[0]["/Resources"]["/Font"].values()
    return first.get_object()["/DescendantFonts"][0].get_object()


BROKEN: dict[str, Callable[[Any], object]] = {
    "6.1.3 encrypted": lambda writer: writer.encrypt("x", algorithm="RC4-128"),
    "6.4 scripts": lambda writer: writer.root_object.update(
        {NameObject("/Names"): DictionaryObject({NameObject("/JavaScript"): DictionaryObject()})}
    ),
    "6.8 a file": lambda writer: writer.add_attachment("a.txt", b"x"),
    "6.2.3 no output intent": lambda writer: writer.root_object.__delitem__("/OutputIntents"),
    "6.6.2.1 no metadata": lambda writer: writer.root_object.__delitem__("/Metadata"),
    "6.6.3 /Title": lambda writer: writer.add_metadata({"/Title": "另一个"}),
    "no language": lambda writer: writer.root_object.__delitem__("/Lang"),
    "6.3.2 an annotation that is not printed": annotation(Subtype=NameObject("/Link")),
    "6.3.3 an annotation that is seen": annotation(Subtype=NameObject("/Widget"), F=NumberObject(4)),
    "6.3.1 a kind": annotation(Subtype=NameObject("/Movie"), F=NumberObject(4)),
    "6.2.11.4.1 not embedded": lambda writer: inner_font(writer)["/FontDescriptor"].get_object().pop("/FontFile3"),
    "6.2.11.5 the width": lambda writer: inner_font(writer).update(
        {NameObject("/DW"): NumberObject(700), NameObject("/W"): ArrayObject()}
    ),
    "6.5 something": lambda writer: writer.root_object.update({NameObject("/OpenAction"): ArrayObject()}),
    "6.4.1 a form": lambda writer: writer.root_object.update(
        {NameObject("/AcroForm"): DictionaryObject({NameObject("/NeedAppearances"): BooleanObject(True)})}
    ),
}


@pytest.mark.parametrize("clause", BROKEN)
def test_the_checker_finds(clause: str) -> None:
    assert any(clause in found for found in breaches(changed(BROKEN[clause])))


@pytest.mark.parametrize(
    ("old", "new", "clause"),
    [
        (rb"%PDF-1\.7", b"%PDF-2.0", "6.1.2"),
        (rb"\Z", b"more", "6.1.3"),
        (rb"/Length (\d)", rb"/Length 1\1", "6.1.7.1"),
    ],
)
def test_the_checker_finds_what_is_wrong_in_the_bytes(old: bytes, new: bytes, clause: str) -> None:
    pdf = re.sub(old, new, printed()[0], count=1)
    assert any(found.startswith(clause) for found in breaches(pdf))


def test_a_draft_may_be_archived_as_well() -> None:
    template, values = as_draft(shipped("request"), shipped("request").sample)
    assert breaches(render_pdf(template, values, created_at=MOMENT, fonts=fonts())) == []
