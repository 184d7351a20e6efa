"""The port for electronic seals, and the way to a service that makes them.

A picture of a seal pasted into a PDF is no seal: electronic seals of administrative bodies are made and checked by a certified
service (国办发〔2025〕33号; handbook 3.7). None comes with this system, so the port refuses until one is connected.
"""

import json
import time
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

from app.domain.errors import DomainError, TryAgain

_PATIENCE = 60.0
"""Seconds until the whole answer must be there, however it comes: whoever seals papers waits for it."""
_MOST_BYTES = 50_000_000
_AT_ONCE = 65_536
_TOO_MANY = 429


class SealService(Protocol):
    """A certified service that puts an electronic seal on a PDF and checks one. One that is not connected has no name."""

    name: str

    def seal(self, pdf: bytes, *, body: str) -> bytes:
        """Return the PDF with the electronic seal of a body, added in an update: the bytes of the paper stay as they are.

        Raises `DomainError` when the service refuses.
        """
        ...

    def verify(self, pdf: bytes) -> bool:
        """Tell whether the electronic seals of a PDF hold."""
        ...


class NoSealService:
    """No electronic seal is connected: everything is refused with what to do instead."""

    name = ""

    def seal(self, pdf: bytes, *, body: str) -> bytes:
        """Refuse."""
        raise _refusal()

    def verify(self, pdf: bytes) -> bool:
        """Refuse."""
        raise _refusal()


class _NoOtherAddress(HTTPRedirectHandler):
    """Follows no redirect: paper and token are for the service that was configured, and for nobody that it names."""

    def redirect_request(self, *told: Any, **more: Any) -> None:
        """Go nowhere; the answer counts as a refusal."""


class HttpSealService:
    """A service that is reached by HTTP: the adapter that stands before the certified platform of the region.

    `POST <address>/seal?body=<name of the body>` takes a PDF and gives the sealed one, `POST <address>/verify` takes a PDF and gives
    `{"valid": true}`. Both carry `Authorization: Bearer <token>`. The seal and its key stay with the service. A redirect is refused.
    """

    def __init__(self, address: str, *, token: str, name: str, patience: float = _PATIENCE) -> None:
        """`patience` is how many seconds a whole answer may take."""
        self.name, self._address, self._token, self._patience = name, address, token, patience
        self._opener = build_opener(_NoOtherAddress)

    def seal(self, pdf: bytes, *, body: str) -> bytes:
        """Return the PDF with the electronic seal of a body. Raises `DomainError` "seal.refused", and `TryAgain` "seal.away"."""
        sealed = self._ask(f"seal?body={quote(body)}", pdf)
        if not sealed.startswith(b"%PDF-"):
            raise _refused("它给出的不是 PDF 文件")
        return sealed

    def verify(self, pdf: bytes) -> bool:
        """Tell whether the electronic seals of a PDF hold. Raises as `seal` does."""
        try:
            return json.loads(self._ask("verify", pdf)).get("valid") is True
        except (ValueError, AttributeError) as error:
            raise _refused("它的回答读不懂") from error

    def _ask(self, what: str, pdf: bytes) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/pdf"}
        # The configuration allows HTTP addresses only.
        request = Request(f"{self._address}/{what}", data=pdf, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._patience) as answer:
                return self._whole(answer, until=time.monotonic() + self._patience)
        except HTTPError as error:
            if error.code >= 500 or error.code == _TOO_MANY:
                raise _away(f"回答码 {error.code}") from error
            raise _refused(f"回答码 {error.code}") from error
        except (OSError, HTTPException) as error:
            raise _away("没有应答") from error

    def _whole(self, answer: Any, *, until: float) -> bytes:
        """Return an answer that is all there, in time and not too large."""
        content = bytearray()
        while part := answer.read1(_AT_ONCE):
            content += part
            if len(content) > _MOST_BYTES:
                raise _refused("它给出的文件太大")
            if time.monotonic() > until:
                raise _away("回答得太慢")
        told = answer.headers.get("Content-Length", "")
        if told.isdigit() and int(told) != len(content):
            raise _away("回答没有传完")
        return bytes(content)


def _away(why: str) -> TryAgain:
    return TryAgain("seal.away", f"电子印章服务{why}，文书没有用印。请过一会儿再试，或联系系统管理员。")


def _refused(why: str) -> DomainError:
    return DomainError("seal.refused", f"电子印章服务没有用印（{why}）。请联系服务的管理人，或按实体印章办理。")


def _refusal() -> DomainError:
    return DomainError(
        "seal.none", "还没有接入合规的电子印章服务，不能电子用印。请按实体印章办理：打印后用印，再上传扫描件登记。"
    )
