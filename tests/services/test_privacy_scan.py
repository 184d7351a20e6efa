"""The privacy scan of files, and how its findings hold up a notice until they are decided with a reason."""

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as Drawing
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from sqlalchemy import select, update

from app.documents.disclosure import parts_of
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
XMP = f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject>{NUMBER}</dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()


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
    return {concern.kind for concern in scan_file("附件", content, media_type=media_type, secret=b"k", read=parts_of)}


def written(text: str) -> bytes:
    """Make a PDF of one page with a line."""
    return render_pdf(small(), {"name": text}, created_at=MOMENT)


def changed(change: Callable[[PdfWriter], object]) -> bytes:
    """Make a harmless PDF and change it."""
    writer = PdfWriter(clone_from=io.BytesIO(written("张三")))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


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
        (lambda book: setattr(book.properties, "lastModifiedBy", "王经办"), {"document_data"}),
        (lambda book: setattr(book.properties, "title", f"名单{NUMBER}"), {"id_number"}),
        (lambda book: book.worksheets[0].append([NUMBER[:6], NUMBER[6:14], NUMBER[14:]]), {"id_number"}),
        (lambda book: book.worksheets[0].append([f'="{NUMBER}"&""']), {"id_number"}),
        (lambda book: setattr(book.worksheets[0], "title", "13800138000"), {"mobile"}),
        (lambda book: setattr(book.worksheets[0].oddHeader.left, "text", "电话13800138000"), {"mobile"}),
        (lambda book: book.defined_names.add(DefinedName("联系", attr_text='"13800138000"')), {"mobile"}),
        (lambda book: book.worksheets[0].add_data_validation(DataValidation(type="list", formula1='"13800138000,无"', sqref="C1")), {"mobile"}),
        (lambda book: book.worksheets[0].add_image(Drawing(io.BytesIO(photo(located=True)))), {"position", "picture_data"}),
        (lambda book: book.worksheets[0].append([95, 88, 92, 13, 15, 20]), set()),
    ],
)  # fmt: skip
def test_what_a_workbook_hides_is_found(change: Callable[[Workbook], object], found: set[str]) -> None:
    assert kinds(workbook(change), XLSX) == found


def test_the_text_layer_of_a_pdf_is_read() -> None:
    pdf = render_pdf(small(), {"name": f"证件{NUMBER}"}, created_at=MOMENT)
    assert kinds(pdf, "application/pdf") == {"id_number"}
    assert kinds(written("张三"), "application/pdf") == set()
    assert kinds(written("1 3 8 0 0 1 3 8 0 0 0"), "application/pdf") == {"mobile"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda pdf: None, set()),
        (lambda pdf: pdf.add_blank_page(100, 100), {"no_text"}),  # a scanned page among pages with text
        (lambda pdf: pdf.add_outline_item(title=f"证件{NUMBER}", page_number=0), {"id_number"}),
        (lambda pdf: pdf.add_metadata({"/Keywords": NUMBER}), {"id_number"}),
        (lambda pdf: setattr(pdf, "xmp_metadata", XMP), {"id_number"}),
        (lambda pdf: pdf.add_annotation(0, FreeText(text="13800138000", rect=(9, 9, 99, 99))), {"mobile"}),
        (lambda pdf: pdf.add_attachment("名单.xlsx", b"x"), {"embedded_file"}),
    ],
)
def test_what_a_pdf_says_beside_its_pages_is_found(change: Callable[[PdfWriter], object], found: set[str]) -> None:
    assert kinds(changed(change), "application/pdf") == found


def test_a_file_is_read_apart_and_one_that_breaks_its_reader_is_a_finding() -> None:
    found = scan_file("附件", written(f"证件{NUMBER}"), media_type="application/pdf", secret=b"k")
    assert [(each.kind, each.place) for each in found] == [("id_number", "附件“附件”第1页")]
    assert [each.kind for each in scan_file("附件", bomb(), media_type=XLSX, secret=b"k")] == ["unreadable"]


def bomb() -> bytes:
    """Make a workbook whose member unpacks to three hundred megabytes."""
    out = io.BytesIO(workbook(lambda book: None))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/drawings/drawing9.xml", "w") as member,
    ):
        for _ in range(300):
            member.write(b" " * 1_000_000)
    return out.getvalue()


def test_a_pdf_without_text_or_with_a_file_inside_is_found() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("名单.xlsx", b"x")
    writer.add_metadata({"/Author": "王经办"})
    out = io.BytesIO()
    writer.write(out)
    assert kinds(out.getvalue(), "application/pdf") == {"no_text", "embedded_file", "document_data"}
    assert kinds(b"%PDF-1.7 broken", "application/pdf") == {"unreadable"}


def test_what_else_a_picture_carries_is_found() -> None:
    spoken = Image.Exif()
    spoken.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + NUMBER.encode()
    spoken[0x9C9C] = "电话13800138000".encode("utf-16-le")
    out, told = io.BytesIO(), PngInfo()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=spoken)
    assert kinds(out.getvalue(), "image/jpeg") == {"picture_data", "id_number", "mobile"}
    plain = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(plain, "JPEG", progressive=True)
    assert kinds(plain.getvalue(), "image/jpeg") == set()
    assert kinds(plain.getvalue() + photo(located=True), "image/jpeg") == {"embedded_file"}
    told.add_text("Title", f"证件{NUMBER}")
    png = io.BytesIO()
    Image.new("RGB", (8, 8)).save(png, "PNG", pnginfo=told)
    assert kinds(png.getvalue(), "image/png") == {"picture_data", "id_number"}
    assert kinds(png.getvalue()[:-30], "image/png") >= {"unreadable"}


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
