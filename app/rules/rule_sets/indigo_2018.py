"""Private kindergartens under state order, 2018: the head of the queue is told and chooses.

Every number of this rule set is here, once, beside its source.
"""

from __future__ import annotations

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

GUIDE = N_("user guide of private kindergartens under state order, 2018")
CARRIED_2020 = N_("user guides of 2020; the guide of 2018 is silent")
DEPARTMENT = N_("explanation of an education department on checking benefits")
SERVICE = N_("decision of the service; the guides are silent")
CERTIFICATES = N_("list of documents of the public service: a workplace certificate is valid for one month")
ORDER_337 = N_("order No. 337 of 14 July 2017; the day is that of the user guide of February 2020")

RULES = RuleSet(
    code="indigo_2018",
    title=N_("Choice by those whose turn has come, 2018"),
    basis=N_("user guide of private kindergartens under state order, 2018; order No. 337 of 14 July 2017"),
    allocation=Allocation.NOTIFY_THEN_OPEN,
    limits=(
        Limit("sms_code_resend", 90, Unit.SECONDS, CARRIED_2020),
        Limit("sms_code_valid", 5, Unit.MINUTES, SERVICE),
        Limit("priority_choice", 3, Unit.WORKING_DAYS, GUIDE),
        Limit("referral_validity", 5, Unit.WORKING_DAYS, GUIDE),
        Limit("stop_list", 10, Unit.WORKING_DAYS, GUIDE),
        # "Up to 30 calendar days"; counted from the last day it extends.
        Limit("referral_extension", 30, Unit.CALENDAR_DAYS, GUIDE),
        Limit("self_cancel", 24, Unit.HOURS, GUIDE),
        Limit("benefit_check", 5, Unit.WORKING_DAYS, DEPARTMENT, decided_by_clock=False),
        Limit("certificate_validity", 1, Unit.MONTHS, CERTIFICATES),
    ),
    yearly_dates=(YearlyDate("age_archive", MonthDay(1, 8), ORDER_337),),
    # One with a benefit to three without: explanations of the education departments.
    stream_ratio=Ratio(first_priority=1, general=3),
    ordered_by_category=False,
    # No bulletin is opened: the head of the queue is told as soon as there is a place.
    bulletin_opens_at=None,
    # Groups are promoted and no places are given out: education department of the capital.
    promotion=(MonthDay(8, 1), MonthDay(8, 31)),
    paused_in_promotion=True,
    # Guide: a referral missed twice removes the child from the queue.
    strikes_to_remove=2,
    final_expiry=FinalExpiry.STOP_LIST,
    # Given back in time it costs nothing; the guide tells the right, not its price.
    refusal=Refusal.BACK_TO_QUEUE,
    restores_allowed=0,
    # On paper nothing is returned in the system.
    contract_returns=0,
    # Guide: "one more chance"; that it needs a document is the guide of June 2019.
    extension_needs_documents=True,
    extension_on_last_day_only=False,
    extensions_allowed=1,
    # The guide begins with three years; its figure of the button says two.
    min_age_months=36,
    # Order No. 337: the year in which the child turns 7.
    max_age_years=7,
    # The guide names none; those of the guide of June 2019.
    required_documents=(
        RequiredDocument(DocumentKind.BIRTH_CERTIFICATE, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.PARENT_ID, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.MEDICAL_CERTIFICATE, Necessity.REQUIRED),
    ),
    # Its title; the figure of the list shows state kindergartens too, which the text does not know.
    offered_kinds=(KindergartenKind.PRIVATE_STATE_ORDER,),
    round_scopes=(),
    # Guide: "with the choice you are taken off the queue automatically".
    leaves_queue_on=LeavesQueueOn.CHOICE,
    application_number="УО.{year}.{id:06d}.1",
    # On paper, in the kindergarten.
    parent_signs_contract=False,
    # Guide: "may apply to the queue if the child is registered in the kindergarten and attends it".
    reapply_when_enrolled=True,
)
