"""Encryption of single columns and keyed look-up hashes for values that must be found but not read."""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Cipher:
    """AES-256-GCM under a key derived from the configured secret; each value has a nonce of its own."""

    def __init__(self, secret: bytes) -> None:
        self._aead = AESGCM(hashlib.sha256(b"column encryption" + secret).digest())
        self._hash_key = hashlib.sha256(b"look-up hash" + secret).digest()

    def encrypt(self, text: str) -> bytes:
        """Return nonce and ciphertext."""
        return self.encrypt_bytes(text.encode())

    def encrypt_bytes(self, content: bytes) -> bytes:
        """Return nonce and ciphertext of what is no text, e.g. because it was packed before."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, content, None)

    def decrypt(self, data: bytes) -> str:
        """Return the text; raises `cryptography.exceptions.InvalidTag` when data or key are wrong."""
        return self.decrypt_bytes(data).decode()

    def decrypt_bytes(self, data: bytes) -> bytes:
        """Return what `encrypt_bytes` was given; raises as `decrypt` does."""
        return self._aead.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None)

    def look_up(self, text: str) -> str:
        """Return a keyed hash: equal texts are found by it, and nobody without the key can try candidates."""
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()


_current: list[Cipher] = []


def set_cipher(cipher: Cipher) -> None:
    """Install the cipher of this process; SQLAlchemy column types have no other way to reach the configuration."""
    _current[:] = [cipher]


def current_cipher() -> Cipher:
    """Return the installed cipher; `LookupError` when `set_cipher` was never called."""
    if not _current:
        raise LookupError("no cipher installed")
    return _current[0]
