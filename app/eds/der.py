"""Reading DER values. Nothing here recurses: the reader of a structure says what it expects next.

`asn1crypto` reads the same structures, but lazily: an error surfaces at whichever access comes first, as whichever
exception, and nested indefinite lengths recurse. Reading strictly and at once makes "never a traceback" checkable.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from app.eds.ber import Malformed, header

BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID, ENUMERATED = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31
#: Bytes of a number that is read as one; serial numbers have at most twenty.
MAX_INTEGER = 128
_STRINGS = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1A: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
_UTC = re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z")
_GENERALIZED = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z")


class Value:
    """One DER value inside `data`. Every reader raises Malformed for what is not there."""

    __slots__ = ("_content", "_data", "_end", "_start", "tag")

    def __init__(self, data: bytes, start: int, limit: int) -> None:
        self.tag, self._content, self._end = header(data, start, limit)
        if self._end < 0:
            raise Malformed("an indefinite length")
        self._data = data
        self._start = start

    @property
    def raw(self) -> bytes:
        """The value with its tag and length."""
        return self._data[self._start : self._end]

    @property
    def content(self) -> bytes:
        """The value without its tag and length."""
        return self._data[self._content : self._end]

    def expect(self, tag: int) -> Value:
        """The value itself when its tag is `tag`."""
        if self.tag != tag:
            raise Malformed(f"tag {self.tag:#04x} where {tag:#04x} is expected")
        return self

    def values(self) -> list[Value]:
        """The values inside a constructed value."""
        if not self.tag & 0x20:
            raise Malformed("a simple value where a constructed one is expected")
        found, position, end, data = [], self._content, self._end, self._data
        while position < end:
            value = Value(data, position, end)
            found.append(value)
            position = value._end
        return found

    def fields(self, tag: int = SEQUENCE) -> Fields:
        """The values inside a SEQUENCE (or SET), to be taken one after the other."""
        return Fields(self.expect(tag).values())

    def only(self) -> Value:
        """The single value inside a constructed value: an explicit tag, or a set of one."""
        inside = self.values()
        if len(inside) != 1:
            raise Malformed("not exactly one value")
        return inside[0]

    def integer(self, tag: int = INTEGER) -> int:
        content = self.expect(tag).content
        if not 0 < len(content) <= MAX_INTEGER:
            raise Malformed("an integer without bytes, or of too many")
        return int.from_bytes(content, "big", signed=True)

    def boolean(self) -> bool:
        content = self.expect(BOOLEAN).content
        if len(content) != 1:
            raise Malformed("a boolean has one byte")
        return content != b"\x00"

    def oid(self) -> str:
        return _oid_text(self.expect(OID).content)

    def octets(self) -> bytes:
        return self.expect(OCTETS).content

    def bits(self) -> bytes:
        """The bytes of a bit string without unused bits."""
        content = self.expect(BITS).content
        if not content or content[0]:
            raise Malformed("a bit string with unused bits")
        return content[1:]

    def named_bits(self) -> frozenset[int]:
        """The numbers of the bits that are set."""
        content = self.expect(BITS).content
        if not content or content[0] > 7 or len(content) > 5:
            raise Malformed("not a list of named bits")
        return frozenset(8 * at + bit for at, byte in enumerate(content[1:]) for bit in range(8) if byte & 0x80 >> bit)

    def time(self) -> dt.datetime:
        """A moment in UTC."""
        if self.tag not in (UTC_TIME, GENERALIZED_TIME):
            raise Malformed("not a time")
        return _moment(self.tag, self.content)

    def text(self) -> str | None:
        """A string in letters, or None when the value is none. Bytes that are no letters become U+FFFD."""
        encoding = _STRINGS.get(self.tag)
        return self.content.decode(encoding, "replace") if encoding else None


class Fields:
    """The fields of a SEQUENCE in their order."""

    __slots__ = ("_at", "_values")

    def __init__(self, values: list[Value]) -> None:
        self._values = values
        self._at = 0

    def next(self) -> Value:
        """The next field. Raises Malformed when there is none."""
        if self._at >= len(self._values):
            raise Malformed("a field is missing")
        self._at += 1
        return self._values[self._at - 1]

    def optional(self, *tags: int) -> Value | None:
        """The next field when its tag is one of `tags`."""
        if self._at < len(self._values) and self._values[self._at].tag in tags:
            return self.next()
        return None

    def end(self) -> None:
        """Raises Malformed when fields are left."""
        if self._at < len(self._values):
            raise Malformed("a field too many")


def read(data: bytes) -> Value:
    """The one value that `data` is. Raises Malformed."""
    value = Value(data, 0, len(data))
    if value._end != len(data):
        raise Malformed("something follows the value")
    return value


@lru_cache(maxsize=4096)
def _oid_text(content: bytes) -> str:
    if not content or content[-1] & 0x80 or len(content) > 64:
        raise Malformed("not an object identifier")
    arcs, arc = [], 0
    for byte in content:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    top = min(arcs[0] // 40, 2)
    return ".".join(map(str, [top, arcs[0] - 40 * top, *arcs[1:]]))


@lru_cache(maxsize=1024)
def _moment(tag: int, content: bytes) -> dt.datetime:
    found = (_UTC if tag == UTC_TIME else _GENERALIZED).fullmatch(content)
    if found is None:
        raise Malformed("not a moment in UTC")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    if tag == UTC_TIME:
        year += 1900 if year >= 50 else 2000
    fraction = found[7] if tag == GENERALIZED_TIME and found[7] else b"0"
    microsecond = int(fraction[:6].ljust(6, b"0"))
    try:
        return dt.datetime(year, month, day, hour, minute, second, microsecond, tzinfo=dt.UTC)
    except ValueError as error:
        raise Malformed("not a moment") from error
