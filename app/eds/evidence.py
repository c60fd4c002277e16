"""What authorities say about revoked certificates: lists (RFC 5280, section 5) and answers (RFC 6960, section 4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache

import app.eds.oids as oids
from app.eds.algorithms import Algorithm, Key, read_algorithm, reference, signature_holds
from app.eds.ber import Malformed, encoded, header
from app.eds.certificates import Certificate, Extensions, certificate, read_extensions
from app.eds.der import ENUMERATED, GENERALIZED_TIME, INTEGER, OCTETS, OID, SEQUENCE, UTC_TIME, Value, read
from app.eds.names import Name, name

_SUCCESSFUL = 0
_BY_NAME, _BY_KEY = 0xA1, 0xA2
_GOOD, _REVOKED, _UNKNOWN = 0x80, 0xA1, 0x82
_EXPLICIT_0, _EXPLICIT_1 = 0xA0, 0xA1
_UNDERSTOOD = {oids.CRL_NUMBER, oids.AUTHORITY_KEY, oids.ISSUING_POINT, oids.DELTA_CRL, oids.ISSUER_ALTERNATIVE}
_STATUSES = ("successful", "malformedRequest", "internalError", "tryLater", "", "sigRequired", "unauthorized")


@dataclass(frozen=True)
class Revoked:
    """That a certificate was revoked: since when, why (CRLReason), and since when its key is suspected."""

    at: dt.datetime
    reason: int
    suspected: dt.datetime | None = None


@dataclass(frozen=True)
class Scope:
    """Which certificates a list is about (issuingDistributionPoint). `usable` is False for indirect lists."""

    points: frozenset[bytes] = frozenset()
    only_people: bool = False
    only_authorities: bool = False
    some_reasons: bool = False
    usable: bool = True


@dataclass(frozen=True, eq=False)
class RevocationList:
    """A CRL; `entries` is searched, not read, since national lists have hundreds of thousands."""

    signed: bytes
    algorithm: Algorithm
    signature: bytes
    issuer: Name
    this_update: dt.datetime
    next_update: dt.datetime | None
    entries: bytes
    extensions: Extensions

    def was_signed_with(self, key: Key) -> bool:
        return _list_was_signed_with(self, key)

    @property
    def is_delta(self) -> bool:
        return oids.DELTA_CRL in self.extensions

    @property
    def not_understood(self) -> set[str]:
        return {oid for oid, (critical, _) in self.extensions.items() if critical} - _UNDERSTOOD

    @cached_property
    def scope(self) -> Scope:
        """Raises Malformed."""
        found = self.extensions.get(oids.ISSUING_POINT)
        if found is None:
            return Scope()
        parts = {one.tag: one for one in read(found[1]).expect(SEQUENCE).values()}
        flags = {tag: parts[tag].content != b"\x00" for tag in (0x81, 0x82, 0x84, 0x85) if tag in parts}
        return Scope(
            points=frozenset(_locations(parts[_EXPLICIT_0])) if _EXPLICIT_0 in parts else frozenset(),
            only_people=flags.get(0x81, False),
            only_authorities=flags.get(0x82, False),
            some_reasons=0x83 in parts,
            usable=not flags.get(0x84, False) and not flags.get(0x85, False),
        )

    def entry(self, serial: int) -> Revoked | None:
        """What the list says of the certificate with that serial number. Raises Malformed."""
        size = serial.bit_length() // 8 + 1
        wanted = encoded(INTEGER, serial.to_bytes(size, "big", signed=True))
        position, limit = 0, len(self.entries)
        if self.entries.find(wanted) < 0:
            return None
        while position < limit:
            _, content, end = header(self.entries, position, limit)
            if self.entries.startswith(wanted, content):
                return _entry(Value(self.entries, position, limit))
            position = end
        return None


@dataclass(frozen=True)
class Statement:
    """What an answer says of one certificate: not `known`, `revoked`, or neither, which means good."""

    digest: str
    issuer_name: bytes
    issuer_key: bytes
    serial: int
    known: bool
    revoked: Revoked | None
    this_update: dt.datetime
    next_update: dt.datetime | None

    def is_about(self, one: Certificate, issuer: Certificate) -> bool:
        """Whether the certificate identifier of the answer is that of `one`, issued by `issuer`."""
        return (
            self.serial == one.serial
            and reference(self.digest, one.issuer.raw) == self.issuer_name
            and reference(self.digest, issuer.key_bits) == self.issuer_key
        )


@dataclass(frozen=True, eq=False)
class Answer:
    """A basic OCSP response."""

    signed: bytes
    algorithm: Algorithm
    signature: bytes
    responder: Name | bytes
    produced: dt.datetime
    statements: tuple[Statement, ...]
    certificates: tuple[Certificate, ...]
    names_never_issued: bool

    def was_signed_with(self, key: Key) -> bool:
        return _answer_was_signed_with(self, key)

    def names_as_responder(self, one: Certificate) -> bool:
        """Whether the answer says that `one` is its author."""
        if isinstance(self.responder, Name):
            return one.subject == self.responder
        return reference(oids.SHA1, one.key_bits) == self.responder


def read_list(data: bytes) -> RevocationList:
    """The list that `data` (DER) is. Raises Malformed."""
    outer = read(data).fields()
    signed, algorithm, signature = outer.next(), outer.next(), outer.next().bits()
    outer.end()
    fields = signed.fields()
    fields.optional(INTEGER)
    if fields.next().raw != algorithm.raw:
        raise Malformed("a list that names two signature algorithms")
    issuer, this_update = name(fields.next().raw), fields.next().time()
    next_update = fields.optional(UTC_TIME, GENERALIZED_TIME)
    entries = fields.optional(SEQUENCE)
    extensions = fields.optional(_EXPLICIT_0)
    fields.end()
    found = RevocationList(
        signed=signed.raw,
        algorithm=read_algorithm(algorithm),
        signature=signature,
        issuer=issuer,
        this_update=this_update,
        next_update=None if next_update is None else next_update.time(),
        entries=b"" if entries is None else entries.content,
        extensions={} if extensions is None else read_extensions(extensions.only()),
    )
    _ = found.scope  # read now, so that a malformed list is refused as a file
    return found


def read_answer(data: bytes) -> Answer:
    """The OCSP response that `data` (DER) is. Raises Malformed, also for a response that only says no."""
    outer = read(data).fields()
    status = outer.next().integer(ENUMERATED)
    if status != _SUCCESSFUL:
        told = _STATUSES[status] if 0 <= status < len(_STATUSES) else ""
        raise Malformed(f"the responder gave no answer: {told or status}")
    wrapped = outer.next().expect(_EXPLICIT_0).only().fields()
    if wrapped.next().expect(OID).oid() != oids.OCSP_BASIC:
        raise Malformed("an answer of another kind than basic")
    basic = read(wrapped.next().octets()).fields()
    signed = basic.next()
    algorithm, signature = read_algorithm(basic.next()), basic.next().bits()
    brought = basic.optional(_EXPLICIT_0)
    certificates = () if brought is None else tuple(certificate(one.raw) for one in brought.only().values())
    return _answer(signed, algorithm, signature, certificates)


def _answer(signed: Value, algorithm: Algorithm, signature: bytes, certificates: tuple[Certificate, ...]) -> Answer:
    fields = signed.fields()
    fields.optional(_EXPLICIT_0)
    who = fields.next()
    if who.tag not in (_BY_NAME, _BY_KEY):
        raise Malformed("an answer without its author")
    produced = fields.next().time()
    statements = tuple(_statement(one) for one in fields.next().expect(SEQUENCE).values())
    extensions = fields.optional(_EXPLICIT_1)
    found = {} if extensions is None else read_extensions(extensions.only())
    return Answer(
        signed=signed.raw,
        algorithm=algorithm,
        signature=signature,
        responder=name(who.only().raw) if who.tag == _BY_NAME else who.only().octets(),
        produced=produced,
        statements=statements,
        certificates=certificates,
        names_never_issued=oids.OCSP_EXTENDED_REVOKE in found,
    )


def _statement(value: Value) -> Statement:
    fields = value.fields()
    identifier = fields.next().fields()
    digest = read_algorithm(identifier.next()).oid
    issuer_name, issuer_key = identifier.next().expect(OCTETS).content, identifier.next().octets()
    serial = identifier.next().integer()
    status = fields.next()
    if status.tag not in (_GOOD, _REVOKED, _UNKNOWN):
        raise Malformed("an answer without a status")
    this_update, next_update = fields.next().time(), fields.optional(_EXPLICIT_0)
    return Statement(
        digest=digest,
        issuer_name=issuer_name,
        issuer_key=issuer_key,
        serial=serial,
        known=status.tag != _UNKNOWN,
        revoked=_revoked(status) if status.tag == _REVOKED else None,
        this_update=this_update,
        next_update=None if next_update is None else next_update.only().time(),
    )


def _revoked(value: Value) -> Revoked:
    fields = value.fields(_REVOKED)
    moment, reason = fields.next().time(), fields.optional(_EXPLICIT_0)
    return Revoked(moment, 0 if reason is None else reason.only().integer(ENUMERATED))


def _entry(value: Value) -> Revoked:
    fields = value.fields()
    fields.next()
    moment, rest = fields.next().time(), fields.optional(SEQUENCE)
    extensions = {} if rest is None else read_extensions(rest)
    reason = read(extensions[oids.REASON_CODE][1]).integer(ENUMERATED) if oids.REASON_CODE in extensions else 0
    suspected = read(extensions[oids.INVALIDITY_DATE][1]).time() if oids.INVALIDITY_DATE in extensions else None
    return Revoked(moment, reason, suspected)


def _locations(point: Value) -> list[bytes]:
    """The addresses of a distribution point's full name."""
    return [
        one.content for full in point.values() if full.tag == _EXPLICIT_0 for one in full.values() if one.tag == 0x86
    ]


def locations_of(one: Certificate) -> frozenset[bytes]:
    """The addresses of the lists that would name `one`, after the certificate itself. Raises Malformed."""
    found = one.extensions.get(oids.DISTRIBUTION_POINTS)
    if found is None:
        return frozenset()
    points = [part for point in read(found[1]).expect(SEQUENCE).values() for part in point.values()]
    return frozenset(address for part in points if part.tag == _EXPLICIT_0 for address in _locations(part))


@lru_cache(maxsize=16)
def _list_was_signed_with(one: RevocationList, key: Key) -> bool:
    return signature_holds(key, one.algorithm, one.signed, one.signature)


@lru_cache(maxsize=16)
def _answer_was_signed_with(one: Answer, key: Key) -> bool:
    return signature_holds(key, one.algorithm, one.signed, one.signature)
