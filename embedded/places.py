"""Where the embedded servers keep their data and sockets. Pure paths: nothing is created or started here."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent

# The kernel refuses socket paths of 108 bytes (104 on macOS); PostgreSQL adds ".s.PGSQL.5432.lock" to the directory.
LONGEST_SOCKET_PATH = 100


class Unavailable(RuntimeError):
    """An embedded server cannot run here; the text is one line and names the variable to set instead."""


@dataclass(frozen=True)
class Places:
    """The folders of one data root."""

    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def broker(self) -> Path:
        return self.root / "broker"

    @property
    def sockets(self) -> Path:
        """Under the root, or in the temporary directory when the root's path is too long for a socket."""
        near = self.root / "run"
        if len(os.fsencode(near / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
            return near
        return Path(tempfile.gettempdir()) / f"kezek-{os.geteuid()}-{fingerprint(self.root)}"


def fingerprint(path: Path) -> str:
    """Eight characters that stand for `path`, so that two checkouts never share data."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def default_root(project: Path = PROJECT) -> Path:
    """`var/` in the project. Root's servers run as another user, who may be unable to enter the project:
    then a folder under /var/lib."""
    if os.geteuid() == 0:
        return Path("/var/lib") / f"kezek-{fingerprint(project)}"
    return project / "var"


def places_of(data_root: str | Path | None = None) -> Places:
    """The folders of `data_root`; without one those of KEZEK_DATA_ROOT, else the project's default."""
    chosen = data_root or os.environ.get("KEZEK_DATA_ROOT")
    return Places(Path(chosen).absolute() if chosen else default_root())
