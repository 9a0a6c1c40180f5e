"""Reads files of learnt numbers, and only those that this release was tested with: a model file is code of a kind."""

from __future__ import annotations

import hashlib
from pathlib import Path


class ModelFileError(RuntimeError):
    """A model file is missing or is not the file this release was tested with."""


def read_checked(path: Path, sha256: str) -> bytes:
    """The content of a file.

    Raises:
        ModelFileError: naming the file that is missing or whose checksum differs.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be read: {error.strerror}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelFileError(f"{path}: sha256 is {found}, expected {sha256}; install the pinned release again")
    return content
