"""Names in certificates: whom they name, and whether two of them are the same (RFC 5280, section 7.1)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

import app.eds.oids as oids
from app.eds.ber import Malformed
from app.eds.der import SEQUENCE, SET, Value, read

_IIN = re.compile(r"IIN([0-9]{12})")
_BIN = re.compile(r"BIN([0-9]{12})")
#: Letters may grow eighteenfold when names are compared, and nobody's name is this long.
MAX_SIZE = 16 * 1024
_ESCAPED = re.compile(r'([,+"\\<>;=])')


@dataclass(frozen=True)
class Name:
    """A distinguished name as it stands in a certificate. Two names are equal when RFC 5280 says so."""

    raw: bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Name) and (self.raw == other.raw or self._compared == other._compared)

    def __hash__(self) -> int:
        return hash(self._compared)

    @cached_property
    def _parts(self) -> list[list[tuple[str, Value]]]:
        return [
            [_pair(one) for one in parts.expect(SET).values()] for parts in read(self.raw).expect(SEQUENCE).values()
        ]

    @cached_property
    def _compared(self) -> tuple[frozenset[tuple[str, str | bytes]], ...]:
        return tuple(frozenset((oid, _comparable(value)) for oid, value in parts) for parts in self._parts)

    def all(self, oid: str) -> list[str]:
        """The texts of every attribute of the type `oid`."""
        texts = [value.text() for parts in self._parts for found, value in parts if found == oid]
        return [text for text in texts if text is not None]

    @cached_property
    def text(self) -> str:
        """The name as one line, in the order of the certificate."""
        return ",".join("+".join(f"{_label(oid)}={_shown(value)}" for oid, value in parts) for parts in self._parts)

    @property
    def iin(self) -> str | None:
        """The person's IIN: SERIALNUMBER=IIN############. Its checksum is not looked at."""
        return _single(_IIN, self.all(oids.SERIAL_NUMBER))

    @property
    def bin(self) -> str | None:
        """The organisation's BIN: OU=BIN############, with some organisations SERIALNUMBER=BIN############."""
        return _single(_BIN, self.all(oids.ORGANIZATION_UNIT) + self.all(oids.SERIAL_NUMBER))


@lru_cache(maxsize=1024)
def name(raw: bytes) -> Name:
    """The name that `raw` is. Raises Malformed."""
    if len(raw) > MAX_SIZE:
        raise Malformed("a name of unreasonable length")
    found = Name(raw)
    found._parts  # noqa: B018 - read now, so that a malformed name is refused with the certificate it stands in
    return found


def _pair(value: Value) -> tuple[str, Value]:
    fields = value.fields()
    oid, content = fields.next().oid(), fields.next()
    fields.end()
    return oid, content


def _comparable(value: Value) -> str | bytes:
    text = value.text()
    if text is None:
        return value.raw
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _label(oid: str) -> str:
    return oids.NAME_LABELS.get(oid, oid)


def _shown(value: Value) -> str:
    text = value.text()
    return "#" + value.raw.hex() if text is None else _ESCAPED.sub(r"\\\1", text)


def _single(pattern: re.Pattern[str], texts: list[str]) -> str | None:
    """The one number that `texts` give; None when there is none, or when they give several."""
    numbers = {found[1] for text in texts if (found := pattern.fullmatch(text.strip()))}
    return numbers.pop() if len(numbers) == 1 else None
