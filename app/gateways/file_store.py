"""Uploaded files, stored under the hash of their content; the same bytes are stored once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

from flask import Flask, current_app

_KEY = "kezek.files"


class FileMissing(LookupError):
    """The store has no content under this hash, or what it has is not that content any more."""


class FileStore(Protocol):
    """Bytes in, hash out; hash in, bytes out."""

    def put(self, content: bytes) -> str:
        """Stores `content` durably and returns its SHA-256 as hex."""

    def get(self, sha256: str) -> bytes:
        """The content of that hash. Raises FileMissing when it is gone or altered."""


class DirectoryStore:
    """A local directory, two levels deep."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        target = self._path(sha256)
        if target.exists():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written aside and renamed: a cut-off write never stands under a hash it does not have.
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as scratch:
            scratch.write(content)
            scratch.flush()
            os.fsync(scratch.fileno())
        Path(scratch.name).replace(target)
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            content = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise FileMissing(sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileMissing(f"{sha256} was altered")
        return content

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256


def init_app(app: Flask) -> None:
    app.extensions[_KEY] = DirectoryStore(Path(app.config["FILE_STORE"]))


def files() -> FileStore:
    """The file store of this installation."""
    return current_app.extensions[_KEY]
