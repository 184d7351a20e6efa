"""QR codes: as vector pictures for web pages, as pictures of one bit a module for papers."""

import base64
import io

import segno

SCHEME = "qr:"


def qr_svg(text: str) -> bytes:
    """Return a QR code (error correction M, quiet zone of 2 modules) as SVG bytes."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, dark="#000", light="#fff", xmldecl=False)
    return out.getvalue()


def qr_png(text: str) -> bytes:
    """Return a QR code as `qr_svg` draws it as PNG bytes, one pixel a module, black and white."""
    out = io.BytesIO()
    # Any of the eight masks can be read; trying out which is the handsomest takes longer than drawing the page around the code.
    segno.make(text, error="m", micro=False, mask=3).save(out, kind="png", scale=1, border=2)
    return out.getvalue()


def qr_data_uri(text: str) -> str:
    """Return a QR code as a `data:` address, for a web page."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(text)).decode("ascii")


def qr_address(text: str) -> str:
    """Return the address under which a document template shows a QR code; the renderer draws it on request."""
    return SCHEME + base64.urlsafe_b64encode(text.encode("utf-8")).decode("ascii")


def qr_from_address(address: str) -> bytes:
    """Draw the QR code that an address made by `qr_address` stands for, as PNG with one bit for each module.

    A picture of some hundred bytes: as vector paths the code took a tenth of the time and of the size of a certificate.
    """
    return qr_png(base64.urlsafe_b64decode(address.removeprefix(SCHEME)).decode("utf-8"))
