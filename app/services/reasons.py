"""The sentence a reader gets when a rule says no: what is wrong, and what to do.

One row per code of RuleBroken. The fullest sentence comes first; the last one needs no facts, so
there is always an answer. Words: the forms of the official register, no blame, no bare codes.
"""

from __future__ import annotations

from typing import Final

from flask import current_app

from app.i18n import language
from app.rules.verdict import RuleBroken
from app.services.wording import Names, choose, fill, in_words, stored_name
from app.words import N_

_GENERAL: Final = (N_("This cannot be done now. Reload the page and try again."),)

_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "REQUIRED": (N_("Fill in this field."),),
    "IIN_FORMAT": (N_("An IIN has 12 digits. Check the document and enter it again."),),
    "IIN_CHECKSUM": (N_("The IIN has a mistake: the check digit does not agree. Check the digits."),),
    "IIN_BIRTH": (N_("The IIN and the date of birth do not agree. Check both against the document."),),
    "IIN_SEX": (N_("The IIN and the sex do not agree. Check the document."),),
    "IIN_ADULT": (N_("This is an adult's IIN. Enter the child's IIN."),),
    "IIN_OWN": (N_("This is your own IIN. Enter the child's IIN."),),
    "IIN_NOT_FOUND": (
        N_("This IIN is not in the register. Check the digits or take the document to the education department."),
    ),
    "IIN_TAKEN": (N_("There is already an account with this IIN. Log in or reset the password."),),
    "BIN_FORMAT": (N_("A BIN has 12 digits. Check it and enter it again."),),
    "PHONE_FORMAT": (N_("Enter the number as +7 7XX XXX XX XX."),),
    "EMAIL_FORMAT": (N_("Check the e-mail address, for example: parent@example.kz."),),
    "DATE_IN_PAST": (N_("This moment has passed. Choose a later one."),),
    "DATE_IN_FUTURE": (N_("This date has not come yet. Check it against the document."),),
    "REASON_REQUIRED": (N_("Give a reason: the reader will see it."),),
    "LANGUAGES_MISSING": (N_("Choose at least one language of instruction."),),
    "BENEFIT_UNKNOWN": (N_("This benefit is not on the list. Choose another or apply without a benefit."),),
}

_ACCOUNTS: Final[dict[str, tuple[str, ...]]] = {
    "PASSWORD_LENGTH": (N_("The password must have 8–40 characters."),),
    "PASSWORD_WEAK": (N_("This password is easy to guess. Choose another."),),
    "PASSWORD_DIFFER": (N_("The passwords differ. Enter them again."),),
    "LOGIN_WRONG": (N_("Wrong data or password. Check them or reset the password."),),
    "LOGIN_LOCKED": (
        N_("Too many attempts. Log-in opens at {time}."),
        N_("Too many attempts. Wait a few minutes and try again."),
    ),
    "CODE_WRONG": (
        N_("Wrong code. Enter the code of the latest SMS. Attempts left: {n}."),
        N_("Wrong code. Enter the code of the latest SMS."),
    ),
    "CODE_EXPIRED": (N_("The code has expired. Request a new one."),),
    "CODE_TOO_MANY": (
        N_("Too many codes were requested. The next one can be sent at {time}."),
        N_("Too many codes were requested. Try again later."),
    ),
    "OWN_ACCOUNT": (N_("You cannot switch off or delete the account you are working with."),),
    "PROFILE_INCOMPLETE": (
        N_("Complete your profile first. Missing: {fields}."),
        N_("Complete your profile first."),
    ),
    "FORBIDDEN": (N_("You have no access to this page."),),
    "SESSION_OVER": (N_("Your session has ended. Log in again; the draft is kept."),),
}

