"""What a missed, refused or unanswered offer costs, and what may still be done about it.

Sources: guides 001–003; explanations of the ministry on vouchers (restoring once); domain 1.7 D3–D11, 1.8.
A consequence says where the application goes; the acts that take it there are in app/services.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.models.enums import ApplicationStatus, ArchiveReason, StopListReason
from app.rules.rule_sets import FinalExpiry, Refusal, RuleSet
from app.rules.verdict import RuleBroken


@dataclass(frozen=True)
class Consequence:
    """Where the application goes; `limit` is the code of the limit of its stop-list, if it goes there."""

    status: ApplicationStatus
    archive_reason: ArchiveReason | None = None
    limit: str | None = None


BACK_IN_THE_QUEUE = Consequence(ApplicationStatus.QUEUED)


def _archived(reason: ArchiveReason) -> Consequence:
    return Consequence(ApplicationStatus.ARCHIVED, archive_reason=reason)


def _stop_listed(limit: str) -> Consequence:
    return Consequence(ApplicationStatus.STOP_LISTED, limit=limit)


def of_missed_placement(rules: RuleSet, missed_before: int) -> Consequence:
    """A referral, a contract or a confirmed voucher was not used in time (D5–D7, D10, D11).

    `missed_before` are the misses of this application so far, this one not counted.
    """
    if rules.final_expiry is FinalExpiry.ARCHIVE:
        return _archived(ArchiveReason.VOUCHER_EXPIRED)
    if rules.strikes_to_remove is not None and missed_before + 1 >= rules.strikes_to_remove:
        return _archived(ArchiveReason.NO_SHOW_TWICE)
    return _stop_listed("stop_list")


def of_unanswered_voucher(rules: RuleSet, restored_before: int) -> Consequence:
    """Nobody said whether the voucher is wanted (D3).

    A stop-list that nothing leads out of is none: without a restoration left the application is archived.
    """
    if restored_before < rules.restores_allowed:
        return _stop_listed("voucher_restore")
    return _archived(ArchiveReason.INACTIVE)


def of_refusal(rules: RuleSet) -> Consequence:
    """The applicant does not want the place: a referral given back in time, a voucher answered with no (D9)."""
    if rules.refusal is Refusal.ARCHIVE:
        return _archived(ArchiveReason.REFUSED)
    return BACK_IN_THE_QUEUE


def of_stop_list_over(reason: StopListReason) -> Consequence:
    """The last day of a stop-list has passed: released (D6), or archived where the applicant had to act (D4)."""
    if reason is StopListReason.VOUCHER_UNANSWERED:
        return _archived(ArchiveReason.INACTIVE)
    return BACK_IN_THE_QUEUE


def check_restore(rules: RuleSet, reason: StopListReason, restored_before: int, last_day: date, today: date) -> None:
    """Whether the applicant may restore the application now (D4). Raises RuleBroken.

    RESTORE_NOT_ALLOWED for a stop-list of another kind, RESTORE_USED, DEADLINE_PASSED after the last day.
    """
    if reason is not StopListReason.VOUCHER_UNANSWERED or not rules.restores_allowed:
        raise RuleBroken("RESTORE_NOT_ALLOWED", date=last_day)
    if restored_before >= rules.restores_allowed:
        raise RuleBroken("RESTORE_USED")
    if today > last_day:
        raise RuleBroken("DEADLINE_PASSED", date=last_day)


def check_extension(rules: RuleSet, extended_before: int, last_day: date, today: date, has_document: bool) -> None:
    """Whether a referral or a voucher may be extended now (D8, D11). Raises RuleBroken.

    EXTEND_USED, DEADLINE_PASSED after the last day, EXTEND_TOO_EARLY before it, DOCUMENT_MISSING.
    """
    if extended_before >= rules.extensions_allowed:
        raise RuleBroken("EXTEND_USED")
    if today > last_day:
        raise RuleBroken("DEADLINE_PASSED", date=last_day)
    if rules.extension_on_last_day_only and today < last_day:
        raise RuleBroken("EXTEND_TOO_EARLY", date=last_day)
    if rules.extension_needs_documents and not has_document:
        raise RuleBroken("DOCUMENT_MISSING", document="DocumentKind.extension_proof")
