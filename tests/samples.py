"""Small files for tests, made here byte by byte."""

from __future__ import annotations

import io

from PIL import Image


def pdf(words: str = "Kezek") -> bytes:
    """A whole one-page PDF."""
    body = f"BT /F1 12 Tf 40 100 Td ({words}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(body), body),
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (len(parts) + 1, table, len(parts) + 1, len(out))


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A real picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, (10, 88, 114)).save(out, kind)
    return out.getvalue()
