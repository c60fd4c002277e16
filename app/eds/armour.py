"""Files as people have them: DER, PEM with whichever label, or bare base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from app.eds.ber import Malformed

_BEGIN, _END, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_LABEL = re.compile(rb"[A-Z0-9 #]{1,40}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SPACE = bytes(range(0x21))
#: How far into a file the first block may begin, after whatever text people put before it.
_PREAMBLE = 4096


def binaries(data: bytes) -> list[bytes]:
    """The binary values that `data` writes out, or `data` itself when it is binary. Raises Malformed."""
    text = data.removeprefix(_BYTE_ORDER_MARK).strip(_SPACE) if data[:1] != b"0" else data
    if not text:
        raise Malformed("empty")
    if _BEGIN in text[:_PREAMBLE]:
        return [_decoded(_without_headers(body)) for body in _blocks(text)]
    if _BASE64.fullmatch(text):
        return [_decoded(text)]
    return [data]


def binary(data: bytes) -> bytes:
    """The one binary value that `data` writes out. Raises Malformed."""
    found = binaries(data)
    if len(found) != 1:
        raise Malformed("several PEM blocks where one is expected")
    return found[0]


def _blocks(text: bytes) -> Iterator[bytes]:
    """What stands between each BEGIN and its END. Raises Malformed at the first that does not end."""
    begin = text.find(_BEGIN)
    while begin >= 0:
        start = begin + len(_BEGIN)
        closing = text.find(_DASHES, start, start + 50)
        label = text[start:closing] if closing >= 0 else b""
        end = text.find(_END + label + _DASHES, closing) if _LABEL.fullmatch(label) else -1
        if end < 0:
            raise Malformed("a PEM block that does not end")
        yield text[closing + len(_DASHES) : end]
        begin = text.find(_BEGIN, end)


def _without_headers(body: bytes) -> bytes:
    """The base64 after the header lines that old PEM files carry."""
    return b"".join(line for line in body.splitlines() if b":" not in line)


def _decoded(text: bytes) -> bytes:
    try:
        found = base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise Malformed("not base64") from error
    if not found:
        raise Malformed("empty")
    return found
