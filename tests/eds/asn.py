"""Writing DER with asn1crypto, so that what the verifier reads was written by somebody else."""

from __future__ import annotations

import datetime as dt

from asn1crypto import core
from asn1crypto.parser import emit


def seq(*parts: bytes) -> bytes:
    return emit(0, 1, 16, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """A SET OF, sorted as DER wants it."""
    return emit(0, 1, 17, b"".join(sorted(parts)))


def set_as_given(*parts: bytes) -> bytes:
    return emit(0, 1, 17, b"".join(parts))


def explicit(number: int, *parts: bytes) -> bytes:
    """A context-specific constructed value."""
    return emit(2, 1, number, b"".join(parts))


def implicit(number: int, content: bytes) -> bytes:
    """A context-specific simple value."""
    return emit(2, 0, number, content)


def oid(text: str) -> bytes:
    return core.ObjectIdentifier(text).dump()


def integer(number: int) -> bytes:
    return core.Integer(number).dump()


def enumerated(number: int) -> bytes:
    return emit(0, 0, 10, core.Integer(number).contents)


def octets(content: bytes) -> bytes:
    return emit(0, 0, 4, content)


def bits(content: bytes) -> bytes:
    return emit(0, 0, 3, b"\x00" + content)


def boolean(value: bool) -> bytes:
    return core.Boolean(value).dump()


NULL = core.Null().dump()


def utc_time(moment: dt.datetime) -> bytes:
    return core.UTCTime(moment).dump()


def general_time(moment: dt.datetime) -> bytes:
    return core.GeneralizedTime(moment).dump()


def algorithm(identifier: str, parameters: bytes | None = NULL) -> bytes:
    return seq(oid(identifier), parameters or b"")


def indefinite(der: bytes) -> bytes:
    """The same value with indefinite lengths wherever it is constructed, as streaming programs write it."""
    tag, content = der[0], _content(der)
    if not tag & 0x20:
        return der
    inside = b"".join(indefinite(one) for one in _members(content))
    return bytes((tag, 0x80)) + inside + b"\x00\x00"


def _content(der: bytes) -> bytes:
    return der[2 + (der[1] & 0x7F if der[1] & 0x80 else 0) :]


def _members(content: bytes) -> list[bytes]:
    found = []
    while content:
        size, offset = content[1], 2
        if size & 0x80:
            offset += size & 0x7F
            size = int.from_bytes(content[2:offset], "big")
        found.append(content[: offset + size])
        content = content[offset + size :]
    return found
