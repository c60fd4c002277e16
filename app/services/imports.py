"""Imports of official reference data: the classifier of administrative and territorial units (KATO).

Read whole and checked before anything is written; written in a few statements, so that a classifier of
fifteen thousand units takes seconds; a second import of the same file changes nothing.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models.enums import LocalityLevel

COLUMNS = ("kato", "kato_version", "level", "type_code", "name_ru", "name_kk")
#: Level of the classifier → how many digits of a code its units fill; the rest is masked with zeros.
DIGITS = {"oblast": 2, "district": 4, "sub_district": 6, "settlement": 9}
_LEVELS = {
    "oblast": LocalityLevel.REGION,
    "district": LocalityLevel.DISTRICT,
    "sub_district": LocalityLevel.RURAL_DISTRICT,
    "settlement": LocalityLevel.SETTLEMENT,
}
#: Type code of urban ground: a town stands at the level of rural districts, and is no rural district.
_URBAN = "1"
_TYPE_WORD = re.compile(r"^([а-я]{1,4}\.)(?=[А-ЯЁӘҒҚҢӨҰҮҺІ])")
_CODE = re.compile(r"[0-9]{9}")

_UPSERT = """
INSERT INTO locality (code, prefix, level, name_kk, name_ru)
SELECT * FROM unnest(cast(:codes AS text[]), cast(:prefixes AS text[]), cast(:levels AS text[]),
                     cast(:names_kk AS text[]), cast(:names_ru AS text[]))
    ON CONFLICT (code) DO UPDATE
   SET prefix = excluded.prefix, level = excluded.level, name_kk = excluded.name_kk, name_ru = excluded.name_ru
 WHERE (locality.prefix, locality.level, locality.name_kk, locality.name_ru)
       IS DISTINCT FROM (excluded.prefix, excluded.level, excluded.name_kk, excluded.name_ru)
RETURNING (xmax = 0) AS is_new
"""

# The parent is the longest prefix that exists, among the units of the file and those that were there.
_LINK = """
UPDATE locality child SET parent_id = parent.id
  FROM unnest(cast(:codes AS text[])) AS named (code)
  JOIN locality own ON own.code = named.code
 CROSS JOIN LATERAL (
       SELECT above.id FROM locality above
        WHERE above.prefix IN (left(own.prefix, 2), left(own.prefix, 4), left(own.prefix, 6))
          AND length(above.prefix) < length(own.prefix)
        ORDER BY length(above.prefix) DESC LIMIT 1) AS parent
 WHERE child.id = own.id AND child.parent_id IS DISTINCT FROM parent.id
"""


class BadFile(ValueError):
    """The file cannot be imported; the text is one line that names the row."""


@dataclass(frozen=True)
class Unit:
    """One unit of the classifier, cleaned."""

    code: str
    prefix: str
    level: LocalityLevel
    name_kk: str
    name_ru: str


@dataclass(frozen=True)
class ImportCount:
    """What an import did."""

    read: int
    added: int
    changed: int

    @property
    def same(self) -> int:
        return self.read - self.added - self.changed


def read_kato(content: bytes) -> list[Unit]:
    """The units of an official KATO file (UTF-8 CSV with the columns COLUMNS), upper units first.

    Raises BadFile for anything that is not such a file, before a single row is written.
    """
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise BadFile(f"columns are missing: {', '.join(missing)}; expected: {', '.join(COLUMNS)}")
        units = [_unit(number, row) for number, row in enumerate(rows, start=2)]
    except UnicodeDecodeError as error:
        raise BadFile(f"not UTF-8 text (byte {error.start})") from error
    except csv.Error as error:
        raise BadFile(f"not a CSV file: {error}") from error
    if not units:
        raise BadFile("the file has no rows")
    _refuse_repeated(units)
    return sorted(units, key=lambda unit: (len(unit.prefix), unit.code))


def import_kato(session: Session, units: list[Unit]) -> ImportCount:
    """Adds and renames localities as the classifier says; none is removed, because people live in them.

    Raises BadFile when a unit has nothing above it, neither in the file nor in the database.
    """
    columns = {
        "codes": [unit.code for unit in units],
        "prefixes": [unit.prefix for unit in units],
        "levels": [unit.level.value for unit in units],
        "names_kk": [unit.name_kk for unit in units],
        "names_ru": [unit.name_ru for unit in units],
    }
    written = [row.is_new for row in session.execute(text(_UPSERT), columns)]
    session.execute(text(_LINK), {"codes": columns["codes"]})
    orphan = session.scalar(
        text("SELECT code FROM locality WHERE parent_id IS NULL AND level <> 'region' AND code = ANY(:codes) LIMIT 1"),
        {"codes": columns["codes"]},
    )
    if orphan is not None:
        raise BadFile(f"unit {orphan} has no region above it, neither in the file nor in the database")
    return ImportCount(read=len(units), added=sum(written), changed=len(written) - sum(written))


def clean(name: str) -> str:
    """A name in composed letters with single spaces, and one after "г." or "с.", which the classifier leaves out."""
    return _TYPE_WORD.sub(r"\1 ", " ".join(unicodedata.normalize("NFC", name).split()))


def _unit(number: int, row: dict[str, str | None]) -> Unit:
    code = (row["kato"] or "").strip()
    level = (row["level"] or "").strip()
    names = clean(row["name_kk"] or ""), clean(row["name_ru"] or "")
    if not _CODE.fullmatch(code):
        raise BadFile(f"row {number}: {code[:20]!r} is not a KATO code of nine digits")
    if level not in DIGITS:
        raise BadFile(f"row {number}: unknown level {level[:20]!r}; known: {', '.join(DIGITS)}")
    if code[DIGITS[level] :].strip("0"):
        raise BadFile(f"row {number}: {code} is no code of the level {level}")
    if not all(names) or max(map(len, names)) > 160:
        raise BadFile(f"row {number}: {code} needs a name in Kazakh and in Russian, of 160 letters at most")
    town = level == "sub_district" and (row["type_code"] or "").strip() == _URBAN
    return Unit(code, code[: DIGITS[level]], LocalityLevel.SETTLEMENT if town else _LEVELS[level], *names)


def _refuse_repeated(units: list[Unit]) -> None:
    seen: set[str] = set()
    for unit in units:
        if unit.code in seen:
            raise BadFile(f"code {unit.code} is there twice")
        seen.add(unit.code)
