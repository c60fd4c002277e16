"""Which user runs the embedded servers, and folders that this user can enter.

PostgreSQL refuses to run as root. Started by root (a container, a fresh machine) the servers therefore run as
`nobody`. The permissions of folders that were there before are never changed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.places import Unavailable, default_root


@dataclass(frozen=True)
class Account:
    """A user and group that servers run as."""

    user: int
    group: int

    @property
    def changes_user(self) -> bool:
        return self.user != os.geteuid()

    def popen_options(self) -> dict[str, Any]:
        if not self.changes_user:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}


def server_account() -> Account:
    """The present user, or `nobody` when that is root. Raises Unavailable where no such user exists."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Unavailable("there is no user `nobody` to run it as") from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def run_as(account: Account, command: Sequence[str | Path], folder: Path, **options: Any) -> int:
    """Run `command` to its end as `account` in `folder`; its exit code. Raises Unavailable when that is forbidden."""
    try:
        finished = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=server_environment(folder),
            stdin=subprocess.DEVNULL,
            check=False,
            **account.popen_options(),
            **options,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(str(error)) from error
    return finished.returncode


def server_environment(folder: Path) -> dict[str, str]:
    """Nothing of the caller's environment reaches a server: no PG* variable can lead it astray."""
    utf8 = "en_US.UTF-8" if os.uname().sysname == "Darwin" else "C.UTF-8"
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": utf8, "HOME": str(folder), "TZ": "UTC"}


def make_root(root: Path, account: Account) -> None:
    """Create the data root and the missing folders above it; others may pass through only if the servers must."""
    missing = [folder for folder in (root, *root.parents) if not folder.exists()]
    try:
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711 if account.changes_user else 0o700)
    except OSError as error:
        raise Unavailable(f"cannot create {root}: {error.strerror}") from error


def make_private(folder: Path, account: Account) -> None:
    """Create `folder` for `account` alone (0700). Raises Unavailable when someone else's is in its place."""
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700)
            os.chown(folder, account.user, account.group)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.user:
            raise Unavailable(f"{folder} belongs to another user")
        folder.chmod(0o700)
    except OSError as error:
        raise Unavailable(f"cannot use {folder}: {error.strerror}") from error
    if not may_use(account, folder):
        raise Unavailable(f"the user who runs it (uid {account.user}) cannot enter {folder}")


def may_use(account: Account, path: Path) -> bool:
    """May `account` enter (a folder) or execute (a file) `path`?"""
    if not account.changes_user:
        return os.access(path, os.X_OK)
    return run_as(account, ["/bin/sh", "-c", 'test -x "$1"', "sh", path], Path("/")) == 0


def reachable(base: Path, parts: Sequence[str], probe: str, account: Account, store: Path | None = None) -> Path:
    """`base` itself when `account` can execute `base/probe`, else a copy of its `parts` in a place it can reach.

    A virtual environment in root's home is closed to `nobody`. The copy keeps the layout, since programs find their
    libraries by relative paths; it is made beside its final name and renamed, so that an interrupted one is never used.
    """
    if may_use(account, base / probe):
        return base
    shelf = store or default_root() / "programs"
    make_root(shelf, account)
    copy = shelf / f"{Path(parts[0]).parts[0]}-{_version_of(base / probe)}"
    if not (copy / probe).exists():
        _copy_readable(base, parts, copy)
    if not may_use(account, copy / probe):
        raise Unavailable(f"the user who runs it (uid {account.user}) cannot execute {copy / probe}")
    return copy


def _version_of(program: Path) -> str:
    found = program.stat()
    return f"{found.st_size:x}-{found.st_mtime_ns:x}"


def _copy_readable(base: Path, parts: Sequence[str], target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        for part in parts:
            if (base / part).exists():
                shutil.copytree(base / part, unfinished / part, symlinks=True)
        _open_to_all(unfinished)
        unfinished.rename(target)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not target.exists():
            raise Unavailable(f"cannot copy its programs to {target}: {error.strerror}") from error


def _open_to_all(folder: Path) -> None:
    """Readable for everyone, executable where it was; a copy of public programs holds no secret."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
