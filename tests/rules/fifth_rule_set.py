"""A fifth generation of the rules, invented: what an official's next order might bring. One file, as a real one is."""

from __future__ import annotations

from datetime import time

from app.models.enums import DocumentKind, KindergartenKind
from app.rules.limits import Limit, MonthDay, Unit, YearlyDate
from app.rules.ranking import Ratio
from app.rules.rule_sets import Allocation, FinalExpiry, LeavesQueueOn, Necessity, Refusal, RequiredDocument, RuleSet

ORDER = "an order of 2030 that nobody has signed"

RULES = RuleSet(
    code="invented_2030",
    title="Bulletins of 2030",
    basis=ORDER,
    allocation=Allocation.BULLETIN,
    limits=(
        Limit("sms_code_resend", 60, Unit.SECONDS, ORDER),
        Limit("sms_code_valid", 3, Unit.MINUTES, ORDER),
        Limit("priority_choice", 6, Unit.WORKING_DAYS, ORDER),
        Limit("claim_activation", 1, Unit.WORKING_DAYS, ORDER, decided_by_clock=False),
        Limit("referral_validity", 8, Unit.WORKING_DAYS, ORDER),
        Limit("stop_list", 7, Unit.CALENDAR_DAYS, ORDER),
        Limit("referral_extension", 14, Unit.CALENDAR_DAYS, ORDER),
        Limit("self_cancel", 48, Unit.HOURS, ORDER),
        Limit("contract_sign", 4, Unit.WORKING_DAYS, ORDER),
        Limit("contract_review", 2, Unit.WORKING_DAYS, ORDER, decided_by_clock=False),
        Limit("benefit_check", 4, Unit.WORKING_DAYS, ORDER, decided_by_clock=False),
        Limit("certificate_validity", 3, Unit.MONTHS, ORDER),
        # What no other generation knows.
        Limit("second_choice", 2, Unit.WORKING_DAYS, ORDER),
    ),
    yearly_dates=(YearlyDate("age_archive", MonthDay(9, 1), ORDER),),
    stream_ratio=Ratio(first_priority=1, general=2),
    ordered_by_category=False,
    bulletin_opens_at=time(12, 0),
    promotion=(MonthDay(7, 1), MonthDay(7, 31)),
    paused_in_promotion=True,
    strikes_to_remove=3,
    final_expiry=FinalExpiry.STOP_LIST,
    refusal=Refusal.BACK_TO_QUEUE,
    restores_allowed=0,
    contract_returns=1,
    extension_needs_documents=False,
    extension_on_last_day_only=False,
    extensions_allowed=2,
    min_age_months=18,
    max_age_years=6,
    required_documents=(RequiredDocument(DocumentKind.PARENT_ID, Necessity.REQUIRED),),
    offered_kinds=(KindergartenKind.STATE, KindergartenKind.PRIVATE_STATE_ORDER),
    round_scopes=(),
    leaves_queue_on=LeavesQueueOn.ENROLMENT,
    application_number="{year}-{id}",
    parent_signs_contract=True,
)
