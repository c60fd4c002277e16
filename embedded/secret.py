"""The secret key of a demo: drawn once, kept beside its data, so that logins survive a restart."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_secret(root: Path) -> str:
    """The key kept in `root`, drawn when there is none. Readable by its owner alone."""
    kept = root / "secret_key"
    try:
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text().strip()
    with os.fdopen(descriptor, "w") as new:
        new.write(secrets.token_hex(32))
    return kept.read_text().strip()
