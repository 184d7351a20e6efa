"""What a page may load while it is laid out: its own pictures, our QR codes and small fonts, and pictures handed in."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from app.documents.pictures import PICTURES, picture_type
from app.documents.qr import SCHEME, qr_from_address
from app.documents.templates import Template
from app.domain.errors import DomainError

BASE = "https://template.invalid/"
"""A host that cannot exist: it only makes relative addresses of a template absolute. Nothing is ever asked of it."""


def resource_type(body: bytes) -> str:
    """Return the media type of a picture that was handed in, by its first bytes. Raises `DomainError` for any other file."""
    found = picture_type(body)
    if found is None:
        raise DomainError("document_picture", "插入文书的图片只能是 PNG 或 JPEG，请另存后重试。")
    return found


def find_resource(
    address: str, *, template: Template, fonts: Mapping[str, bytes], resources: Mapping[str, bytes]
) -> tuple[bytes, str]:
    """Return content and media type for an address in a page.

    Only three kinds are answered: a picture of the template's own package (or handed in under a name), `qr:` and `font:`.
    Raises `DomainError` ("template_resource") for everything else, above all for the network and for files.
    """
    if address in fonts:
        return fonts[address], "font/otf"
    if address.startswith(SCHEME):
        return qr_from_address(address), "image/png"
    name = address.removeprefix(BASE)
    if address.startswith(BASE) and name in template.pictures:
        return template.pictures[name], PICTURES[PurePosixPath(name).suffix.lower()]
    if address.startswith(BASE) and name in resources:
        return resources[name], resource_type(resources[name])
    shown = address if len(address) <= 80 else address[:80] + "…"
    raise DomainError("template_resource", f"模板“{template.key}”引用了“{shown}”。模板只能用自己文件夹里的图片，请改正后重试。")


def fetcher_for(*, template: Template, fonts: Mapping[str, bytes], resources: Mapping[str, bytes]) -> Any:
    """Return a WeasyPrint URL fetcher over `find_resource`; `fetcher.refused` keeps the first refusal."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # slow import: WeasyPrint

    class Fetcher(URLFetcher):  # type: ignore[misc,unused-ignore]
        refused: DomainError | None = None

        def fetch(self, url: str, headers: Any = None) -> Any:
            try:
                body, media_type = find_resource(url, template=template, fonts=fonts, resources=resources)
            except DomainError as error:
                self.refused = self.refused or error
                raise FatalURLFetchingError(url) from error
            return URLFetcherResponse(url, body, {"Content-Type": media_type})

    return Fetcher()
