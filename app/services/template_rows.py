"""The table of messages: one row per event, English msgids (docs/glossary.md has the terms)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.services.template_rows_merge import MERGE
from app.words import N_


@dataclass(frozen=True)
class Template:
    """Msgids of one event. Wordings go from the fullest to the one that needs fewest facts; none: no such channel."""

    sms: tuple[str, ...]
    title: str
    body: tuple[str, ...]


def row(sms: str | tuple[str, ...], title: str, body: str | tuple[str, ...]) -> Template:
    """One row; a single wording may be given without brackets, none as empty text."""
    return Template(_wordings(sms), title, _wordings(body))


def _wordings(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,) if text else ()


_QUEUE: Final[dict[str, Template]] = {
    "Q1": row(
        (
            N_("Application accepted. Child: {child}. Queue number: {number}"),
            N_("Application accepted. Child: {child}"),
        ),
        N_("Application accepted"),
        (
            N_("Child: {child}. Queue number: {number}. The number may change because of applications with benefits."),
            N_("Child: {child}. The application is in the queue."),
        ),
    ),
    "Q2": row(
        N_("Documents sent for review: {child}"),
        N_("Documents under review"),
        N_("Child: {child}. We will tell you the result."),
    ),
    "Q3": row(
        (N_("Documents confirmed: {child}. Queue number: {number}"), N_("Documents confirmed: {child}")),
        N_("Application confirmed"),
        (N_("Child: {child}. Queue number: {number}."), N_("Child: {child}. The application is in the queue.")),
    ),
    "Q4": row(
        N_("Documents not confirmed: {child}. Reason: see your account"),
        N_("Application not confirmed"),
        N_(
            "Child: {child}. Reason: {reason}. Decided by: {role}. The application is in the archive; "
            "you may apply again."
        ),
    ),
    "Q5": row(
        N_("Documents returned for correction. Last day: {date}"),
        N_("Correct the documents"),
        N_("Child: {child}. Reason: {reason}. Last day: {date}."),
    ),
    "Q6": row(
        N_("Benefit confirmed: {child}"),
        N_("Benefit confirmed"),
        (N_("Child: {child}. Category: {category}."), N_("Child: {child}.")),
    ),
    "Q7": row(
        N_("Benefit not confirmed: {child}. General queue"),
        N_("Benefit not confirmed"),
        (
            N_(
                "Child: {child}. Reason: {reason}. The application stands in the general queue by its "
                "submission time. Number: {number}."
            ),
            N_("Child: {child}. Reason: {reason}. The application stands in the general queue by its submission time."),
        ),
    ),
    "Q8": row(
        N_("Queue updated: {child}. New number: {number}"),
        N_("Queue updated"),
        N_("Child: {child}. New number: {number}. Within a category the order is by submission time."),
    ),
    "Q9": row(
        N_("Still need the place? Confirm: {child}. Last day: {date}"),
        N_("Confirm your application"),
        N_(
            "Child: {child}. If you still need the place, confirm it. Last day: {date}. "
            "Without it the application goes to the archive."
        ),
    ),
    "Q10": row(
        N_("Application archived: {child}. Maximum age reached"),
        N_("Application archived"),
        N_("Child: {child}. This year the child turns {n}, so the application has left the queue."),
    ),
    "Q11": row(
        N_("Application withdrawn: {child}"),
        N_("Application withdrawn"),
        N_("Child: {child}. The application is kept in “Archive”."),
    ),
}

_PLACES: Final[dict[str, Template]] = {
    "P1": row(
        N_("Your turn: {child}. Choose a kindergarten by {date}"),
        N_("It is your turn"),
        N_(
            "Child: {child}. Priority access is open to you: choose a kindergarten. Last day: {date}. "
            "Then the place opens to all; you keep your turn."
        ),
    ),
    "P2": row(
        N_("Priority access, last day {date}: {child}"),
        N_("Reminder: priority access is ending"),
        N_("Child: {child}. Last day: {date}."),
    ),
    "P3": row(
        N_("The place is open to all. You keep your turn: {child}"),
        N_("Priority access is over"),
        (
            N_("Child: {child}. The place is open to all. You keep your queue number: {number}."),
            N_("Child: {child}. The place is open to all. You keep your turn."),
        ),
    ),
    "P4": row(
        "",
        N_("New free place"),
        N_("Kindergarten: {kindergarten}. Group: {group}. Claims open: {moment}."),
    ),
    "C1": row(
        N_("Claim sent: {child}. Wait for the kindergarten's answer"),
        N_("Claim sent"),
        N_("Child: {child}. Kindergarten: {kindergarten}. Wait until the kindergarten activates the claim."),
    ),
    "C2": row(
        N_("Claim declined: {child}. You keep your turn"),
        N_("Claim declined"),
        N_(
            "Child: {child}. Kindergarten: {kindergarten}. Reason: {reason}. You keep your turn "
            "and may choose another bulletin."
        ),
    ),
    "C3": row(
        N_("Claim not activated: {child}. You keep your turn"),
        N_("Claim not activated"),
        N_(
            "Child: {child}. Kindergarten: {kindergarten}. The kindergarten did not answer in time or withdrew "
            "the place. This does not affect your turn."
        ),
    ),
}

_REFERRALS: Final[dict[str, Template]] = {
    "R1": row(
        N_("Referral issued: {child}. Documents by {date}"),
        N_("Referral issued"),
        N_(
            "Child: {child}. Kindergarten: {kindergarten}. To conclude the contract hand in the referral, the "
            "identity documents of the applicant and of the child, and the medical certificate. "
            "Last day: {date} (working days: {n}). Otherwise the application goes to the stop-list (working days: {m})."
        ),
    ),
    "R2": row(
        N_("Referral: last day {date}, {child}. It can be extended"),
        N_("Reminder: last day of the referral"),
        N_(
            "Child: {child}. Last day: {date}. If you cannot come, attach a document that proves it "
            "and ask for the extension (once)."
        ),
    ),
    "R3": row(
        N_("Referral extended: {child}. New last day: {date}"),
        N_("Referral extended"),
        N_("Child: {child}. New last day: {date}. It cannot be extended again."),
    ),
    "R4": row(
        N_("Extension refused: {child}. Last day: {date}"),
        N_("Referral not extended"),
        N_("Child: {child}. Reason: {reason}. Last day for the documents: {date}."),
    ),
    "R5": row(
        (N_("Referral expired: {child}. Stop-list, last day: {date}"), N_("Referral expired: {child}. Stop-list")),
        N_("Referral expired"),
        (
            N_(
                "Child: {child}. The application is in the stop-list, last day: {date}. The submission time is kept. "
                "If a referral is not used a second time, the application is removed from the queue."
            ),
            N_("Child: {child}. The application is in the stop-list. The submission time is kept."),
        ),
    ),
    "R6": row(
        N_("Referral missed twice: {child}. Application archived"),
        N_("Application removed from the queue"),
        N_("Child: {child}. The last day of a referral was missed twice. You may apply again."),
    ),
    "R7": row(
        N_("Referral given back: {child}. You keep your turn"),
        N_("You gave the referral back"),
        N_("Child: {child}. The place is released; you keep your turn."),
    ),
    "R8": row(
        N_("Referral annulled: {child}. Reason: see your account"),
        N_("Referral annulled"),
        N_("Child: {child}. Decision of the education department. Reason: {reason}."),
    ),
    "S1": row(
        (N_("Out of the stop-list: {child}. Queue number: {number}"), N_("Out of the stop-list: {child}")),
        N_("The application is back in the queue"),
        (
            N_("Child: {child}. Queue number: {number}. A referral can be received when there is a free place."),
            N_("Child: {child}. A referral can be received when there is a free place."),
        ),
    ),
    "S2": row(
        N_("Restore the application: {child}. Last day: {date}"),
        N_("The application can be restored"),
        N_("Child: {child}. Last day: {date}. This is possible once; then the application goes to the archive."),
    ),
    "S3": row(
        N_("Not restored in time: {child}. Application archived"),
        N_("The application was not restored"),
        N_("Child: {child}. The last day to restore the application has passed; it is in the archive."),
    ),
}

_CONTRACTS: Final[dict[str, Template]] = {
    "K1": row(
        N_("Contract received: {child}. Sign by {date}"),
        N_("Contract received"),
        N_(
            "Child: {child}. Kindergarten: {kindergarten}. Fill in the data, attach the documents and sign with the "
            "digital signature. Last day: {date}."
        ),
    ),
    "K2": row(
        N_("Last day to sign the contract – {date}: {child}"),
        N_("Reminder: sign the contract"),
        N_("Child: {child}. Last day: {date}."),
    ),
    "K3": row(
        N_("Contract returned for correction: {child}. By {date}"),
        N_("Contract returned for correction"),
        N_(
            "Child: {child}. Reason: {reason}. Replace the documents framed in red and sign again. "
            "Last day: {date}. Attempts left: {n}."
        ),
    ),
    "K4": row(
        N_("Contract refused: {child}. Reason: see your account"),
        N_("Contract refused"),
        N_("Child: {child}. Kindergarten: {kindergarten}. Reason: {reason}. You may appeal against the decision."),
    ),
    "K5": row(
        N_("Contract lapsed: {child}. What next: see your account"),
        N_("Contract not signed in time"),
        N_("Child: {child}. Consequence: {reason}."),
    ),
    "K6": row(
        N_("Contract signed. Child enrolled: {child}"),
        N_("Child enrolled"),
        N_(
            "Both sides have signed the contract. Child: {child}. Kindergarten: {kindergarten}. Group: {group}. "
            "First day: {date}."
        ),
    ),
    "K7": row(
        N_("Child discharged: {child}. Date: {date}"),
        N_("Child discharged"),
        N_("Child: {child}. Kindergarten: {kindergarten}. Date: {date}. Reason: {reason}."),
    ),
    "K8": row(
        N_("Temporary place, last day {date}: {child}"),
        N_("The temporary place is ending"),
        N_("Child: {child}. Last day: {date}. The queue number is kept: {number}."),
    ),
}

_PEOPLE: Final[dict[str, Template]] = {
    "T1": row(
        "",
        N_("The register is unavailable for a while"),
        N_("Child: {child}. We will check the data later; the submission time is kept. There is nothing to do."),
    ),
    "T2": row(
        N_("Check done: the data differ, {child}"),
        N_("The data differ from the register"),
        N_("Child: {child}. Field: {field}. Last day to correct it: {date}."),
    ),
    # The code is in no inbox: whoever reads it there has logged in already.
    "A1": row(N_("Kezek code: {code}. Tell it to nobody. Valid for {n} min"), "", ""),
    "A2": row(
        N_("Password changed. If it was not you, contact support"),
        N_("Password changed"),
        N_("Time: {date}, {time}. If it was not you, reset the password and tell the support service."),
    ),
    "A3": row(
        "",
        N_("Log-in from a new device"),
        N_("Time: {date}, {time}. Device: {device}. If it was not you, end the session in “Devices and log-ins”."),
    ),
    "A4": row(
        N_("Phone of the account changed. Not you? Contact support"),
        N_("Contact data changed"),
        N_("Time: {date}, {time}. Changed: {field}."),
    ),
    "A5": row(
        N_("Log-in locked: too many mistakes. Wait {n} min"),
        N_("Log-in locked for a while"),
        N_("There were too many wrong attempts. Log-in opens at {time}."),
    ),
    "G1": row(
        N_("Request: second guardian. Open your account"),
        N_("Invitation to be the second guardian"),
        N_("Child: {child}. Invitation from: {name}. Last day to answer: {date}."),
    ),
    "G2": row(
        N_("Second guardian added: {child}"),
        N_("Second guardian added"),
        N_("Child: {child}. Guardian: {name}. If you did not approve it, tell the support service."),
    ),
    "G3": row(
        "",
        N_("The second guardian acted"),
        N_("Child: {child}. Action: {action}. Time: {date}, {time}."),
    ),
    "G4": row(
        N_("Access to the child's data ended: {child}"),
        N_("Access ended"),
        N_("Child: {child}. Ground: {reason}."),
    ),
}

ROWS: Final[dict[str, Template]] = {
    **_QUEUE,
    **_PLACES,
    **_REFERRALS,
    **_CONTRACTS,
    **_PEOPLE,
    **{code: row(*texts) for code, texts in MERGE.items()},
}
