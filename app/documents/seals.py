"""The port for electronic seals, and the way to a service that makes them.

A picture of a seal pasted into a PDF is no seal: electronic seals of administrative bodies are made and checked by a certified
service (国办发〔2025〕33号; handbook 3.7). None comes with this system, so the port refuses until one is connected.
"""

import json
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from app.domain.errors import DomainError, TryAgain

_PATIENCE = 60.0
_MOST_BYTES = 50_000_000


class SealService(Protocol):
    """A certified service that puts an electronic seal on a PDF and checks one. One that is not connected has no name."""

    name: str

    def seal(self, pdf: bytes, *, body: str) -> bytes:
        """Return the PDF with the electronic seal of a body. Raises `DomainError` when the service refuses."""
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


class HttpSealService:
    """A service that is reached by HTTP: the adapter that stands before the certified platform of the region.

    `POST <address>/seal?body=<name of the body>` takes a PDF and gives the sealed one, `POST <address>/verify` takes a PDF and gives
    `{"valid": true}`. Both carry `Authorization: Bearer <token>`. The seal and its key stay with the service.
    """

    def __init__(self, address: str, *, token: str, name: str) -> None:
        self.name, self._address, self._token = name, address, token

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
        request = Request(
            f"{self._address}/{what}", data=pdf, headers=headers, method="POST"
        )  # the configuration allows HTTP addresses only
        try:
            with urlopen(request, timeout=_PATIENCE) as answer:  # as above
                content: bytes = answer.read(_MOST_BYTES + 1)
        except HTTPError as error:
            raise _refused(f"回答码 {error.code}") from error
        except (URLError, OSError) as error:
            raise TryAgain("seal.away", "电子印章服务没有应答，文书没有用印。请过一会儿再试，或联系系统管理员。") from error
        if len(content) > _MOST_BYTES:
            raise _refused("它给出的文件太大")
        return content


def _refused(why: str) -> DomainError:
    return DomainError("seal.refused", f"电子印章服务没有用印（{why}）。请联系服务的管理人，或按实体印章办理。")


def _refusal() -> DomainError:
    return DomainError(
        "seal.none", "还没有接入合规的电子印章服务，不能电子用印。请按实体印章办理：打印后用印，再上传扫描件登记。"
    )
