"""What binds a signer's entry to a certificate and a content: attributes, digest, signature (RFC 5652, section 5.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import app.eds.oids as oids
from app.eds.algorithms import (
    Algorithm,
    Scheme,
    digest,
    digest_signed,
    read_algorithm,
    reference,
    require_digest,
    require_key,
    scheme_of,
)
from app.eds.ber import Malformed, encoded
from app.eds.certificates import Certificate
from app.eds.cms import Attributes, Signer
from app.eds.der import OCTETS, SEQUENCE, SET, Value, read
from app.eds.names import name
from app.eds.reasons import Reason, Refused

_SINGLE = (
    oids.CONTENT_TYPE,
    oids.MESSAGE_DIGEST,
    oids.SIGNING_TIME,
    oids.SIGNING_CERTIFICATE,
    oids.SIGNING_CERTIFICATE_V2,
    oids.ALGORITHM_PROTECTION,
)
_DIRECTORY_NAME = 0xA4
_SIGNATURE_ALGORITHM = 0xA1

Digests = Callable[[str], bytes]


@dataclass(frozen=True)
class Signed:
    """What a signer's entry says is signed: the scheme, the digests that may be signed, the content's digest."""

    scheme: Scheme
    digested: tuple[bytes, ...]
    content_digest: bytes | None
    signing_time: dt.datetime | None


def read_signed(signer: Signer, content_type: str, announced: frozenset[str]) -> Signed:
    """Judges the entry by itself: algorithms that agree, attributes that follow the rules.

    `announced` are the digest algorithms that the container names. Raises Refused and Malformed.
    """
    require_digest(signer.digest)
    scheme = scheme_of(signer.algorithm, signer.digest)
    if signer.digest not in announced:
        raise Refused(Reason.MISMATCH, "the container does not announce the signer's digest")
    if signer.attributes is None:
        # Section 5.3: attributes may be missing only where the content is plain data.
        if content_type != oids.DATA:
            raise Refused(Reason.ATTRIBUTE, "no signed attributes")
        return Signed(scheme, (), None, None)
    attributes = signer.attributes
    _require_rules(attributes, signer, content_type)
    found, claimed = attributes.single(oids.MESSAGE_DIGEST), attributes.single(oids.SIGNING_TIME)
    if found is None:
        raise Refused(Reason.ATTRIBUTE, "no digest of the content")
    return Signed(
        scheme=scheme,
        digested=tuple(digest(scheme.digest, one) for one in attributes.written),
        content_digest=found.octets(),
        signing_time=None if claimed is None else claimed.time(),
    )


def require_signature(signer: Signer, signed: Signed, one: Certificate, digests: Digests) -> None:
    """Raises Refused unless the key of `one` made the signature, and the entry names no other certificate."""
    require_key(one.key, signed.scheme)
    if signer.attributes is not None:
        _require_named(signer.attributes, one)
    digested = signed.digested or (digests(signed.scheme.digest),)
    if not any(digest_signed(one.key, signed.scheme, each, signer.signature) for each in digested):
        raise Refused(Reason.WRONG_SIGNATURE)


def require_content(signed: Signed, content: bytes | None, digests: Digests) -> None:
    """Raises Refused unless the signed digest is that of the content, which `digests` computes."""
    if content is None:
        raise Refused(Reason.NO_CONTENT)
    if signed.content_digest is None:
        # Without attributes the signature is over the content itself. Bytes that are attributes in their turn would
        # let one signature be read in two ways.
        if _is_attributes(content):
            raise Refused(Reason.ATTRIBUTE, "no signed attributes, and a content that reads as such")
    elif digests(signed.scheme.digest) != signed.content_digest:
        raise Refused(Reason.WRONG_CONTENT)


def claimed_time(signer: Signer) -> dt.datetime | None:
    """The time that the signer claims, for the report of an entry that is refused; None where there is none."""
    try:
        found = signer.attributes and signer.attributes.single(oids.SIGNING_TIME)
        return found.time() if found else None
    except Malformed:
        return None


def _require_rules(attributes: Attributes, signer: Signer, content_type: str) -> None:
    if attributes.repeated:
        raise Refused(Reason.ATTRIBUTE, f"twice: {', '.join(sorted(attributes.repeated))}")
    for oid in _SINGLE:
        if len(attributes.values(oid)) > 1:
            raise Refused(Reason.ATTRIBUTE, f"several values: {oid}")
    kind = attributes.single(oids.CONTENT_TYPE)
    if kind is None or kind.oid() != content_type:
        raise Refused(Reason.ATTRIBUTE, "the type of the content is missing or another")
    protected = attributes.single(oids.ALGORITHM_PROTECTION)
    if protected is not None and _protected(protected) != (signer.digest, signer.algorithm):
        raise Refused(Reason.MISMATCH, "the protected algorithms are others")


def _protected(value: Value) -> tuple[str, Algorithm | None]:
    """The algorithms that the signer fixed (RFC 6211)."""
    fields = value.fields()
    chosen, signature = read_algorithm(fields.next()).oid, fields.optional(_SIGNATURE_ALGORITHM)
    if signature is None:
        return chosen, None
    # An implicit tag stands where that of the AlgorithmIdentifier was.
    return chosen, read_algorithm(read(encoded(SEQUENCE, signature.content)))


def _require_named(attributes: Attributes, one: Certificate) -> None:
    """The certificate that the signer fixed (RFC 5035) must be `one`: its digest, and its issuer where given."""
    for oid, default in ((oids.SIGNING_CERTIFICATE, oids.SHA1), (oids.SIGNING_CERTIFICATE_V2, oids.SHA256)):
        found = attributes.single(oid)
        if found is None:
            continue
        fields = found.fields().next().fields().next().fields()
        chosen = fields.optional(SEQUENCE) if oid == oids.SIGNING_CERTIFICATE_V2 else None
        algorithm = default if chosen is None else read_algorithm(chosen).oid
        expected, place = fields.next().expect(OCTETS).content, fields.optional(SEQUENCE)
        actual = reference(algorithm, one.raw)
        if actual is None:
            raise Refused(Reason.UNSUPPORTED, f"digest {algorithm}")
        if actual != expected or (place is not None and not _is_place_of(place, one)):
            raise Refused(Reason.OTHER_CERTIFICATE)


def _is_place_of(place: Value, one: Certificate) -> bool:
    """Whether an IssuerSerial is that of `one`."""
    fields = place.fields()
    names, serial = fields.next().expect(SEQUENCE).values(), fields.next().integer()
    given = [name(each.only().raw) for each in names if each.tag == _DIRECTORY_NAME]
    return serial == one.serial and one.issuer in given


def _is_attributes(content: bytes) -> bool:
    try:
        attributes = Attributes(read(content).expect(SET))
        return bool(attributes.values(oids.MESSAGE_DIGEST))
    except Malformed:
        return False
