"""Codes that are stored, each with the word shown for it. Pure: imports nothing but the marker.

Statuses say what is awaited (texts.md §2); the moves between them are in app/rules/lifecycle.py.
"""

from __future__ import annotations

from app.words import N_, Labelled


class Language(Labelled):
    """Language of instruction, and of messages for the first two and English."""

    KK = "kk", N_("Kazakh")
    RU = "ru", N_("Russian")
    UZ = "uz", N_("Uzbek")
    UG = "ug", N_("Uyghur")
    TG = "tg", N_("Tajik")
    EN = "en", N_("English")


class Sex(Labelled):
    MALE = "male", N_("male")
    FEMALE = "female", N_("female")


class Role(Labelled):
    """Roles of the office and of parents; one row in FAB's role table each."""

    ADMIN = "Admin", N_("Administrator")
    DEPARTMENT = "Department official", N_("Department official")
    REVIEWER = "Reviewer", N_("Reviewer of documents")
    HEAD = "Kindergarten head", N_("Kindergarten head")
    METHODIST = "Kindergarten methodist", N_("Kindergarten methodist")
    SUPPORT = "Support operator", N_("Support operator")
    AUDITOR = "Auditor", N_("Auditor")
    PARENT = "Parent", N_("Parent")
    SYSTEM = "System", N_("System")


class QueueType(Labelled):
    GENERAL = "general", N_("General queue")
    SPECIAL = "special", N_("Special queue")
    SANATORIUM = "sanatorium", N_("Sanatorium queue")


class Stream(Labelled):
    """Order of being served: out-of-turn first, then first-priority and general one to three."""

    OUT_OF_TURN = "out_of_turn", N_("Out of turn")
    FIRST_PRIORITY = "first_priority", N_("First priority")
    GENERAL = "general", N_("On general grounds")


class ApplicationStatus(Labelled):
    DRAFT = "draft", N_("Draft")
    DOCS_REVIEW = "docs_review", N_("Documents under review")
    QUEUED = "queued", N_("In the queue")
    NOTIFIED = "notified", N_("Your turn")
    CLAIMED = "claimed", N_("Claim sent")
    REFERRED = "referred", N_("Referral issued")
    VOUCHER_ISSUED = "voucher_issued", N_("Voucher issued")
    VOUCHER_CONFIRMED = "voucher_confirmed", N_("Voucher confirmed")
    KINDERGARTEN_CHOSEN = "kindergarten_chosen", N_("Kindergarten chosen")
    CONTRACTING = "contracting", N_("Contract in progress")
    REWORK = "rework", N_("Returned for correction")
    STOP_LISTED = "stop_listed", N_("In the stop-list")
    ENROLLED = "enrolled", N_("Enrolled")
    ARCHIVED = "archived", N_("Archived")


class ArchiveReason(Labelled):
    WITHDRAWN = "withdrawn", N_("applicant's decision")
    REJECTED = "rejected", N_("documents not confirmed")
    MAX_AGE = "max_age", N_("maximum age reached")
    REFUSED = "refused", N_("voucher refused")
    VOUCHER_EXPIRED = "voucher_expired", N_("voucher not used in time")
    NO_SHOW_TWICE = "no_show_twice", N_("referral missed twice")
    INACTIVE = "inactive", N_("not restored in time")
    ENROLLED = "enrolled", N_("child enrolled")
    DUPLICATE = "duplicate", N_("duplicate application")
    UNINTERESTED = "uninterested", N_("interest not confirmed in time")


class BenefitCheck(Labelled):
    """Where the check of a claimed benefit stands; only a confirmed benefit changes the stream."""

    NONE = "none", N_("No benefit claimed")
    PENDING = "pending", N_("Awaiting the check")
    CONFIRMED = "confirmed", N_("Confirmed")
    REFUSED = "refused", N_("Not confirmed")


class BulletinStatus(Labelled):
    DRAFT = "draft", N_("Draft bulletin")
    SCHEDULED = "scheduled", N_("Scheduled")
    PRIORITY = "priority", N_("Available to me")
    OPEN = "open", N_("Available to all")
    FILLED = "filled", N_("No places left")
    WITHDRAWN = "withdrawn", N_("Withdrawn")
    CLOSED = "closed", N_("Closed")


class PlaceType(Labelled):
    FREE = "free", N_("permanent place")
    TEMPORARY = "temporary", N_("temporary place")


