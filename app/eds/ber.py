"""From BER to DER: containers may come with indefinite lengths and strings in pieces (X.690, 8.1.3.6 and 8.7.3).

Everything after this step sees definite lengths only. One loop, no recursion: how deep the bytes are nested and how
many values they hold is limited, so that hostile bytes cost neither the stack nor minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_DEPTH = 64
MAX_VALUES = 1_000_000
_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_OCTETS = 0x04
_OCTETS_IN_PIECES = _OCTETS | _CONSTRUCTED
_END_OF_CONTENTS = b"\x00\x00"
_UNIVERSAL_CONTAINERS = {0x30, 0x31}  # SEQUENCE and SET


class Malformed(ValueError):
    """The bytes are not the structure they should be."""


def header(data: bytes, start: int, limit: int) -> tuple[int, int, int]:
    """Tag, start and end of the content of the value at `start`; the end is -1 where the length is indefinite.

    Raises Malformed where the value does not fit before `limit`.
    """
    if start + 2 > limit:
        raise Malformed("cut short")
    tag, length = data[start], data[start + 1]
    if tag & _LONG_TAG == _LONG_TAG:
        raise Malformed("a tag of several bytes")
    content = start + 2
    if length >= 0x80:
        if length == 0x80:
            return tag, content, -1
        size = length & 0x7F
        if size > 4 or content + size > limit:
            raise Malformed("an impossible length")
        length = int.from_bytes(data[content : content + size], "big")
        content += size
    end = content + length
    if end > limit:
        raise Malformed("cut short")
    return tag, content, end


def encoded(tag: int, content: bytes) -> bytes:
    """One DER value."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def to_der(data: bytes) -> bytes:
    """`data`, one value from its first byte to its last, with definite lengths and strings in one piece.

    Values are not put into order and not rewritten. Raises Malformed.
    """
    return data if _is_definite(data) else _rebuilt(data)


def _is_definite(data: bytes) -> bool:
    """Whether `data` is DER as far as lengths and strings go. Raises Malformed."""
    limit = len(data)
    ends: list[int] = []
    position = values = 0
    while True:
        tag, content, end = header(data, position, ends[-1] if ends else limit)
        values += 1
        if values > MAX_VALUES:
            raise Malformed("too many values")
        if end < 0 or _in_pieces(tag):
            return False
        if tag & _CONSTRUCTED and end > content:
            if len(ends) >= MAX_DEPTH:
                raise Malformed("nested too deeply")
            ends.append(end)
            position = content
            continue
        position = end
        while ends and position == ends[-1]:
            ends.pop()
        if not ends:
            break
    if position != limit:
        raise Malformed("something follows the value")
    return True


def _in_pieces(tag: int) -> bool:
    """Whether `tag` is that of a universal string made of pieces."""
    return tag & 0xE0 == _CONSTRUCTED and tag not in _UNIVERSAL_CONTAINERS


@dataclass
class _Open:
    """A constructed value whose content is being read; `end` is -1 where an end-of-contents closes it."""

    tag: int
    end: int
    parts: list[bytes] = field(default_factory=list)

    def take(self, tag: int, content: bytes) -> None:
        if self.tag != _OCTETS_IN_PIECES:
            self.parts.append(encoded(tag, content))
        elif tag == _OCTETS:
            self.parts.append(content)
        else:
            raise Malformed("a string made of something else")

    def closed(self) -> tuple[int, bytes]:
        content = b"".join(self.parts)
        if self.tag == _OCTETS_IN_PIECES:
            return _OCTETS, content
        if _in_pieces(self.tag):
            raise Malformed("a string in pieces where none is expected")
        return self.tag, content


def _rebuilt(data: bytes) -> bytes:
    outermost = _Open(tag=0, end=len(data))
    stack = [outermost]
    position = values = 0
    while True:
        inner = stack[-1]
        if inner.end < 0 and data[position : position + 2] == _END_OF_CONTENTS:
            position += 2
            inner.end = position
        if position == inner.end:
            if inner is outermost:
                break
            stack.pop()
            stack[-1].take(*inner.closed())
            continue
        tag, content, end = header(data, position, _limit(stack, len(data)))
        values += 1
        if values > MAX_VALUES or len(stack) > MAX_DEPTH:
            raise Malformed("too many values, or nested too deeply")
        if tag & _CONSTRUCTED:
            stack.append(_Open(tag, end))
            position = content
        elif end < 0 or not tag:
            raise Malformed("an indefinite length of a simple value")
        else:
            inner.take(tag, data[content:end])
            position = end
    if len(outermost.parts) != 1:
        raise Malformed("not one value")
    return outermost.parts[0]


def _limit(stack: list[_Open], size: int) -> int:
    """Where the innermost definite length ends."""
    return next((one.end for one in reversed(stack) if one.end >= 0), size)