_APPLICATIONS: Final[dict[str, tuple[str, ...]]] = {
    "CHILD_IN_QUEUE": (
        N_("The child is already in this queue. Application number: {number}. A new one is not needed."),
        N_("The child is already in this queue. A new application is not needed."),
    ),
    "CHILD_OTHER_ACCOUNT": (
        N_("Another guardian has registered the child. Ask to be added as the second one or contact the department."),
    ),
    "NOT_GUARDIAN": (N_("The register does not show you as the child's guardian. Attach a document that proves it."),),
    "CHILD_ENROLLED": (N_("The child attends a kindergarten. Apply after the discharge."),),
    "TOO_YOUNG": (
        N_("The child is still too young. You can choose from: {date}."),
        N_("The child is still too young."),
    ),
    "TOO_OLD": (N_("The child is over the maximum age. Ask the education department about pre-school classes."),),
    "NOT_IN_QUEUE": (
        N_("The application is not waiting in the queue. Its status: {status}."),
        N_("The application is not waiting in the queue now."),
    ),
    "BENEFIT_SAME": (N_("The application has this benefit already. Choose another."),),
    "MERGE_ASKED": (N_("The other parent has been asked already. Wait for the answer."),),
    "MERGE_NOT_HERE": (N_("In this locality applications are not handed over from parent to parent."),),
    "NOT_YOUR_TURN": (N_("Your turn has not come yet. You will be told by message when it does."),),
    "IN_STOP_LIST": (
        N_("The application is in the stop-list. Last day: {date}. Try again after it."),
        N_("The application is in the stop-list. Try again later."),
    ),
    "CONCLUSION_INCOMPLETE": (N_("The conclusion has no number, issuer or date. Take them from the document."),),
    "KINDERGARTEN_UNSUITABLE": (N_("This kindergarten has no groups of that kind. Choose another."),),
    "STALE": (N_("The data changed while the page was open. Reload the page and try again."),),
}

_BULLETINS: Final[dict[str, tuple[str, ...]]] = {
    "BULLETIN_NOT_OPEN": (N_("Claims are not taken yet. They open: {moment}."), N_("Claims are not taken yet.")),
    "BULLETIN_FULL": (
        N_("There are no places left: the last one has been taken. Choose another; you keep your turn."),
    ),
    "BULLETIN_CLOSED": (N_("The bulletin is closed. Choose another."),),
    "BULLETIN_PRIORITY": (
        N_("The place is open only to those whose turn has come. It opens to all: {moment}."),
        N_("The place is open only to those whose turn has come."),
    ),
    "MATCH_YEAR": (
        N_("The birth year does not match. In the bulletin: {years}. The child's: {year}."),
        N_("The birth year does not match."),
    ),
    "MATCH_LANGUAGE": (
        N_("The language of instruction does not match. In the bulletin: {language}. In the application: {languages}."),
        N_("The language of instruction does not match."),
    ),
    "MATCH_LOCALITY": (
        N_("The locality does not match. In the bulletin: {locality}. In the application: {locality2}."),
        N_("The locality does not match."),
    ),
    "MATCH_GROUP": (N_("The kind of group does not match. A special group needs a PMPK conclusion."),),
    "CLAIM_EXISTS": (
        N_("Only one claim can be live at a time. Cancel the other first: {kindergarten}."),
        N_("Only one claim can be live at a time. Cancel the other first."),
    ),
    "PLACES_MISSING": (N_("Enter how many places are offered: at least one."),),
    "NO_PLACES": (
        N_("The group has fewer places than asked for. Asked for: {count}. Free: {available}."),
        N_("The group has no place for this. Check the places of the group."),
    ),
    "NO_BULLETINS": (N_("Places are not given by bulletins in this locality."),),
    "PUBLICATION_PAUSED": (N_("Bulletins are not published in this part of the year. Choose a later date."),),
}

_REFERRALS: Final[dict[str, tuple[str, ...]]] = {
    "DEADLINE_PASSED": (
        N_("The time is over. The last day was: {date}. Next: {next}."),
        N_("The time is over. The last day was: {date}."),
        N_("The time is over."),
    ),
    "EXTEND_TOO_EARLY": (N_("Extension opens on the last day: {date}."), N_("Extension opens on the last day.")),
    "EXTEND_USED": (N_("The extension is given once and has been used."),),
    "GIVE_BACK_LATE": (
        N_("24 hours have passed since the issue; the referral cannot be given back. Contact the kindergarten."),
    ),
}

