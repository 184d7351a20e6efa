"""The privacy scan of files, and how its findings hold up a notice until they are decided with a reason."""

import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from PIL import Image
from pypdf import PdfWriter
from sqlalchemy import select, update

from app.documents.render import render_pdf
from app.domain.errors import InvalidValues
from app.persistence.models import Nomination, PublicNotice
from app.services.selection.privacy_scan import from_json, scan_file
from tests.documents.support import MOMENT, small
from tests.services import filled
from tests.services.steps import propose, to_the_list
from tests.services.world import World, id_number

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NUMBER = id_number(2)


def workbook(change: Callable[[Workbook], object]) -> bytes:
    """Make an XLSX file of one harmless sheet and change it."""
    book = Workbook()
    book.worksheets[0].append(["姓名", "单位"])
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def photo(*, located: bool) -> bytes:
    """Make a photograph with what a telephone writes into it."""
    exif = Image.Exif()
    exif[0x0110] = "某型号手机"
    if located:
        exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def kinds(content: bytes, media_type: str) -> set[str]:
    """Return the kinds of findings in a file."""
    return {concern.kind for concern in scan_file("附件", content, media_type=media_type)}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda book: None, set()),
        (lambda book: book.worksheets[0].append(["王某", NUMBER]), {"id_number"}),
        (lambda book: book.create_sheet("底稿").append([13800138000]), {"mobile"}),
        (lambda book: setattr(book.create_sheet("底稿"), "sheet_state", "hidden"), {"hidden_sheet"}),
        (lambda book: setattr(book.worksheets[0].column_dimensions["B"], "hidden", True), {"hidden_cells"}),
        (lambda book: setattr(book.worksheets[0].row_dimensions[1], "hidden", True), {"hidden_cells"}),
        (lambda book: setattr(book.worksheets[0]["A1"], "comment", Comment("卡号4111111111111111", "甲")), {"cell_comment", "bank_card"}),
        (lambda book: setattr(book.properties, "creator", "王经办"), {"document_data"}),
    ],
)  # fmt: skip
def test_what_a_workbook_hides_is_found(change: Callable[[Workbook], object], found: set[str]) -> None:
    assert kinds(workbook(change), XLSX) == found


def test_the_text_layer_of_a_pdf_is_read() -> None:
    pdf = render_pdf(small(), {"name": f"证件{NUMBER}"}, created_at=MOMENT)
    assert kinds(pdf, "application/pdf") == {"id_number"}
    assert kinds(render_pdf(small(), {"name": "张三"}, created_at=MOMENT), "application/pdf") == set()


def test_a_pdf_without_text_or_with_a_file_inside_is_found() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("名单.xlsx", b"x")
    writer.add_metadata({"/Author": "王经办"})
    out = io.BytesIO()
    writer.write(out)
    assert kinds(out.getvalue(), "application/pdf") == {"no_text", "embedded_file", "document_data"}
    assert kinds(b"%PDF-1.7 broken", "application/pdf") == {"unreadable"}


@pytest.mark.parametrize(("located", "found"), [(True, {"position", "picture_data"}), (False, {"picture_data"})])
def test_a_photograph_says_where_and_with_what_it_was_taken(located: bool, found: set[str]) -> None:
    assert kinds(photo(located=located), "image/jpeg") == found


def draft_with_a_number(world: World) -> str:
    """Draft a notice in whose list a deed holds a number that looks like an identity; return the finding's key."""
    _, _, nominees = to_the_list(world)
    propose(world, nominees[1])
    with world.context.transaction() as tx:
        deed = update(Nomination).where(Nomination.case_id == nominees[1])
        tx.session.execute(deed.values(deed_brief=f"完成课题，课题编号{NUMBER}，成果已推广。"))
    world.do("handler", "draft_notice", {})
    [notice] = notices(world)
    [concern] = from_json(notice.findings_json)[0]
    return concern.key


def notices(world: World) -> list[PublicNotice]:
    """Return the notices of the round."""
    return list(world.all(select(PublicNotice)))


def test_a_finding_holds_the_notice_until_it_is_allowed_with_a_reason(listed: World) -> None:
    key = draft_with_a_number(listed)
    removed = {"result": "remove", "reason": "应删"}
    with pytest.raises(InvalidValues, match="没有处理"):
        listed.do("publisher", "review_notice", {**filled.PUBLISH, f"finding_{key}": removed})
    assert [row.state for row in notices(listed)] == ["draft"]
    allowed = {"result": "allow", "reason": "是课题编号，不是证件号"}
    listed.do("publisher", "review_notice", {**filled.PUBLISH, f"finding_{key}": allowed})
    [notice] = notices(listed)
    assert notice.state == "published"
    assert from_json(notice.findings_json)[1][key].reason == "是课题编号，不是证件号"
    assert NUMBER not in notice.findings_json
