"""Where the signing credential comes from: a PKCS#12 file from the configuration, or one that a demonstration makes for itself."""

import os
import secrets
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import DomainError

if TYPE_CHECKING:
    from app.documents.signing import Credential

DEMO_FILE = "演示签名证书.p12"
DEMO_PASSWORD = "demo"
"""No secret: whoever has the file of a demonstration can sign as 演示签名, which binds nobody."""


class CredentialSource:
    """Opens the credential, again when its file has changed. `demo` lets a missing one be made, and one of a demonstration sign.

    Without a path a demonstration keeps its credential in memory, until the process ends.
    """

    def __init__(self, path: str = "", *, password: str = DEMO_PASSWORD, demo: bool = True) -> None:
        self._path, self._password, self._demo = Path(path) if path else None, password, demo
        self._in_memory: Credential | None = None

    @property
    def place(self) -> str:
        """Return the path of the file, empty when there is none."""
        return str(self._path or "")

    def open(self, *, now: datetime) -> "Credential":
        """Return the credential, valid at this moment.

        Side effect: the first use in a demonstration writes the file. Raises `DomainError` "signing.none", "signing.missing",
        "signing.demo" and what `load_credential` and `require_valid` raise.
        """
        credential = self._own(now) if self._path is None and self._demo else self._from_file(now)
        if credential.is_demo and not self._demo:
            raise DomainError(
                "signing.demo",
                "配置的是演示签名证书，不能在正式环境签发文书。请换上本单位的签名证书（GONGJIANG_SIGNING_CREDENTIAL）。",
            )
        credential.require_valid(now)
        return credential

    def _own(self, now: datetime) -> "Credential":
        from app.documents.signing import demo_credential  # slow import: cryptography

        if self._in_memory is None:
            self._in_memory = demo_credential(now=now)
        return self._in_memory

    def _from_file(self, now: datetime) -> "Credential":
        if self._path is None:
            raise DomainError(
                "signing.none", "还没有配置签名证书，不能签发。请系统管理员设置 GONGJIANG_SIGNING_CREDENTIAL 和口令，再重试。"
            )
        if self._demo and not self._path.exists() and self._path.name == DEMO_FILE:
            from app.documents.signing import make_demo_credential  # slow import: cryptography

            _write_once(self._path, make_demo_credential(password=self._password, now=now))
        try:
            changed = self._path.stat().st_mtime_ns
            return _loaded(self._path, changed, self._password)
        except OSError as error:
            raise DomainError(
                "signing.missing", f"读不到签名证书文件“{self._path}”。请核对 GONGJIANG_SIGNING_CREDENTIAL 的路径和读取权限。"
            ) from error


@lru_cache(maxsize=4)
def _loaded(path: Path, changed: int, password: str) -> "Credential":
    """Opening an archive costs a key derivation, so it is done once for each state of the file."""
    from app.documents.signing import load_credential  # slow import: cryptography

    return load_credential(path.read_bytes(), password=password)


def _write_once(path: Path, archive: bytes) -> None:
    """Write a file that only its owner reads; of two processes that start together, both use what the first one wrote."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(archive)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # The other process was first.
    finally:
        draft.unlink()