class ClaimStatus(Labelled):
    WAITING = "waiting", N_("Awaiting activation")
    ACTIVATED = "activated", N_("Activated")
    DECLINED = "declined", N_("Declined")
    CANCELLED = "cancelled", N_("Cancelled by you")
    LAPSED = "lapsed", N_("Lapsed")


class DeclineReason(Labelled):
    """Why a kindergarten declines a claim; coded, so that declines can be counted and appealed."""

    DATA_MISMATCH = "data_mismatch", N_("data of the child do not match the documents")
    NO_GROUP = "no_group", N_("the group is not opened")
    NOT_REACHABLE = "not_reachable", N_("the applicant cannot be reached")
    HEALTH = "health", N_("medical contraindication")
    OTHER = "other", N_("other reason")


class ReferralStatus(Labelled):
    ISSUED = "issued", N_("Valid")
    EXTENDED = "extended", N_("Extended")
    USED = "used", N_("Used")
    EXPIRED = "expired", N_("Expired")
    CANCELLED_BY_PARENT = "cancelled_by_parent", N_("Given back")
    CANCELLED_BY_DEPARTMENT = "cancelled_by_department", N_("Annulled by the department")


class VoucherStatus(Labelled):
    ISSUED = "issued", N_("Awaiting confirmation")
    CONFIRMED = "confirmed", N_("Voucher is confirmed")
    ATTACHED = "attached", N_("Attached to a kindergarten")
    EXTENDED = "extended", N_("Voucher is extended")
    IN_USE = "in_use", N_("In use")
    ANNULLED = "annulled", N_("Annulled")


class WaitingListStatus(Labelled):
    """A child with a confirmed voucher in the line for one kindergarten."""

    WAITING = "waiting", N_("Waiting for a place")
    OFFERED = "offered", N_("A place is offered")
    ACCEPTED = "accepted", N_("Place accepted")
    LAPSED = "lapsed", N_("Offer not answered in time")
    LEFT = "left", N_("Left the waiting list")


class TurnStatus(Labelled):
    """A turn to choose a kindergarten, from the notice to its end."""

    LIVE = "live", N_("Choice is open")
    CHOSEN = "chosen", N_("Kindergarten is chosen")
    LAPSED = "lapsed", N_("Not chosen in time")
    CANCELLED = "cancelled", N_("Turn ended otherwise")


class MergeStatus(Labelled):
    """A request of one parent to take an application over from the other."""

    ASKED = "asked", N_("Awaiting the other parent")
    AGREED = "agreed", N_("Agreed")
    REFUSED = "refused", N_("Not agreed")
    LAPSED = "lapsed", N_("Request not answered in time")
    CANCELLED = "cancelled", N_("Request taken back")


class VoucherEnd(Labelled):
    """Why a voucher was annulled."""

    NO_ANSWER = "no_answer", N_("no answer in time")
    REFUSED = "refused", N_("refused by the applicant")
    NOT_ENROLLED = "not_enrolled", N_("child not enrolled in time")
    REVOKED = "revoked", N_("decision of the education department")


class Financing(Labelled):
    """Who pays for the place."""

    VOUCHER = "voucher", N_("Voucher")


class CategorySource(Labelled):
    """How it is known that a child belongs to a priority category."""

    EVERYONE = "everyone", N_("every child")
    AGE = "age", N_("age by the end of the calendar year")
    BENEFIT = "benefit", N_("a benefit confirmed by a document")


class StopListStatus(Labelled):
    ACTIVE = "active", N_("On the stop-list")
    RELEASED = "released", N_("Released")
    RESTORED = "restored", N_("Restored by you")
    ESCALATED = "escalated", N_("Moved to the archive")


class StopListReason(Labelled):
    REFERRAL_EXPIRED = "referral_expired", N_("referral not used in time")
    CONTRACT_LAPSED = "contract_lapsed", N_("contract not signed in time")
    CONTRACT_REFUSED = "contract_refused", N_("contract refused by the kindergarten")
    VOUCHER_UNANSWERED = "voucher_unanswered", N_("voucher not answered")


class ContractStatus(Labelled):
    SENT = "sent", N_("Awaiting your signature")
    PARENT_SIGNED = "parent_signed", N_("Under review")
    RETURNED = "returned", N_("Returned to the parent")
    SIGNED = "signed", N_("Signed")
    REFUSED = "refused", N_("Refused")
    LAPSED = "lapsed", N_("Not signed in time")
    TERMINATED = "terminated", N_("Terminated")


