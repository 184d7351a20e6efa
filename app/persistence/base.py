"""The declarative base and the column types that the models share."""

import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from app.persistence.crypto import Cipher, current_cipher

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every model; constraint names are deterministic so that migrations can address them."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite, which has no zone, stores it naive in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: they are bugs, not values."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to a UTC column")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back aware and in UTC on both databases."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Packed(TypeDecorator[str]):
    """Long text that nobody searches, stored compressed: prose takes about half, a form with its keys a third."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Compress on the way in."""
        return None if value is None else zlib.compress(value.encode(), 9)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Unpack on the way out."""
        return None if value is None else zlib.decompress(bytes(value)).decode()


class Encrypted(TypeDecorator[str]):
    """Text that is stored encrypted (AES-GCM); the key comes from the configuration through `set_cipher`."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else self._cipher().encrypt(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else self._cipher().decrypt(bytes(value))

    @staticmethod
    def _cipher() -> Cipher:
        return current_cipher()


class PackedSecret(Encrypted):
    """A JSON document that nobody searches, compressed and then encrypted: the values of a paper take about half."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Compress and encrypt on the way in."""
        return None if value is None else self._cipher().encrypt_bytes(zlib.compress(value.encode(), 9))

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt and unpack on the way out."""
        if value is None:
            return None
        content = self._cipher().decrypt_bytes(bytes(value))
        # Rows from before this type hold the document as it is; it begins with a brace, which no packed one does.
        return (content if content.startswith(b"{") else zlib.decompress(content)).decode()
