"""Pictures that stand for documents in the demo; each says that it is a sample."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw


@cache
def photo(words: str) -> bytes:
    """A small picture with the words on it."""
    picture = Image.new("RGB", (620, 400), (247, 245, 240))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 600, 380), outline=(10, 88, 114), width=4)
    draw.text((60, 120), "SAMPLE / DEMO", fill=(150, 40, 30), font_size=48)
    draw.text((60, 220), words, fill=(30, 30, 30), font_size=32)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
