"""Vouchers, 2025: the system issues them round by round.

Every number of this rule set is here, once, beside its source.
"""

from __future__ import annotations

from app.models.enums import DocumentKind, KindergartenKind, LocalityLevel
from app.rules.limits import Limit, MonthDay, Unit, YearlyDate
from app.rules.ranking import Ratio
from app.rules.rule_sets._types import (
    Allocation,
    FinalExpiry,
    LeavesQueueOn,
    Necessity,
    Refusal,
    RequiredDocument,
    RoundScope,
    RuleSet,
)
from app.words import N_

GUIDE = N_("user guide of the voucher, February 2025")
MINISTRY = N_("explanations of the ministry on vouchers, 2025")
CAPITAL_2026 = N_("education department of the capital, 2026; the guide of 2025 is silent")
DEPARTMENT = N_("explanation of an education department on checking benefits")
SERVICE = N_("decision of the service; the guides are silent")
CERTIFICATES = N_("list of documents of the public service: a workplace certificate is valid for one month")
ORDER_337 = N_("order No. 337 of 14 July 2017; the day is that of the user guide of February 2020")
YEARLY_UPDATE = N_("yearly update of the queue as kindergartens tell it, 2026")

RULES = RuleSet(
    code="voucher_2025",
    title=N_("Vouchers, 2025"),
    basis=N_("user guide of the voucher, February 2025; explanations of the ministry; order No. 337 of 14 July 2017"),
    allocation=Allocation.VOUCHER,
    limits=(
        # The guide shows a countdown at 87 seconds.
        Limit("sms_code_resend", 90, Unit.SECONDS, GUIDE),
        Limit("sms_code_valid", 5, Unit.MINUTES, SERVICE),
        Limit("voucher_confirm", 2, Unit.WORKING_DAYS, GUIDE),
        # The whole stop-list of a voucher: restored by the applicant inside it, archived after it.
        Limit("voucher_restore", 28, Unit.CALENDAR_DAYS, MINISTRY),
        Limit("voucher_enrol", 5, Unit.WORKING_DAYS, GUIDE),
        # Counted from the last day it extends, and offered on that day.
        Limit("voucher_extension", 2, Unit.WORKING_DAYS, GUIDE),
        Limit("waiting_list_offer", 1, Unit.CALENDAR_DAYS, CAPITAL_2026),
        Limit("contract_sign", 5, Unit.WORKING_DAYS, GUIDE),
        Limit("benefit_check", 5, Unit.WORKING_DAYS, DEPARTMENT, decided_by_clock=False),
        Limit("contract_review", 3, Unit.WORKING_DAYS, SERVICE, decided_by_clock=False),
        Limit("certificate_validity", 1, Unit.MONTHS, CERTIFICATES),
    ),
    yearly_dates=(
        YearlyDate("age_archive", MonthDay(1, 8), ORDER_337),
        YearlyDate("recategorisation", MonthDay(6, 30), YEARLY_UPDATE),
    ),
    # A category holds one stream, so the ratio decides only where an official mixes them.
    stream_ratio=Ratio(first_priority=1, general=3),
    # The guide shows the category beside the application; inside it the moment of submission decides.
    ordered_by_category=True,
    # The system issues vouchers; nothing is opened at an hour.
    bulletin_opens_at=None,
    # Groups are promoted, and vouchers are issued meanwhile: intake goes on to 31 August.
    promotion=(MonthDay(8, 1), MonthDay(8, 31)),
    paused_in_promotion=False,
    # Guide: silence costs the voucher, not a strike.
    strikes_to_remove=None,
    # Guide: "the voucher is annulled and the application moves to the archive".
    final_expiry=FinalExpiry.ARCHIVE,
    # Guide: "if you press No, your application is archived".
    refusal=Refusal.ARCHIVE,
    # Ministry: once.
    restores_allowed=1,
    # Guide of the electronic contract, 2020, carried over.
    contract_returns=2,
    # Guide: "on the 5th day the system offers two more working days"; no document is asked for.
    extension_needs_documents=False,
    extension_on_last_day_only=True,
    extensions_allowed=1,
    # Two full years: the guide's category begins with two.
    min_age_months=24,
    # Order No. 337: the year in which the child turns 7.
    max_age_years=7,
    # Guide, the page before the contract.
    required_documents=(
        RequiredDocument(DocumentKind.HEALTH_CERTIFICATE_027, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.BIRTH_CERTIFICATE, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.PARENT_ID, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.HEALTH_PASSPORT_052, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.VACCINATION_CARD, Necessity.REQUIRED),
        RequiredDocument(DocumentKind.PMPK_CONCLUSION, Necessity.IF_ANY),
    ),
    offered_kinds=(KindergartenKind.STATE, KindergartenKind.PRIVATE, KindergartenKind.PRIVATE_STATE_ORDER),
    # Amendment of 23 September 2025: a city is one round; a district is one round over all its
    # localities. The classifier gives a city of the republic the level of a region.
    round_scopes=(
        (LocalityLevel.REGION, RoundScope.CITY),
        (LocalityLevel.DISTRICT, RoundScope.DISTRICT),
        (LocalityLevel.RURAL_DISTRICT, RoundScope.DISTRICT),
        (LocalityLevel.SETTLEMENT, RoundScope.CITY),
    ),
    # Guide: with the voucher in use the queue itself reads "in the archive".
    leaves_queue_on=LeavesQueueOn.VOUCHER_CONFIRMED,
    application_number="{id}",
    parent_signs_contract=True,
)
