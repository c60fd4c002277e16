"""Messages of the year and further reminders; the shape of a row is that of template_rows.py."""

from __future__ import annotations

from typing import Final

from app.services.template_rows import Template
from app.words import N_

YEAR: Final[dict[str, Template]] = {
    "Q12": Template(
        (N_("Application archived: {child}. Interest not confirmed"),),
        N_("Application archived: interest not confirmed"),
        (N_("Child: {child}. The interest was not confirmed in time, so the application has left the queue."),),
    ),
    "R9": Template(
        (N_("Referral: last day {date}, {child}"),),
        N_("Reminder: last day of the extended referral"),
        (N_("Child: {child}. Last day: {date}. It cannot be extended again."),),
    ),
}
