"""Judging an uploaded file by its content, never by what it claims to be."""

from __future__ import annotations

import io
from dataclasses import dataclass

import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError

from app.rules.verdict import RuleBroken

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
MAX_PIXELS = 40_000_000
_LONGEST_SIDE = 2600


@dataclass(frozen=True)
class Upload:
    """A file as it came: the name the sender gave it and its bytes."""

    file_name: str
    content: bytes


@dataclass(frozen=True)
class Accepted:
    """A file as it is kept: what it is, and bytes that are known to be that."""

    content: bytes
    content_type: str


def accept(upload: Upload, max_bytes: int) -> Accepted:
    """The file, checked and cleaned: images are drawn anew, PDFs must be whole and open.

    Raises RuleBroken: FILE_EMPTY, FILE_TOO_BIG (sizes in MB), FILE_TYPE, FILE_UNREADABLE.
    """
    size = len(upload.content)
    if size == 0:
        raise RuleBroken("FILE_EMPTY")
    if size > max_bytes:
        raise RuleBroken("FILE_TOO_BIG", size=round(size / 1024**2, 1), max=max_bytes // 1024**2)
    kind = _sniff(upload.content)
    if kind == PDF:
        return Accepted(_whole_pdf(upload.content), PDF)
    if kind in (JPEG, PNG):
        return Accepted(_drawn_anew(upload.content), JPEG)
    raise RuleBroken("FILE_TYPE")


def _sniff(content: bytes) -> str:
    try:
        return str(puremagic.from_string(content[:4096], mime=True))
    except (puremagic.PureError, ValueError):
        return ""


def _whole_pdf(content: bytes) -> bytes:
    """The PDF, unless it is cut off (no end mark) or locked with a password."""
    if b"%%EOF" not in content[-2048:] or b"startxref" not in content[-4096:]:
        raise RuleBroken("FILE_UNREADABLE")
    if b"/Encrypt" in content:
        raise RuleBroken("FILE_UNREADABLE")
    return content


def _drawn_anew(content: bytes) -> bytes:
    """The picture as a fresh JPEG: upright, no larger than needed, without hidden data or the place it was taken."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise RuleBroken("FILE_UNREADABLE")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise RuleBroken("FILE_UNREADABLE") from error
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    fresh = io.BytesIO()
    upright.save(fresh, "JPEG", quality=85, optimize=True)
    return fresh.getvalue()
