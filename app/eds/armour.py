"""Files as people have them: DER, PEM with whichever label, or bare base64."""

from __future__ import annotations

import base64
import binascii
import re

from app.eds.ber import Malformed

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 #]{1,40})-----(.*?)-----END \1-----", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SPACE = bytes(range(0x21))


def binaries(data: bytes) -> list[bytes]:
    """The binary values that `data` writes out, or `data` itself when it is binary. Raises Malformed."""
    text = data.removeprefix(_BYTE_ORDER_MARK).strip(_SPACE) if data[:1] != b"0" else data
    if not text:
        raise Malformed("empty")
    if b"-----BEGIN" in text[:4096]:
        found = [_decoded(_without_headers(body)) for _, body in _BLOCK.findall(text)]
        if not found:
            raise Malformed("a PEM block that does not end")
        return found
    if _BASE64.fullmatch(text):
        return [_decoded(text)]
    return [data]


def binary(data: bytes) -> bytes:
    """The one binary value that `data` writes out. Raises Malformed."""
    found = binaries(data)
    if len(found) != 1:
        raise Malformed("several PEM blocks where one is expected")
    return found[0]


def _without_headers(body: bytes) -> bytes:
    """The base64 after the header lines that old PEM files carry."""
    lines = body.splitlines()
    return b"\n".join(line for line in lines if b":" not in line)


def _decoded(text: bytes) -> bytes:
    try:
        found = base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise Malformed("not base64") from error
    if not found:
        raise Malformed("empty")
    return found
