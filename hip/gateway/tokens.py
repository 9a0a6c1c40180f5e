"""Session tokens: a random id that the server draws and signs, and the conversation id that follows from it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

from itsdangerous import BadSignature, Signer

from hip.setting_values import KEY_ADVICE

#: Bytes from the operating system's generator: 192 bits.
_ID_BYTES: Final = 24
_LONGEST: Final = 200


class SessionKeyError(ValueError):
    """There is no key to sign with; the message says what to do."""


class TokenMaker:
    """Makes and reads session tokens.

    A token is ``<id>.<signature>``. Without the key nobody can make one, and a changed one is refused before anything
    is looked up. Neither token nor id is stored: the conversation is known by a hash of the id.

    Args:
        keys: newest first: the first signs, all are accepted.

    Raises:
        SessionKeyError: there is no key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise SessionKeyError(f"SESSION_KEYS is not set, so session tokens cannot be signed: {KEY_ADVICE}")
        # itsdangerous wants the newest key last.
        self._signer = Signer([*reversed(keys)], salt="hip.gateway.session", digest_method=hashlib.sha256)

    def new(self) -> str:
        """A token for a new conversation."""
        return self._signer.sign(secrets.token_urlsafe(_ID_BYTES)).decode("ascii")

    def read(self, token: str) -> str | None:
        """The conversation id of a token; None when this server did not sign it."""
        if len(token) > _LONGEST or not token.isascii():
            return None
        try:
            session_id = self._signer.unsign(token)
        except BadSignature:
            return None
        # One-way, so that Rasa's own tables, which hold this id, give nobody a token.
        return hashlib.sha256(b"hip conversation " + session_id).hexdigest()[:40]
