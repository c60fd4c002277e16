"""Certificates X.509 (RFC 5280), read once into values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache

import app.eds.oids as oids
from app.eds.algorithms import Algorithm, Key, read_algorithm, read_key, signature_holds
from app.eds.ber import Malformed
from app.eds.der import BITS, BOOLEAN, INTEGER, OCTETS, SEQUENCE, Value, read
from app.eds.names import Name, name

_VERSION, _ISSUER_UNIQUE, _SUBJECT_UNIQUE, _EXTENSIONS = 0xA0, (0x81, 0xA1), (0x82, 0xA2), 0xA3
_V3 = 2
_KEY_IDENTIFIER = 0x80
#: Critical extensions whose rules are followed here, or which restrict nothing that is judged here.
_UNDERSTOOD = {
    oids.KEY_USAGE,
    oids.EXTENDED_KEY_USAGE,
    oids.BASIC_CONSTRAINTS,
    oids.POLICIES,
    oids.SUBJECT_KEY,
    oids.AUTHORITY_KEY,
    oids.SUBJECT_ALTERNATIVE,
    oids.ISSUER_ALTERNATIVE,
}

DIGITAL_SIGNATURE, NON_REPUDIATION, KEY_CERT_SIGN, CRL_SIGN = 0, 1, 5, 6

Extensions = dict[str, tuple[bool, bytes]]


@dataclass(frozen=True, eq=False)
class Certificate:
    """A certificate; equal to another when every byte is."""

    raw: bytes
    signed: bytes
    serial: int
    issuer: Name
    subject: Name
    not_before: dt.datetime
    not_after: dt.datetime
    key: Key
    key_bits: bytes
    signature_algorithm: Algorithm
    signature: bytes
    extensions: Extensions

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def was_signed_with(self, key: Key) -> bool:
        """Whether the certificate's signature was made with `key`; False too for algorithms that are not verified."""
        return signature_holds(key, self.signature_algorithm, self.signed, self.signature)

    def covers(self, moment: dt.datetime) -> bool:
        """Whether `moment` is inside the certificate's validity."""
        return self.not_before <= moment <= self.not_after

    @cached_property
    def key_usage(self) -> frozenset[int] | None:
        """The bits of keyUsage, or None where the certificate does not restrict its key."""
        found = self._extension(oids.KEY_USAGE)
        return None if found is None else found.named_bits()

    @cached_property
    def extended_key_usage(self) -> tuple[str, ...] | None:
        """The object identifiers of extKeyUsage, or None where there is none."""
        found = self._extension(oids.EXTENDED_KEY_USAGE)
        return None if found is None else tuple(one.oid() for one in found.expect(SEQUENCE).values())

    @cached_property
    def authority(self) -> tuple[bool, int | None]:
        """Whether the certificate may issue others, and how many authorities may follow below it."""
        found = self._extension(oids.BASIC_CONSTRAINTS)
        if found is None:
            return False, None
        fields = found.fields()
        is_authority, length = fields.optional(BOOLEAN), fields.optional(INTEGER)
        return is_authority is not None and is_authority.boolean(), None if length is None else length.integer()

    @cached_property
    def subject_key_identifier(self) -> bytes | None:
        found = self._extension(oids.SUBJECT_KEY)
        return None if found is None else found.octets()

    @cached_property
    def authority_key_identifier(self) -> bytes | None:
        found = self._extension(oids.AUTHORITY_KEY)
        identifier = None if found is None else found.fields().optional(_KEY_IDENTIFIER)
        return None if identifier is None else identifier.content

    @property
    def may_issue(self) -> bool:
        """Whether it is an authority's certificate whose key may sign certificates."""
        return self.authority[0] and (self.key_usage is None or KEY_CERT_SIGN in self.key_usage)

    @property
    def not_understood(self) -> set[str]:
        """Critical extensions whose meaning is not known here: such a certificate must not be used (section 4.2)."""
        return {oid for oid, (critical, _) in self.extensions.items() if critical} - _UNDERSTOOD

    def _extension(self, oid: str) -> Value | None:
        found = self.extensions.get(oid)
        return None if found is None else read(found[1])


@lru_cache(maxsize=1024)
def certificate(raw: bytes) -> Certificate:
    """The certificate that `raw` (DER) is. Raises Malformed."""
    outer = read(raw).fields()
    signed, algorithm, signature = outer.next(), outer.next(), outer.next().bits()
    outer.end()
    found = _certificate(raw, signed, algorithm, signature)
    # Read now, so that what is malformed is refused here and not where it is looked at.
    _ = (found.key_usage, found.extended_key_usage, found.authority)
    _ = (found.subject_key_identifier, found.authority_key_identifier)
    return found


def _certificate(raw: bytes, signed: Value, algorithm: Value, signature: bytes) -> Certificate:
    fields = signed.fields()
    version = fields.optional(_VERSION)
    serial = fields.next().integer()
    if fields.next().raw != algorithm.raw:
        raise Malformed("a certificate that names two signature algorithms")
    issuer = name(fields.next().raw)
    validity = fields.next().fields()
    not_before, not_after = validity.next().time(), validity.next().time()
    subject = name(fields.next().raw)
    key_value = fields.next()
    fields.optional(*_ISSUER_UNIQUE)
    fields.optional(*_SUBJECT_UNIQUE)
    extensions = fields.optional(_EXTENSIONS)
    fields.end()
    if extensions is not None and (version is None or version.only().integer() != _V3):
        raise Malformed("extensions in a certificate that is not version 3")
    return Certificate(
        raw=raw,
        signed=signed.raw,
        serial=serial,
        issuer=issuer,
        subject=subject,
        not_before=not_before,
        not_after=not_after,
        key=read_key(key_value.raw),
        key_bits=key_bits(key_value),
        signature_algorithm=read_algorithm(algorithm),
        signature=signature,
        extensions={} if extensions is None else read_extensions(extensions.only()),
    )


def key_bits(value: Value) -> bytes:
    """The content of subjectPublicKey without the number of unused bits, as OCSP digests it."""
    fields = value.fields()
    fields.next()
    return fields.next().expect(BITS).content[1:]


def read_extensions(value: Value) -> Extensions:
    """Extensions by object identifier. Raises Malformed for one that is there twice (section 4.2)."""
    found: Extensions = {}
    for one in value.expect(SEQUENCE).values():
        fields = one.fields()
        oid = fields.next().oid()
        critical = fields.optional(BOOLEAN)
        content = fields.next().expect(OCTETS).content
        fields.end()
        if oid in found:
            raise Malformed(f"the extension {oid} twice")
        found[oid] = (critical is not None and critical.boolean(), content)
    return found
