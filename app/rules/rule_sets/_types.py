"""The shape of a rule set: everything in which the generations of the service differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from app.models.enums import DocumentKind
from app.rules.limits import Limit
from app.rules.ranking import Ratio
from app.words import N_, Labelled


class Allocation(Labelled):
    """How a free place is offered."""

    BULLETIN = "bulletin", N_("bulletins of free places")
    NOTIFY_THEN_OPEN = "notify_then_open", N_("notice to the head of the queue, then open to all")
    VOUCHER = "voucher", N_("vouchers issued by the system")


class LeavesQueueOn(Labelled):
    """The act with which an application stops being counted in the queue."""

    CHOICE = "choice", N_("choice of the kindergarten")
    ENROLMENT = "enrolment", N_("enrolment of the child")
    VOUCHER_CONFIRMED = "voucher_confirmed", N_("confirmation of the voucher")


class Necessity(Labelled):
    REQUIRED = "required", N_("required")
    OPTIONAL = "optional", N_("optional")
    IF_ANY = "if_any", N_("if there is one")


class UnknownLimit(LookupError):
    """A limit that the rule set does not have."""

    def __init__(self, code: str, known: tuple[str, ...]) -> None:
        super().__init__(f"unknown limit {code!r}; known: {', '.join(known)}")
        self.code, self.known = code, known


class UnknownRuleSet(LookupError):
    """A rule set that is not registered."""

    def __init__(self, code: str, known: tuple[str, ...]) -> None:
        super().__init__(f"unknown rule set {code!r}; known: {', '.join(known)}")
        self.code, self.known = code, known


@dataclass(frozen=True, order=True)
class MonthDay:
    """A day of every year. Raises ValueError for one that some years lack."""

    month: int
    day: int

    def __post_init__(self) -> None:
        self.in_year(2001)  # not a leap year: 29 February is refused

    def in_year(self, year: int) -> date:
        return date(year, self.month, self.day)


@dataclass(frozen=True)
class RequiredDocument:
    """A document of the contract and whether it must be attached."""

    kind: DocumentKind
    necessity: Necessity


#: Limits without which an allocation mode cannot work; the contract test holds every rule set to it.
EVERY_MODE = frozenset({"sms_code_resend", "sms_code_valid", "benefit_check"})
LIMITS_OF = {
    Allocation.BULLETIN: EVERY_MODE
    | {"priority_choice", "claim_activation", "referral_validity", "stop_list", "referral_extension"}
    | {"self_cancel", "contract_sign", "contract_review"},
    Allocation.NOTIFY_THEN_OPEN: EVERY_MODE
    | {"priority_choice", "referral_validity", "stop_list", "referral_extension", "self_cancel"},
    Allocation.VOUCHER: EVERY_MODE
    | {"voucher_confirm", "voucher_restore", "voucher_enrol", "voucher_extension"}
    | {"contract_sign", "contract_review", "waiting_list_offer"},
}


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """One generation of the rules, as a locality is assigned it from a date.

    `basis` names the document it was read from; each limit names its own. None means that the rule
    set does not know the thing at all (a voucher opens no bulletins and counts no strikes).
    """

    code: str
    title: str
    basis: str
    allocation: Allocation
    limits: tuple[Limit, ...]
    stream_ratio: Ratio | None
    bulletin_opens_at: time | None
    strikes_to_remove: int | None
    contract_returns: int
    extension_needs_documents: bool
    extension_on_last_day_only: bool
    extensions_allowed: int
    min_age_months: int
    max_age_years: int
    max_age_archive_on: MonthDay
    publication_pause: tuple[MonthDay, MonthDay] | None
    interest_confirm_by: MonthDay | None
    required_documents: tuple[RequiredDocument, ...]
    leaves_queue_on: LeavesQueueOn
    application_number: str
    parent_signs_contract: bool

    def limit(self, code: str) -> Limit:
        """The limit of that code. Raises UnknownLimit, which lists the known ones."""
        for limit in self.limits:
            if limit.code == code:
                return limit
        raise UnknownLimit(code, self.limit_codes())

    def limit_codes(self) -> tuple[str, ...]:
        return tuple(limit.code for limit in self.limits)

    def is_publication_paused(self, day: date) -> bool:
        """Whether bulletins are not published on a day (both ends of the pause included)."""
        if self.publication_pause is None:
            return False
        first, last = self.publication_pause
        return first.in_year(day.year) <= day <= last.in_year(day.year)

    def format_number(self, year: int, sequence_id: int) -> str:
        """The number under which an application is known to its applicant."""
        return self.application_number.format(year=year, id=sequence_id)
