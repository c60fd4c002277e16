"""Messages about vouchers and waiting lists, rows of the same table as app/services/template_rows.py."""

from __future__ import annotations

from typing import Final

from app.services.template_rows import Template, row
from app.words import N_

VOUCHERS: Final[dict[str, Template]] = {
    "V1": row(
        N_("Voucher issued: {child}. Confirm by {date}"),
        N_("Voucher issued to you"),
        N_(
            "Child: {child}. Confirm your interest or refuse. Last day: {date}. Without an answer the voucher is "
            "annulled and the application goes to the stop-list."
        ),
    ),
    "V2": row(
        N_("Last day today: confirm the voucher. Child: {child}"),
        N_("Reminder: confirm the voucher"),
        N_("Child: {child}. Last day: {date}."),
    ),
    "V3": row(
        N_("Voucher annulled: {child}. Application in the stop-list"),
        N_("Voucher annulled: no answer"),
        N_("Child: {child}. The application is in the stop-list. Last day to restore it: {date}."),
    ),
    "V4": row(
        N_("You refused the voucher: {child}. Application archived"),
        N_("You refused the voucher"),
        N_("Child: {child}. The voucher is annulled, the application is in the archive."),
    ),
    "V5": row(
        N_("Voucher confirmed: {child}. Contract by {date}"),
        N_("You confirmed the voucher"),
        N_("Child: {child}. Choose a kindergarten and conclude the electronic contract. Last day: {date}."),
    ),
    "V6": row(
        N_("Last day of the voucher today: {child}. Can be extended"),
        N_("You can extend the voucher today"),
        N_("Child: {child}. Last day: {date}. The extension is given once, for 2 working days."),
    ),
    "V7": row(
        N_("Voucher extended: {child}. New last day: {date}"),
        N_("The voucher is extended"),
        N_("Child: {child}. New last day: {date}."),
    ),
    "V8": row(
        N_("Voucher expired: {child}. Application archived"),
        N_("Voucher expired"),
        N_("Child: {child}. No contract was concluded; the voucher is annulled, the application is in the archive."),
    ),
    "V9": row(
        "",
        N_("Enrolment requested"),
        N_("Child: {child}. Kindergarten: {kindergarten}. Group: {group}. Wait for the kindergarten's contract."),
    ),
    "V10": row(
        N_("Voucher annulled: {child}. Reason: see your account"),
        N_("Voucher annulled"),
        N_("Child: {child}. Decision of the education department. Reason: {reason}. You keep your turn."),
    ),
    "W1": row(
        N_("Waiting list: a place for {child}. Answer by {date}"),
        N_("A place from the waiting list"),
        N_(
            "Child: {child}. Kindergarten: {kindergarten}. Last day to answer: {date}. "
            "Without an answer the place is offered to the next child."
        ),
    ),
    "W2": row(
        N_("Off the waiting list: {child}. No answer"),
        N_("Off the waiting list"),
        N_("Child: {child}. Kindergarten: {kindergarten}. There was no answer in time."),
    ),
}
