"""Signed containers: SignedData of CMS (RFC 5652, section 5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import app.eds.oids as oids
from app.eds.algorithms import Algorithm, read_algorithm
from app.eds.ber import Malformed, encoded
from app.eds.certificates import Certificate, certificate
from app.eds.der import OCTETS, SEQUENCE, SET, Value, read
from app.eds.names import Name, name

_EXPLICIT_0, _CERTIFICATES, _LISTS = 0xA0, 0xA0, 0xA1
_SIGNED, _UNSIGNED, _KEY_IDENTIFIER = 0xA0, 0xA1, 0x80


class Attributes:
    """The signed or unsigned attributes of a signer: object identifier and values."""

    def __init__(self, value: Value) -> None:
        self.pairs: list[tuple[str, list[Value]]] = []
        self._members = value.values()
        for one in self._members:
            fields = one.fields()
            self.pairs.append((fields.next().oid(), fields.next().expect(SET).values()))
            fields.end()

    def values(self, oid: str) -> list[Value]:
        """Every value of every attribute `oid`."""
        return [value for found, values in self.pairs if found == oid for value in values]

    def single(self, oid: str) -> Value | None:
        """The value of an attribute that has one; None when the attribute is not there. Raises Malformed."""
        values = self.values(oid)
        if len(values) > 1:
            raise Malformed(f"the attribute {oid} with several values")
        return values[0] if values else None

    @property
    def repeated(self) -> set[str]:
        """Attributes that are there twice, which section 5.3 forbids."""
        return {oid for oid, count in Counter(oid for oid, _ in self.pairs).items() if count > 1}

    @cached_property
    def written(self) -> tuple[bytes, ...]:
        """What may have been signed: the attributes in DER, and as they stand where they are in another order."""
        members = [one.raw for one in self._members]
        ordered = sorted(members)
        return tuple(encoded(SET, b"".join(one)) for one in ([ordered] if members == ordered else [ordered, members]))


@dataclass(frozen=True)
class Signer:
    """One SignerInfo."""

    issuer: Name | None
    serial: int | None
    key_identifier: bytes | None
    digest: str
    attributes: Attributes | None
    algorithm: Algorithm
    signature: bytes
    unsigned: Attributes | None

    def names(self, one: Certificate) -> bool:
        """Whether `one` is the certificate that the signer names."""
        if self.issuer is None:
            return self.key_identifier == one.subject_key_identifier
        return self.serial == one.serial and self.issuer == one.issuer


@dataclass(frozen=True)
class SignedData:
    """A container. `signers` are read one by one, since one broken signer does not spoil the others."""

    digests: frozenset[str]
    content_type: str
    content: bytes | None
    certificates: tuple[Certificate, ...]
    signers: tuple[Value, ...]


def read_signed_data(data: bytes) -> SignedData:
    """The container that `data` (DER) is. Raises Malformed."""
    outer = read(data).fields()
    if outer.next().oid() != oids.SIGNED_DATA:
        raise Malformed("a CMS without signatures")
    inner = outer.next().expect(_EXPLICIT_0).only().fields()
    outer.end()
    inner.next().integer()
    digests = frozenset(read_algorithm(one).oid for one in inner.next().expect(SET).values())
    content_type, content = _content(inner.next())
    certificates = inner.optional(_CERTIFICATES)
    inner.optional(_LISTS)
    signers = inner.next().expect(SET).values()
    inner.end()
    return SignedData(
        digests=digests,
        content_type=content_type,
        content=content,
        certificates=() if certificates is None else _certificates(certificates),
        signers=tuple(signers),
    )


def read_signer(value: Value) -> Signer:
    """The SignerInfo that `value` is. Raises Malformed."""
    fields = value.fields()
    fields.next().integer()
    who = fields.next()
    digest = read_algorithm(fields.next()).oid
    attributes = fields.optional(_SIGNED)
    algorithm, signature = read_algorithm(fields.next()), fields.next().octets()
    unsigned = fields.optional(_UNSIGNED)
    fields.end()
    issuer: Name | None = None
    serial: int | None = None
    if who.tag == SEQUENCE:
        pair = who.fields()
        issuer, serial = name(pair.next().raw), pair.next().integer()
        pair.end()
    else:
        who.expect(_KEY_IDENTIFIER)
    return Signer(
        issuer=issuer,
        serial=serial,
        key_identifier=who.content if issuer is None else None,
        digest=digest,
        attributes=None if attributes is None else Attributes(attributes),
        algorithm=algorithm,
        signature=signature,
        unsigned=None if unsigned is None else Attributes(unsigned),
    )


def _content(value: Value) -> tuple[str, bytes | None]:
    fields = value.fields()
    content_type, content = fields.next().oid(), fields.optional(_EXPLICIT_0)
    fields.end()
    return content_type, None if content is None else content.only().expect(OCTETS).content


def _certificates(value: Value) -> tuple[Certificate, ...]:
    """The certificates that can be read. One that cannot serves nobody, and spoils only who needs it."""
    found = []
    for one in value.values():
        if one.tag == SEQUENCE:
            try:
                found.append(certificate(one.raw))
            except Malformed:
                continue
    return tuple(found)
