"""Bulletins and the electronic contract, 2020. Every number of this rule set is here, once, beside its source."""

from __future__ import annotations

from datetime import time

from app.models.enums import DocumentKind, KindergartenKind
from app.rules.limits import Limit, MonthDay, Unit, YearlyDate
from app.rules.ranking import Ratio
from app.rules.rule_sets._types import (
    Allocation,
    FinalExpiry,
    LeavesQueueOn,
    Necessity,
    Refusal,
    RequiredDocument,
    RuleSet,
)
from app.words import N_

APPLICATION_GUIDE = N_("user guide of the application, February 2020")
CONTRACT_GUIDE = N_("user guide of the electronic contract, 2020")
CARRIED_2018 = N_("user guide of 2018; the guides of 2020 are silent")
CARRIED_2019 = N_("user guide of June 2019; the guides of 2020 are silent")
CAPITAL = N_("education department of the capital, from 9 October 2019")
DEPARTMENT = N_("explanation of an education department on checking benefits")
SERVICE = N_("decision of the service; the guides are silent")
CERTIFICATES = N_("list of documents of the public service: a workplace certificate is valid for one month")
ORDER_337 = N_("order No. 337 of 14 July 2017 as the user guide of February 2020 tells it")
INTEREST = N_("an education department; the guide of June 2019 shows the column")

RULES = RuleSet(
    code="smartnation_2020",
    title=N_("Bulletins and the electronic contract, 2020"),
    basis=N_("user guides of the application and of the electronic contract, 2020; order No. 337 of 14 July 2017"),
    allocation=Allocation.BULLETIN,
    limits=(
        # The guide shows a countdown at 88 seconds.
        Limit("sms_code_resend", 90, Unit.SECONDS, APPLICATION_GUIDE),
        Limit("sms_code_valid", 5, Unit.MINUTES, SERVICE),
        Limit("priority_choice", 1, Unit.CALENDAR_DAYS, CAPITAL),
        # The kindergarten's silence costs the family nothing: the claim surfaces, no job decides it.
        Limit("claim_activation", 3, Unit.WORKING_DAYS, SERVICE, decided_by_clock=False),
        Limit("referral_validity", 5, Unit.WORKING_DAYS, CONTRACT_GUIDE),
        Limit("stop_list", 10, Unit.WORKING_DAYS, CARRIED_2019),
        # Counted from the last day it extends.
        Limit("referral_extension", 30, Unit.CALENDAR_DAYS, CARRIED_2019),
        Limit("self_cancel", 24, Unit.HOURS, CARRIED_2018),
        Limit("contract_sign", 3, Unit.WORKING_DAYS, CONTRACT_GUIDE),
        Limit("benefit_check", 5, Unit.WORKING_DAYS, DEPARTMENT, decided_by_clock=False),
        Limit("contract_review", 3, Unit.WORKING_DAYS, SERVICE, decided_by_clock=False),
        Limit("certificate_validity", 1, Unit.MONTHS, CERTIFICATES),
    ),
    yearly_dates=(
        YearlyDate("age_archive", MonthDay(1, 8), ORDER_337),
        YearlyDate("interest_confirmation", MonthDay(10, 1), INTEREST),
    ),
    # One with a benefit to three without: explanations of the education departments.
    stream_ratio=Ratio(first_priority=1, general=3),
    ordered_by_category=False,
    # Guide of June 2019; the guides of 2020 show no hour.
    bulletin_opens_at=time(18, 0),
    # Guide of 2018, carried over.
    strikes_to_remove=2,
    final_expiry=FinalExpiry.STOP_LIST,
    # Given back in time it costs nothing; guide of 2018 tells the right, not its price.
    refusal=Refusal.BACK_TO_QUEUE,
    restores_allowed=0,
    # Guide of the electronic contract: "only two chances to correct".
    contract_returns=2,
    # Guide of June 2019, carried over: once, with documents, on the last day of validity.
    extension_needs_documents=True,
    extension_on_last_day_only=True,
    extensions_allowed=1,
    # Two full years, guide of 2018.
    min_age_months=24,
    # Order No. 337 as the guide tells it: all born in 2013 leave the queue in 2020.
    max_age_years=7,
    # Groups are promoted and nothing is published: education department of the capital.
    promotion=(MonthDay(8, 1), MonthDay(8, 31)),
    paused_in_promotion=True,
    # Guide of the electronic contract.
    required_documents=(
        RequiredDocument(DocumentKind.CHILD_PHOTO, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.BIRTH_CERTIFICATE, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.PARENT_ID, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.HEALTH_PASSPORT, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.PMPK_CONCLUSION, Necessity.IF_ANY),
    ),
    # Guide of June 2019, carried over.
    offered_kinds=(KindergartenKind.STATE, KindergartenKind.PRIVATE, KindergartenKind.PRIVATE_STATE_ORDER),
    round_scopes=(),
    leaves_queue_on=LeavesQueueOn.ENROLMENT,
    application_number="{id}",
    parent_signs_contract=True,
)
