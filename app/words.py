"""How the product's words are marked for translation.

English is the source language. Pure modules (rules, enums) only *mark* their words here; the edge
(views, messages) translates them with gettext in the reader's language.
"""

from __future__ import annotations

import enum


def N_(text: str) -> str:
    """Mark `text` for extraction into the catalogues and return it unchanged."""
    return text


class Labelled(enum.StrEnum):
    """A stored code together with the English label that is translated on screen.

    Members are written ``QUEUED = "queued", N_("In the queue")``; ``member == "queued"`` holds and
    ``member.msgid`` is the label's key in the catalogues.
    """

    msgid: str

    def __new__(cls, value: str, msgid: str | None = None) -> Labelled:
        # Optional for the type checker alone, so that Code("stored value") reads as the lookup it is.
        if msgid is None:
            raise TypeError(f"the code {value!r} has no label")
        member = str.__new__(cls, value)
        member._value_ = value
        member.msgid = msgid
        return member
