"""What is stored. Importing this package gives Alembic and SQLAlchemy every table."""

from app.models.categories import PriorityCategory
from app.models.enrolment import Contract, ContractVersion, Document, Enrolment
from app.models.operation import InvariantCheck, JobRun, Setting
from app.models.people import Account, Child, Guardianship, Person, PhoneCode, RegisterEntry, Registration
from app.models.placement import Bulletin, Claim, PriorityAccess, Referral
from app.models.places import Kindergarten, KindergartenGroup, Locality
from app.models.queue import (
    Application,
    ApplicationDraft,
    BenefitCategory,
    Queue,
    QueueBucket,
    QueueEntry,
    StopListEntry,
)
from app.models.record import Delivery, Event, Message
from app.models.regulation import HolidayOverride, Reminder, RuleOverride, RuleSetAssignment
from app.models.statistics import DeadlineSummary, PlacesSummary, QueueSummary, WaitingSummary
from app.models.turns import MergeRequest, SignedChoice, Turn
from app.models.vouchers import Voucher, VoucherRound, WaitingListEntry

__all__ = [
    "Account",
    "Application",
    "ApplicationDraft",
    "BenefitCategory",
    "Bulletin",
    "Child",
    "Claim",
    "Contract",
    "ContractVersion",
    "DeadlineSummary",
    "Delivery",
    "Document",
    "Enrolment",
    "Event",
    "Guardianship",
    "HolidayOverride",
    "InvariantCheck",
    "JobRun",
    "Kindergarten",
    "KindergartenGroup",
    "Locality",
    "MergeRequest",
    "Message",
    "Person",
    "PhoneCode",
    "PlacesSummary",
    "PriorityAccess",
    "PriorityCategory",
    "Queue",
    "QueueBucket",
    "QueueEntry",
    "QueueSummary",
    "Referral",
    "RegisterEntry",
    "Registration",
    "Reminder",
    "RuleOverride",
    "RuleSetAssignment",
    "Setting",
    "SignedChoice",
    "StopListEntry",
    "Turn",
    "Voucher",
    "VoucherRound",
    "WaitingListEntry",
    "WaitingSummary",
]
