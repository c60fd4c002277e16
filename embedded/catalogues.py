"""Translations are kept as text (.po); the program reads a compiled form (.mo), made here when missing or old."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(folder: Path) -> list[Path]:
    """Compile every catalogue under `folder` whose text is newer than its compiled form; gives the files written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        _compile(source, target)
        written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    """Written beside and renamed: several test workers may compile at once."""
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name)
    unfinished = target.with_suffix(f".{id(catalogue):x}.unfinished")
    with unfinished.open("wb") as compiled:
        write_mo(compiled, catalogue)
    unfinished.replace(target)
