"""What template authors could put into papers and pages that leave the house."""

import pytest

from app.documents.faults import TemplateFault
from app.documents.pictures import check_picture
from app.documents.templates import Template, read_files, template_from_files
from app.documents.webpage import web_page
from tests.web_rounds.world import ROOT

DRAWING = '<?xml version="1.0" encoding="{}"?><!DOCTYPE svg [<!ENTITY a "&#97;">]><svg xmlns="http://www.w3.org/2000/svg"><g id="&a;"/></svg>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_drawing_hides_no_entities_behind_its_encoding(encoding: str) -> None:
    with pytest.raises(TemplateFault):
        check_picture("logo.svg", DRAWING.format(encoding).encode(encoding))


def page_of(html: str) -> str:
    """Return the web page of a notice whose template holds more than it should."""
    files = read_files(ROOT / "certificates" / "linkonggang-artisan" / "notice-page")
    template: Template = template_from_files({**files, "template.html": html.encode()}, key="linkonggang-artisan/notice-page")
    return web_page(template, template.sample)


def test_nothing_runs_in_a_page_that_stands_on_other_peoples_sites() -> None:
    page = page_of('<p>公示</p><script>alert(1)</script><form action="https://evil.example/"></form>')
    head, _, body = page.partition("<style>")
    assert "<script>" in body
    for rule in ("default-src 'none'", "form-action 'none'", "base-uri 'none'"):
        assert rule in head
    assert "script-src" not in page