_VOUCHERS: Final[dict[str, tuple[str, ...]]] = {
    "NO_VOUCHERS": (N_("Places are not given by vouchers in this locality."),),
    "GROUP_FULL": (N_("There is no free place in this group. Choose another or join the waiting list."),),
    "NOT_IN_PROGRAMME": (N_("This kindergarten takes no vouchers. Choose another."),),
    "SAME_GROUP": (N_("This group is chosen already. Choose another."),),
    "PLACE_IS_FREE": (N_("The kindergarten has a free place now. Choose it; no waiting is needed."),),
    "NO_SUCH_GROUP": (N_("The kindergarten has no group for the child's age. Choose another."),),
    "ALREADY_WAITING": (
        N_("The child is on a waiting list already: {kindergarten}. Leave it first."),
        N_("The child is on a waiting list already. Leave it first."),
    ),
    "CATEGORY_IN_USE": (
        N_("The category is in use ({n}) and cannot be switched off. Move the applications first."),
        N_("The category is in use and cannot be switched off."),
    ),
    "CATEGORY_LAST": (N_("The category for every child must stay: without it some children would have none."),),
    "CATEGORY_CYCLE": (N_("A category cannot stand under itself. Choose another parent category."),),
    "CATEGORY_PLACE_TAKEN": (
        N_("Another category has this place in the order: {n}. Choose another place."),
        N_("Another category has this place in the order. Choose another place."),
    ),
    "CATEGORY_INCOMPLETE": (N_("An age category needs both ages in order; a benefit category needs its benefit."),),
    "RESTORE_NOT_ALLOWED": (
        N_("This application cannot be restored by you. The last day of the stop-list: {date}. Wait for it to end."),
        N_("This application cannot be restored by you. Wait for the end of the stop-list."),
    ),
    "RESTORE_USED": (N_("An application can be restored once, and that has been done. You may apply again."),),
}

_REGULATION: Final[dict[str, tuple[str, ...]]] = {
    "OVERRIDE_UNKNOWN": (N_("This number of the rule set cannot be changed here."),),
    "OVERRIDE_OUT_OF_BOUNDS": (
        N_("The value is outside what is allowed. Allowed: from {low} to {high}."),
        N_("The value is outside what is allowed. Choose another."),
    ),
    "OVERRIDE_NOT_ALLOWED": (
        N_("This cannot stand here. Allowed: {allowed}."),
        N_("This cannot stand here. Choose another value."),
    ),
    "OVERRIDE_OVERLAPS": (
        N_("This number is already replaced there from that day: {date}. Choose another day."),
        N_("This number is already replaced there from that day. Choose another day."),
    ),
    "ASSIGNMENT_OVERLAPS": (
        N_("The locality already has a rule set from that day: {date}. Choose another day."),
        N_("The locality already has a rule set from that day. Choose another day."),
    ),
    "RULE_SET_NOT_READY": (N_("This rule set cannot be given to a locality. Choose another."),),
    "PROMOTION_CLOSED": (
        N_("Groups are promoted in one part of the year alone. It begins: {date}."),
        N_("Groups are promoted in one part of the year alone."),
    ),
    "PROMOTED_ALREADY": (N_("This group has been promoted this year."),),
    "NO_NEXT_AGE": (N_("This is the oldest age group: its children go to school."),),
    "PLACES_ON_OFFER": (N_("A bulletin offers places of this group. Withdraw it first."),),
    "YEARS_MISSING": (N_("Enter at least one birth year."),),
    "LEGAL_ACT_MISSING": (N_("Name the legal act that the change rests on."),),
}

