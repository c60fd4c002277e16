"""What happens next with an application, as its pages show it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.rules.deadlines import Deadline


@dataclass(frozen=True)
class Next:
    """What happens next. deadline: the stored sum; ends: its end, when the parent has to act before it."""

    words: str
    url: str | None = None
    link: str | None = None
    what: str | None = None
    ends: dt.datetime | None = None
    deadline: Deadline | None = None
    otherwise: str | None = None
