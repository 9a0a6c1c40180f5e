"""Encryption at rest of what people write: Fernet (AES-128-CBC with HMAC-SHA-256), with keys that can be changed.

Keys come from ``DATA_KEYS``, newest first: the first encrypts, every one can read. To change the key, put a new one in
front; ``hip.records.rotation`` moves what is stored to it, and the old one can go.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from hip.records.database import RecordsError

UNREADABLE: Final = "What is stored cannot be read with any key of DATA_KEYS: put back the key it was encrypted with"


class EncryptionError(RecordsError):
    """A key is missing or wrong; the message holds neither a key nor anything that was encrypted."""


class Vault:
    """Encrypts and decrypts JSON values and bytes.

    Args:
        keys: Fernet keys, newest first.

    Raises:
        EncryptionError: there is no key, or one is not a Fernet key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise EncryptionError(
                "DATA_KEYS is not set, so nothing can be kept encrypted: make a key with `python -m hip.launch keys`"
            )
        try:
            fernets = [Fernet(key) for key in keys]
        except ValueError:
            raise EncryptionError(
                "DATA_KEYS holds something that is not a key: make one with `python -m hip.launch keys`"
            ) from None
        self._newest = fernets[0]
        self._fernet = MultiFernet(fernets)

    def encrypt(self, value: Any) -> str:
        """Encrypt a JSON value with the newest key.

        Returns:
            ASCII text, which says nothing of the value but its rough length.
        """
        return self.seal(json.dumps(value, ensure_ascii=False).encode())

    def decrypt(self, stored: str) -> Any:
        """Give back what was encrypted.

        Raises:
            EncryptionError: none of the keys encrypted it, or it was changed since.
        """
        return json.loads(self.open(stored))

    def seal(self, plain: bytes) -> str:
        """Encrypt bytes with the newest key; see ``encrypt``."""
        return self._fernet.encrypt(plain).decode("ascii")

    def open(self, stored: str) -> bytes:
        """Give back the bytes that were sealed.

        Raises:
            EncryptionError: as ``decrypt``.
        """
        try:
            return self._fernet.decrypt(stored)
        except InvalidToken:
            raise EncryptionError(UNREADABLE) from None

    def is_current(self, stored: str) -> bool:
        """Whether it was encrypted with the newest key."""
        try:
            self._newest.decrypt(stored)
        except InvalidToken:
            return False
        return True

    def renew(self, stored: str) -> str:
        """The same value, encrypted with the newest key; it is not looked into.

        Raises:
            EncryptionError: as ``decrypt``.
        """
        try:
            return self._fernet.rotate(stored).decode("ascii")
        except InvalidToken:
            raise EncryptionError(UNREADABLE) from None


def new_data_key() -> str:
    """A fresh key for ``DATA_KEYS``."""
    return Fernet.generate_key().decode("ascii")