_CONTRACTS: Final[dict[str, tuple[str, ...]]] = {
    "TERMS_MISSING": (N_("Fill in what is missing: {fields}."), N_("Fill in all required fields.")),
    "DOCUMENT_MISSING": (N_("Attach the document first: {document}."), N_("Attach the document first.")),
    "DOCUMENTS_MISSING": (N_("Attach what is missing: {documents}."), N_("Attach all required documents.")),
    "DOCUMENTS_TO_CORRECT": (
        N_("Replace the documents marked as wrong: {documents}."),
        N_("Replace the documents marked as wrong."),
    ),
    "RETURNS_USED": (
        N_("The contract cannot be returned any more. Returns allowed: {n}. Sign it or refuse with a reason."),
        N_("The contract cannot be returned any more. Sign it or refuse with a reason."),
    ),
    "ELECTRONIC_CONTRACT_NEEDED": (N_("Here the contract is concluded electronically. Send it to the parent."),),
    "DOC_OUTDATED": (
        N_("The document is out of date. Valid for (days): {n}. Attach a new one."),
        N_("The document is out of date. Attach a new one."),
    ),
}

_FILES: Final[dict[str, tuple[str, ...]]] = {
    "FILE_TOO_BIG": (
        N_("The file is too large: {size} MB. Allowed: {max} MB. Scan it in shades of grey."),
        N_("The file is too large. Scan it in shades of grey."),
    ),
    "FILE_EMPTY": (N_("The file is empty. Choose another."),),
    "FILE_TYPE": (N_("This type of file is not accepted. Upload PDF, JPG or PNG."),),
    "FILE_UNREADABLE": (
        N_("The file cannot be opened: damaged or protected by a password. Save it again and upload."),
    ),
    "FILE_INFECTED": (N_("Dangerous code was found in the file; it was not saved. Upload another."),),
}

_SIGNATURES: Final[dict[str, tuple[str, ...]]] = {
    "EDS_NOT_SET_UP": (N_("Electronic signatures are not set up here yet. Contact support."),),
    "EDS_UNREADABLE": (N_("The signature cannot be read. Sign again."),),
    "EDS_OTHER_DOCUMENT": (N_("The signature belongs to another document. Reload the page and sign again."),),
    "EDS_NO_APP": (N_("NCALayer was not found. Start it and reload the page."),),
    "EDS_CANCELLED": (N_("Signing was cancelled. Nothing was sent; you can sign again."),),
    "EDS_IIN": (N_("The IIN in the digital signature is not the account's. Choose your own signature."),),
    "EDS_BIN": (
        N_("The BIN in the digital signature is not the kindergarten's. Choose the organisation's signature."),
    ),
    "EDS_EXPIRED": (
        N_("The digital signature expired: {date}. Get a new one from the National Certification Authority."),
        N_("The digital signature has expired. Get a new one from the National Certification Authority."),
    ),
    "EDS_REVOKED": (N_("The digital signature has been revoked. Choose a valid one."),),
    "EDS_OTHER_CA": (
        N_("The digital signature was not issued by the National Certification Authority. Choose another."),
    ),
    "EDS_KEY_TYPE": (N_("This key is not for signing. Choose the signing key (in old signatures: RSA, not AUTH)."),),
    "EDS_CHECK_LATER": (N_("The digital signature cannot be checked now. The document is saved; try again later."),),
}

_SERVICE: Final[dict[str, tuple[str, ...]]] = {
    "REGISTER_DOWN": (N_("The register is not answering now. The data are saved; we will check them later."),),
    "OFFLINE": (N_("There is no connection. What you entered stayed on the page."),),
    "SERVER": (
        N_("The service failed; nothing was done. Try again later. Number for support: {trace}."),
        N_("The service failed; nothing was done. Try again later."),
    ),
}

SENTENCES: Final[dict[str, tuple[str, ...]]] = {
    **_FIELDS,
    **_ACCOUNTS,
    **_APPLICATIONS,
    **_BULLETINS,
    **_REFERRALS,
    **_VOUCHERS,
    **_REGULATION,
    **_CONTRACTS,
    **_FILES,
    **_SIGNATURES,
    **_SERVICE,
}


def explain(error: RuleBroken, names: Names = stored_name) -> str:
    """The refusal as a sentence in the reader's language, its facts in words.

    `names` finds what localities and categories are called. A code without a sentence is a KeyError
    in tests; a reader gets the general sentence instead of a failure.
    """
    variants = SENTENCES[error.code] if current_app.testing else SENTENCES.get(error.code, _GENERAL)
    words = in_words(error.facts, language(), names)
    return fill(choose(variants, words), words)
