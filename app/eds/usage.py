"""What a certificate lets its key be used for, and who its owner is to an organisation."""

from __future__ import annotations

import app.eds.oids as oids
from app.eds.certificates import CRL_SIGN, DIGITAL_SIGNATURE, NON_REPUDIATION, Certificate
from app.eds.reasons import Reason, Refused

#: Roles of the National Certification Authority (extKeyUsage, arc 1.2.398.3.3.4).
_ROLES = {
    "1.2.398.3.3.4.1.1": "individual",
    "1.2.398.3.3.4.1.1.1": "individual_information_system",
    "1.2.398.3.3.4.1.2": "legal_entity",
    "1.2.398.3.3.4.1.2.1": "head",
    "1.2.398.3.3.4.1.2.2": "right_to_sign",
    "1.2.398.3.3.4.1.2.3": "right_to_sign_financial",
    "1.2.398.3.3.4.1.2.4": "hr",
    "1.2.398.3.3.4.1.2.5": "employee",
    "1.2.398.3.3.4.1.2.6": "information_system",
    "1.2.398.3.3.4.3.1": "identified_in_person",
    "1.2.398.3.3.4.3.2": "identified_remotely",
    "1.2.398.3.3.4.3.2.1": "identified_by_digital_id",
}
_INFORMATION_SYSTEMS = "1.2.398.3.3.4.1.2.6."


def roles(one: Certificate) -> tuple[str, ...]:
    """The roles that the authority certified, in the order of the certificate."""
    found: dict[str, None] = {}
    for oid in one.extended_key_usage or ():
        role = "information_system" if oid.startswith(_INFORMATION_SYSTEMS) else _ROLES.get(oid)
        if role is not None:
            found[role] = None
    return tuple(found)


def require_signing(one: Certificate) -> None:
    """Raises Refused unless the key may sign documents.

    Old pairs of keys tell signing from authentication by e-mail protection against client authentication; the single
    GOST key issued since 2022 by the usage of the key, together with national purposes only.
    """
    _require_understood(one)
    usage, purposes = one.key_usage, one.extended_key_usage
    if usage is not None and not usage & {DIGITAL_SIGNATURE, NON_REPUDIATION}:
        raise Refused(Reason.KEY_USAGE, "keyUsage without digitalSignature and nonRepudiation")
    if purposes is None or oids.EMAIL_PROTECTION in purposes:
        return
    if oids.CLIENT_AUTHENTICATION in purposes:
        raise Refused(Reason.AUTHENTICATION_KEY)
    foreign = [oid for oid in purposes if oid != oids.ANY_USAGE and not oid.startswith(oids.NATIONAL_USAGES)]
    if foreign or usage is None or NON_REPUDIATION not in usage:
        raise Refused(Reason.KEY_USAGE, ", ".join(foreign))


def require_purpose(one: Certificate, purpose: str) -> None:
    """Raises Refused unless the key may be used for `purpose`, one of the purposes of extKeyUsage."""
    _require_understood(one)
    usage = one.key_usage
    if purpose not in (one.extended_key_usage or ()):
        raise Refused(Reason.KEY_USAGE, f"extKeyUsage without {purpose}")
    if usage is not None and not usage & {DIGITAL_SIGNATURE, NON_REPUDIATION}:
        raise Refused(Reason.KEY_USAGE, "keyUsage without digitalSignature and nonRepudiation")


def may_sign_lists(one: Certificate) -> bool:
    """Whether the key may sign lists of revoked certificates."""
    return one.key_usage is None or CRL_SIGN in one.key_usage


def _require_understood(one: Certificate) -> None:
    if one.not_understood:
        raise Refused(Reason.NOT_UNDERSTOOD, ", ".join(sorted(one.not_understood)))
