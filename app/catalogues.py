"""The catalogues: which words there are, their entries in translations/, and the compiled form that is read.

`python -m app.catalogues` (or `make translations`) brings the entries up to date with the source. The
compiled files are made when the application starts and they are absent or older, so a clone needs no
step of its own and no binary is kept in the repository.
"""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "translations"
LANGUAGES: Final = ("kk", "ru")
# Their own catalogues have no Kazakh and gaps in Russian, so their words are translated with ours.
PACKAGES: Final = ("flask_appbuilder", "wtforms")
KEYWORDS: Final = {**DEFAULT_KEYWORDS, "N_": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}


def extract() -> Catalog:
    """Every word marked for translation in the product and in the packages it shows to readers."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    template = Catalog(project="Kezek", version="1")
    for folder in (ROOT / "app", ROOT / "charts", *map(_folder_of, PACKAGES)):
        found = extract_from_dir(folder, methods, options, keywords=KEYWORDS)
        for _, _, words, _, context in found:
            template.add(words, context=context)
    return template


def _folder_of(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent


def read(language: str, folder: Path = FOLDER) -> Catalog:
    """The entries of `language` as they are written."""
    with _entries(language, folder).open("rb") as file:
        return read_po(file, locale=language)


def write(catalog: Catalog, language: str, folder: Path = FOLDER) -> None:
    """Writes the entries sorted and without line numbers, so that a diff shows words alone."""
    path = _entries(language, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=118, no_location=True, sort_output=True, ignore_obsolete=True)


def update(folder: Path = FOLDER) -> dict[str, int]:
    """Adds new words with empty entries and drops those no longer used. Returns how many are empty by language."""
    template = extract()
    empty = {}
    for language in LANGUAGES:
        catalog = read(language, folder)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        write(catalog, language, folder)
        empty[language] = sum(1 for entry in catalog if not is_written(entry))
    return empty


def is_written(entry: Message) -> bool:
    """Whether every form of the entry has words."""
    strings = (entry.string,) if isinstance(entry.string, str) else entry.string or ("",)
    return all(strings)


def compile_stale(folder: Path = FOLDER) -> None:
    """Compiles the catalogues whose compiled file is absent or older than the entries.

    Raises PermissionError where the folder may not be written to: then the installation step has to run this.
    """
    for language in LANGUAGES:
        entries = _entries(language, folder)
        compiled = entries.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < entries.stat().st_mtime_ns:
            _compile(read(language, folder), compiled)


def _compile(catalog: Catalog, path: Path) -> None:
    # Web workers and jobs start together: each writes a whole file and puts it in place at once.
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        write_mo(file, catalog)
    Path(file.name).chmod(0o644)
    os.replace(file.name, path)


def _entries(language: str, folder: Path) -> Path:
    return folder / language / "LC_MESSAGES" / "messages.po"


if __name__ == "__main__":
    for code, count in update().items():
        print(f"{code}: {count} entries to write" if count else f"{code}: complete")
    compile_stale()
