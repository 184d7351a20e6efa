"""The port for electronic seals.

A picture of a seal pasted into a PDF is no seal: electronic seals of administrative bodies are made and checked by a certified
service (国办发〔2025〕33号; handbook 3.7). None comes with this system, so the port refuses until one is connected.
"""

from typing import Protocol

from app.domain.errors import DomainError


class SealService(Protocol):
    """A certified service that puts an electronic seal on a PDF and checks one."""

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


def _refusal() -> DomainError:
    return DomainError(
        "seal.none", "还没有接入合规的电子印章服务，不能电子用印。请按实体印章办理：打印后用印，再上传扫描件登记。"
    )
