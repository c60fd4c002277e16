"""`python -m embedded start | stop | clean-data`: the embedded servers without the product."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from embedded import addresses, broker, postgres
from embedded.accounts import make_root, server_account
from embedded.locks import claim
from embedded.places import Unavailable, places_of


def start() -> int:
    print(f"DATABASE_URL={postgres.ensure_running()}")
    print(f"REDIS_URL={broker.ensure_running()}")
    return 0


def stop() -> int:
    broker.stop()
    postgres.stop()
    return 0


def clean_data() -> int:
    """Remove database, queue, uploads and the demo's secret. Refused while the product runs."""
    root = places_of().root
    make_root(root, server_account())
    lock = claim(root / "run.lock", "clean-data")
    if lock is None:
        print("Kezek is running; stop it first, then: make clean-data", file=sys.stderr)
        return 1
    with lock:
        stop()
        for name in ("postgres", "broker", "run", "files", "programs"):
            shutil.rmtree(root / name, ignore_errors=True)
        shutil.rmtree(Path(addresses().file_store), ignore_errors=True)
        (root / "secret_key").unlink(missing_ok=True)
    print(f"Removed the data in {root}")
    return 0


COMMANDS = {"start": start, "stop": stop, "clean-data": clean_data}


def main(words: list[str]) -> int:
    if len(words) != 1 or words[0] not in COMMANDS:
        print(f"usage: python -m embedded {' | '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[words[0]]()
    except Unavailable as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
