"""What a file says beyond what is seen of it: the text of all pages and cells, hidden parts, what travels along."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

MAX_CELLS = 200_000
"""More cells are no list for the public."""
MAX_UNPACKED = 200_000_000  # bytes of all members of a workbook
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of an XLSX file."""
APART = "\n|\n"
"""Between texts that do not belong together: digits on both sides make no number."""
_AUTHOR = ("/Author", "/Creator", "/Manager", "/Company")
_OF_THE_FORMAT = ("xl/styles.xml", "xl/theme/", "xl/calcChain.xml", "xl/sharedStrings.xml", "[Content_Types].xml", "_rels/")
_FOREIGN = ("xl/embeddings/", "xl/activeX/", "xl/vbaProject", "xl/externalLinks/", "xl/customData/")


@dataclass(frozen=True)
class Part:
    """A piece of a file: where it stands, what it says, or (with `concealed`) what kind of thing travels along unseen.

    `picture` is a JPEG or PNG that lies within the file, with whatever the camera wrote into it.
    """

    place: str
    text: str = ""
    concealed: str = ""
    picture: bytes = b""


def parts_of(content: bytes, *, media_type: str) -> Iterator[Part]:
    """Yield what a PDF or XLSX file says and conceals; nothing for a picture. A file that cannot be read is one concealed part."""
    from pypdf.errors import PyPdfError  # slow import: pypdf

    readers = {"application/pdf": _pdf, SHEETS: _workbook}
    if media_type in readers:
        try:
            yield from readers[media_type](content)
        # A stranger's file can fail in any of the parsers' ways; whatever it is, a person has to look at it.
        except (
            PyPdfError,
            zipfile.BadZipFile,
            etree.Error,
            LookupError,
            ValueError,
            TypeError,
            AttributeError,
            OSError,
            RecursionError,
        ):
            yield Part("", concealed="unreadable")


def _pdf(content: bytes) -> Iterator[Part]:
    from pypdf import PdfReader  # slow import: pypdf

    reader = PdfReader(io.BytesIO(content))
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        yield Part(f"第{number}页", text, concealed="" if text.strip() else "no_text")
        for annotation in page.get("/Annots") or ():
            said = annotation.get_object()
            yield Part(
                f"第{number}页的批注", APART.join(str(said[key]) for key in ("/Contents", "/RC", "/V", "/DV") if key in said)
            )
        yield from _photographs(page, f"第{number}页的图片")
    fields = reader.get_fields() or {}
    yield Part("的表单", APART.join(str(field.get(key, "")) for field in fields.values() for key in ("/V", "/DV")))
    yield Part("的书签", APART.join(_titles(reader.outline)))
    if reader.attachments:
        yield Part("、".join(sorted(reader.attachments))[:60], concealed="embedded_file")
    told: Mapping[str, Any] = reader.metadata or {}
    described = reader.trailer["/Root"].get("/Metadata")
    xmp = described.get_object().get_data().decode("utf-8", "replace") if described is not None else ""
    yield Part("的文件属性", APART.join([*(str(value) for value in told.values()), xmp]))
    if told.get("/Author"):
        yield Part("、".join(str(told[key]) for key in _AUTHOR if told.get(key))[:60], concealed="document_data")


def _photographs(page: Any, place: str) -> Iterator[Part]:
    """Yield the pictures of a page that stand in it as a camera made them."""
    for drawn in (page.get("/Resources") or {}).get("/XObject", {}).values():
        one = drawn.get_object()
        if one.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            yield Part(place, picture=one.get_data())


def _titles(outline: Iterable[Any]) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _titles(entry)
        else:
            yield str(entry.title)


def _workbook(content: bytes) -> Iterator[Part]:
    yield from _cells(content)
    yield from _beside_the_cells(content)


def _cells(content: bytes) -> Iterator[Part]:
    from openpyxl import load_workbook  # slow import: openpyxl

    book, seen = load_workbook(io.BytesIO(content), data_only=True), 0
    for page in book.worksheets:
        if page.sheet_state != "visible":
            yield Part(page.title, concealed="hidden_sheet")
        if _hides(page):
            yield Part(page.title, concealed="hidden_cells")
        lines = []
        for row in page.iter_rows():
            seen += len(row)
            if seen > MAX_CELLS:
                raise ValueError("too many cells")
            for cell in row:
                if cell.comment is not None:
                    yield Part(f"{page.title} {cell.coordinate}", cell.comment.text, concealed="cell_comment")
            # Neighbours in a row may be pieces of one number.
            lines.append(" ".join(str(cell.value) for cell in row if cell.value is not None))
        yield Part(f"工作表“{page.title}”", APART.join(lines))
    people = [name for name in (book.properties.creator, book.properties.lastModifiedBy) if name and name != "openpyxl"]
    if people:
        yield Part("、".join(dict.fromkeys(people))[:60], concealed="document_data")


def _beside_the_cells(content: bytes) -> Iterator[Part]:
    """Yield what the members of the archive say beside cells: headers, text boxes, names, rules of entry, formulas, properties."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
            raise ValueError("too large when unpacked")
        for name in archive.namelist():
            if name.startswith(_FOREIGN):
                yield Part(name.rpartition("/")[2][:60], concealed="embedded_file")
            elif name.startswith("xl/media/") and name.lower().endswith((".jpg", ".jpeg", ".png")):
                yield Part("中的图片", picture=archive.read(name))
            elif name.endswith((".xml", ".vml")) and not any(part in name for part in _OF_THE_FORMAT):
                yield Part(f"的其他内容（{name.rpartition('/')[2]}）", _words(archive.read(name), name))


def _words(data: bytes, name: str) -> str:
    """Return the texts of a member; in a drawing the runs of a line belong together. Values of cells are read elsewhere."""
    tree = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, recover=name.endswith(".vml")))
    texts = [
        "".join(node.itertext()) if etree.QName(node).localname == "p" else node.text or ""
        for node in tree.iter("*")
        if etree.QName(node).localname not in ("v", "t")
    ]
    titles = [str(node.get("name")) for node in tree.iter("*") if node.get("name")]
    return APART.join(text for text in (*texts, *titles) if text.strip())


def _hides(page: Any) -> bool:
    return any(row.hidden for row in page.row_dimensions.values()) or any(
        column.hidden for column in page.column_dimensions.values()
    )