class RefusalReason(Labelled):
    INCOMPLETE = "incomplete", N_("incomplete set of documents")
    OUTDATED = "outdated", N_("documents out of date")
    UNVACCINATED_SHARE = "unvaccinated_share", N_("share of unvaccinated children exceeded")
    FALSE_DATA = "false_data", N_("false data")
    OTHER = "other", N_("other reason")


class DischargeReason(Labelled):
    PARENT_REQUEST = "parent_request", N_("request of the parent")
    MOVED = "moved", N_("family moved away")
    SCHOOL = "school", N_("child starts school")
    ABSENCE = "absence", N_("long absence without a valid reason")
    OTHER = "other", N_("other reason")


class DocumentKind(Labelled):
    CHILD_PHOTO = "child_photo", N_("Photo of the child")
    BIRTH_CERTIFICATE = "birth_certificate", N_("Birth certificate")
    PARENT_ID = "parent_id", N_("Identity card of one parent")
    HEALTH_PASSPORT = "health_passport", N_("Health passport of the child (form 026/u-3)")
    MEDICAL_CERTIFICATE = "medical_certificate", N_("Medical certificate")
    PMPK_CONCLUSION = "pmpk_conclusion", N_("PMPK conclusion")
    HEALTH_CERTIFICATE_027 = "health_certificate_027", N_("Health certificate (form 027/u)")
    HEALTH_PASSPORT_052 = "health_passport_052", N_("Health passport of the child (form 052-2/u)")
    VACCINATION_CARD = "vaccination_card", N_("Vaccination card (form 065/u)")
    BENEFIT_PROOF = "benefit_proof", N_("Document confirming the benefit")
    EXTENSION_PROOF = "extension_proof", N_("Document confirming the reason of the extension")


class DocumentStatus(Labelled):
    UPLOADED = "uploaded", N_("Awaiting the check of the document")
    ACCEPTED = "accepted", N_("Accepted")
    MARKED = "marked", N_("To be corrected")
    REPLACED = "replaced", N_("Replaced")


class KindergartenKind(Labelled):
    STATE = "state", N_("state")
    PRIVATE = "private", N_("private")
    PRIVATE_STATE_ORDER = "private_state_order", N_("private under state order")


class GroupType(Labelled):
    REGULAR = "regular", N_("regular group")
    SPECIAL = "special", N_("special group")
    SANATORIUM = "sanatorium", N_("sanatorium group")


class AgeGroup(Labelled):
    """Age by the end of the calendar year; names of the model order (texts.md §1.2)."""

    EARLY = "early", N_("early-age group (1 year)")
    JUNIOR = "junior", N_("junior group (2 years)")
    MIDDLE = "middle", N_("middle group (3 years)")
    SENIOR = "senior", N_("senior group (4 years)")
    PRESCHOOL = "preschool", N_("pre-school group (5 years)")


class LocalityLevel(Labelled):
    REGION = "region", N_("region")
    DISTRICT = "district", N_("district")
    RURAL_DISTRICT = "rural_district", N_("rural district")
    SETTLEMENT = "settlement", N_("settlement")


class GuardianKind(Labelled):
    PARENT = "parent", N_("parent")
    GUARDIAN = "guardian", N_("guardian")
    CUSTODIAN = "custodian", N_("custodian")
    ADOPTER = "adopter", N_("adoptive parent")


class CorrectionType(Labelled):
    SPEECH = "speech", N_("severe speech disorders")
    PHONETIC = "phonetic", N_("phonetic-phonemic speech disorder")
    HEARING = "hearing", N_("deaf and hard-of-hearing children")
    VISION = "vision", N_("blind and visually impaired children")
    MUSCULOSKELETAL = "musculoskeletal", N_("musculoskeletal disorders")
    INTELLECT = "intellect", N_("intellectual disorders")
    DEVELOPMENT_DELAY = "development_delay", N_("delayed mental development")
    AUTISM = "autism", N_("autism spectrum disorders")
    EMOTIONAL = "emotional", N_("emotional and volitional disorders")
    MULTIPLE = "multiple", N_("multiple disorders (two or more)")


class Channel(Labelled):
    SMS = "sms", N_("SMS")
    EMAIL = "email", N_("E-mail")


class DeliveryStatus(Labelled):
    PENDING = "pending", N_("Pending")
    SENT = "sent", N_("Sent")
    DELIVERED = "delivered", N_("Delivered")
    FAILED = "failed", N_("Not delivered")


class FiledBy(Labelled):
    """Who typed the application in: the applicant, or an operator on the applicant's behalf."""

    APPLICANT = "applicant", N_("filed by the applicant")
    OPERATOR = "operator", N_("filed by an operator on behalf of the applicant")
