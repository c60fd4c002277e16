"""The shape of a rule set: everything in which the generations of the service differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from app.models.enums import DocumentKind, KindergartenKind, LocalityLevel, QueueType
from app.rules.limits import Limit, MonthDay, YearlyDate
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


class FinalExpiry(Labelled):
    """What becomes of an application whose referral or confirmed voucher was not used in time."""

    STOP_LIST = "stop_list", N_("the stop-list")
    ARCHIVE = "archive", N_("the archive")


class Refusal(Labelled):
    """What becomes of an application whose applicant does not want the place that was given."""

    BACK_TO_QUEUE = "back_to_queue", N_("the application returns to its place in the queue")
    ARCHIVE = "archive", N_("the application goes to the archive")


class RoundScope(Labelled):
    """Over what one round of issuing vouchers goes."""

    CITY = "city", N_("over the whole city at once")
    DISTRICT = "district", N_("over all localities of the district at once, leaving out those without free places")


class Reviewer(Labelled):
    """Whose word confirms the documents of an application; the same person may refuse them."""

    DEPARTMENT = "department", N_("education department")
    PMPK = "pmpk", N_("PMPK specialist")
    PHTHISIATRICIAN = "phthisiatrician", N_("phthisiatrician")


class Necessity(Labelled):
    REQUIRED = "required", N_("required")
    OPTIONAL = "optional", N_("optional")
    IF_ANY = "if_any", N_("if there is one")


class UnknownLimit(LookupError):
    """A limit or a yearly date that the rule set does not have."""

    def __init__(self, code: str, known: tuple[str, ...]) -> None:
        super().__init__(f"unknown limit {code!r}; known: {', '.join(known)}")
        self.code, self.known = code, known


class UnknownRuleSet(LookupError):
    """A rule set that is not registered."""

    def __init__(self, code: str, known: tuple[str, ...]) -> None:
        super().__init__(f"unknown rule set {code!r}; known: {', '.join(known)}")
        self.code, self.known = code, known


class NoRounds(LookupError):
    """A rule set that issues no vouchers was asked how its rounds go."""


@dataclass(frozen=True)
class RequiredDocument:
    """A document of the contract and whether it must be attached."""

    kind: DocumentKind
    necessity: Necessity


#: Limits without which an allocation mode cannot work; the contract test holds every rule set to it.
EVERY_MODE = frozenset({"sms_code_resend", "sms_code_valid", "benefit_check", "certificate_validity"})
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
#: Yearly dates that every rule set names.
EVERY_YEAR = frozenset({"age_archive"})

#: The guide of 2025 lets one specialist confirm and another refuse, which is a slip of the pen: the
#: kind of queue decides, and one specialist does both.
REVIEWERS = (
    (QueueType.GENERAL, Reviewer.DEPARTMENT),
    (QueueType.SPECIAL, Reviewer.PMPK),
    (QueueType.SANATORIUM, Reviewer.PHTHISIATRICIAN),
)


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
    yearly_dates: tuple[YearlyDate, ...]
    # Inside one category when the queue is ordered by categories, else over the whole queue.
    stream_ratio: Ratio
    ordered_by_category: bool
    bulletin_opens_at: time | None
    # Both ends included.
    promotion: tuple[MonthDay, MonthDay]
    paused_in_promotion: bool
    strikes_to_remove: int | None
    final_expiry: FinalExpiry
    refusal: Refusal
    restores_allowed: int
    contract_returns: int
    extension_needs_documents: bool
    extension_on_last_day_only: bool
    extensions_allowed: int
    min_age_months: int
    max_age_years: int
    required_documents: tuple[RequiredDocument, ...]
    offered_kinds: tuple[KindergartenKind, ...]
    round_scopes: tuple[tuple[LocalityLevel, RoundScope], ...]
    reviewers: tuple[tuple[QueueType, Reviewer], ...] = REVIEWERS
    leaves_queue_on: LeavesQueueOn
    application_number: str
    parent_signs_contract: bool
    # Whether a child who attends a kindergarten may stand in the queue again.
    reapply_when_enrolled: bool = False

    def limit(self, code: str) -> Limit:
        """The limit of that code. Raises UnknownLimit, which lists the known ones."""
        for limit in self.limits:
            if limit.code == code:
                return limit
        raise UnknownLimit(code, (*self.limit_codes(), *self.date_codes()))

    def limit_codes(self) -> tuple[str, ...]:
        return tuple(limit.code for limit in self.limits)

    def yearly_date(self, code: str) -> YearlyDate:
        """The yearly date of that code. Raises UnknownLimit, which lists the known ones."""
        for yearly in self.yearly_dates:
            if yearly.code == code:
                return yearly
        raise UnknownLimit(code, (*self.limit_codes(), *self.date_codes()))

    def date_codes(self) -> tuple[str, ...]:
        return tuple(yearly.code for yearly in self.yearly_dates)

    @property
    def max_age_archive_on(self) -> MonthDay:
        """The day on which children who reach the maximum age leave the queue (D14)."""
        return self.yearly_date("age_archive").on

    @property
    def interest_confirm_by(self) -> MonthDay | None:
        """The last day of the yearly confirmation of interest (D17), None where nobody is asked."""
        return self.yearly_date("interest_confirmation").on if "interest_confirmation" in self.date_codes() else None

    @property
    def publication_pause(self) -> tuple[MonthDay, MonthDay] | None:
        """The part of the year in which no places are published, both ends included."""
        return self.promotion if self.paused_in_promotion else None

    def is_publication_paused(self, day: date) -> bool:
        """Whether places are not published on a day."""
        return self.paused_in_promotion and self.is_promotion(day)

    def is_promotion(self, day: date) -> bool:
        """Whether groups are promoted to the next age on a day."""
        first, last = self.promotion
        return first.in_year(day.year) <= day <= last.in_year(day.year)

    def round_scope(self, level: LocalityLevel) -> RoundScope:
        """Over what a round goes in a unit of that level. Raises NoRounds where no vouchers are issued."""
        try:
            return dict(self.round_scopes)[level]
        except KeyError as error:
            raise NoRounds(f"{self.code} has no rounds at the level {level}") from error

    def reviewer_of(self, queue_type: QueueType) -> Reviewer:
        """Who confirms and refuses the documents of an application in that queue."""
        return dict(self.reviewers)[queue_type]

    def format_number(self, year: int, sequence_id: int) -> str:
        """The number under which an application is known to its applicant."""
        return self.application_number.format(year=year, id=sequence_id)
