"""Why a signature is not accepted. Codes are for programs, sentences for the command line; screens have their own."""

from __future__ import annotations

import enum


class Reason(enum.StrEnum):
    """A code together with the sentence that explains it."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Reason:
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    MALFORMED = "malformed", "a part of the signature cannot be read"
    NO_CERTIFICATE = "no_certificate", "the signer's certificate is not in the container"
    UNSUPPORTED = "unsupported_algorithm", "the algorithm is not supported"
    WEAK = "weak_algorithm", "the algorithm is too weak to be accepted"
    MISMATCH = "algorithm_mismatch", "the algorithms named in the signature contradict each other"
    ATTRIBUTE = "signed_attributes", "the signed attributes break the rules of CMS"
    OTHER_CERTIFICATE = "other_certificate", "the signature names another certificate as the signer's"
    WRONG_SIGNATURE = "wrong_signature", "the signature was not made with the key of the certificate"
    WRONG_CONTENT = "wrong_content", "the signature is over other content"
    NO_CONTENT = "no_content", "the container holds no content and none was given"
    TWO_CONTENTS = "two_contents", "the content given is not the one in the container"
    TOO_LARGE = "too_large", "the content is too large for this digest"
    UNTRUSTED = "untrusted", "no trusted authority issued the certificate"
    AUTHORITY_NOT_VALID = "authority_not_valid", "an authority's certificate was not valid at that moment"
    NOT_YET_VALID = "not_yet_valid", "the certificate was not yet valid"
    EXPIRED = "expired", "the certificate had expired"
    NOT_UNDERSTOOD = "critical_extension", "the certificate has a critical extension that is not understood"
    AUTHENTICATION_KEY = "authentication_key", "the key is for authentication, not for signing"
    KEY_USAGE = "key_usage", "the certificate does not allow the key to be used for this"
    REVOKED = "revoked", "the certificate had been revoked"
    SUSPENDED = "suspended", "the certificate was suspended"
    NEVER_ISSUED = "never_issued", "the authority says that it never issued the certificate"
    STATUS_UNKNOWN = "status_unknown", "the evidence given does not settle whether the certificate was revoked"
    STATUS_UNCHECKED = "status_unchecked", "there is no evidence whether the certificate was revoked"


class Refused(Exception):
    """A signature is not accepted. `detail` says what exactly, where the sentence alone does not."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason.sentence + (f": {detail}" if detail else ""))
        self.reason = reason
        self.detail = detail
