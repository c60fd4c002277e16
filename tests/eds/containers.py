"""Containers, time-stamps, lists and answers of the tests' own authority, right and wrong in any detail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from asn1crypto import core

from tests.eds.asn import (
    algorithm,
    bits,
    enumerated,
    explicit,
    general_time,
    implicit,
    integer,
    octets,
    oid,
    seq,
    set_as_given,
    set_of,
    utc_time,
)
from tests.eds.pki import NOW, SHA1, SHA256, Identity, Key, digest, extension

DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{last}" for last in (3, 4, 5))
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
TIME_STAMP = "1.2.840.113549.1.9.16.2.14"
CONTENT = "Келісімшарт № 1".encode()


def attribute(identifier: str, *values: bytes) -> bytes:
    return seq(oid(identifier), set_of(*values))


def usual_attributes(content: bytes, digest_oid: str, kind: str = DATA) -> list[bytes]:
    return [
        attribute(CONTENT_TYPE, oid(kind)),
        attribute(SIGNING_TIME, utc_time(NOW)),
        attribute(MESSAGE_DIGEST, octets(digest(digest_oid, content))),
    ]


def signing_certificate_v2(certificate: bytes) -> bytes:
    return attribute(SIGNING_CERTIFICATE_V2, seq(seq(seq(octets(digest(SHA256, certificate))))))


def signer(
    who: Identity,
    content: bytes = CONTENT,
    *,
    attributes: list[bytes] | None = None,
    more: Iterable[bytes] = (),
    plain: bool = False,
    sorted_attributes: bool = True,
    digest_oid: str | None = None,
    scheme: bytes | None = None,
    sid: bytes | None = None,
    unsigned: Iterable[bytes] = (),
    key: Key | None = None,
    kind: str = DATA,
    stamped_by: Stamper | None = None,
) -> bytes:
    """One SignerInfo. `plain` leaves the signed attributes out; everything else replaces one right part by another."""
    key = key or who.key
    digest_oid = digest_oid or key.digest
    members = [*(usual_attributes(content, digest_oid, kind) if attributes is None else attributes), *more]
    written = (set_of if sorted_attributes else set_as_given)(*members)
    signature = key.sign(content if plain else written)
    stamps = [stamped_by.stamp(signature)] if stamped_by is not None else []
    rest = [*unsigned, *stamps]
    return seq(
        integer(1),
        sid or seq(who.issuer_name, integer(who.serial)),
        algorithm(digest_oid),
        b"" if plain else b"\xa0" + written[1:],
        scheme or key.scheme,
        octets(signature),
        b"\xa1" + set_of(*rest)[1:] if rest else b"",
    )


def container(
    signers: Iterable[bytes],
    certificates: Iterable[bytes],
    *,
    content: bytes | None = CONTENT,
    digests: Iterable[str] = (SHA256,),
    kind: str = DATA,
    version: int = 1,
) -> bytes:
    """A CMS; `content` None makes a detached one."""
    inside = b"" if content is None else explicit(0, octets(content))
    given = b"".join(certificates)
    return seq(
        oid(SIGNED_DATA),
        explicit(
            0,
            seq(
                integer(version),
                set_of(*(algorithm(one) for one in digests)),
                seq(oid(kind), inside),
                explicit(0, given) if given else b"",
                set_as_given(*signers),
            ),
        ),
    )


def signed_by(*people: Identity, content: bytes = CONTENT, detached: bool = False, **more: object) -> bytes:
    """An ordinary container: one signer after the other, their certificates inside."""
    return container(
        [signer(one, content, **more) for one in people],  # type: ignore[arg-type]
        [one.certificate for one in people],
        content=None if detached else content,
        digests={one.key.digest for one in people},
    )


@dataclass
class Stamper:
    """A time-stamping authority. Its fields are what can be wrong with a time-stamp."""

    who: Identity
    time: dt.datetime = NOW
    imprint: str = SHA256
    over: bytes | None = None
    certificates: list[bytes] = field(default_factory=list)
    kind: str = TST_INFO
    key: Key | None = None
    told: dt.datetime | None = None

    def stamp(self, signature: bytes) -> bytes:
        """The unsigned attribute that holds the token; `told` is a time written in after signing."""
        named = attribute(SIGNING_CERTIFICATE, seq(seq(seq(octets(digest(SHA1, self.who.certificate))))))
        token = container(
            [signer(self.who, self._info(signature, self.time), kind=TST_INFO, more=[named], key=self.key)],
            self.certificates or [self.who.certificate],
            content=self._info(signature, self.told or self.time),
            digests=[self.who.key.digest],
            kind=self.kind,
            version=3,
        )
        return attribute(TIME_STAMP, token)

    def _info(self, signature: bytes, time: dt.datetime) -> bytes:
        return seq(
            integer(1),
            oid("1.2.398.3.3.2.6.4"),
            seq(algorithm(self.imprint), octets(digest(self.imprint, signature if self.over is None else self.over))),
            integer(7),
            general_time(time),
        )


def crl(
    issuer: Identity,
    revoked: Iterable[tuple[int, dt.datetime, int | None]] = (),
    *,
    this_update: dt.datetime = NOW - dt.timedelta(days=1),
    next_update: dt.datetime | None = NOW + dt.timedelta(days=6),
    extensions: Iterable[bytes] = (),
    key: Key | None = None,
    suspected: dt.datetime | None = None,
) -> bytes:
    """A list of revoked certificates: serial number, date and reason of each."""
    key = key or issuer.key
    entries = []
    for serial, moment, reason in revoked:
        marks = [] if reason is None else [extension("2.5.29.21", enumerated(reason))]
        if suspected is not None:
            marks.append(extension("2.5.29.24", general_time(suspected)))
        entries.append(seq(integer(serial), utc_time(moment), seq(*marks) if marks else b""))
    signed = seq(
        integer(1),
        key.scheme,
        issuer.subject,
        utc_time(this_update),
        utc_time(next_update) if next_update is not None else b"",
        seq(*entries) if entries else b"",
        explicit(0, seq(*extensions)) if extensions else b"",
    )
    return seq(signed, key.scheme, bits(key.sign(signed)))


GOOD, UNKNOWN = implicit(0, b""), implicit(2, b"")


def revoked_status(moment: dt.datetime, reason: int | None = None) -> bytes:
    return explicit(1, general_time(moment), b"" if reason is None else explicit(0, enumerated(reason)))


def ocsp(
    responder: Identity,
    about: Identity,
    status: bytes = GOOD,
    *,
    this_update: dt.datetime = NOW,
    next_update: dt.datetime | None = None,
    digest_oid: str = SHA256,
    issuer: Identity | None = None,
    serial: int | None = None,
    by_key: bool = False,
    key: Key | None = None,
    certificates: list[bytes] | None = None,
    extensions: Iterable[bytes] = (),
) -> bytes:
    """An OCSP response about one certificate."""
    above = issuer or about.issuer
    assert above is not None
    signing = key or responder.key
    identifier = seq(
        algorithm(digest_oid),
        octets(digest(digest_oid, above.subject)),
        octets(digest(digest_oid, key_bits(above.key.info))),
        integer(about.serial if serial is None else serial),
    )
    ends = explicit(0, general_time(next_update)) if next_update is not None else b""
    author = (
        explicit(2, octets(digest(SHA1, key_bits(responder.key.info)))) if by_key else explicit(1, responder.subject)
    )
    signed = seq(
        author,
        general_time(this_update),
        seq(seq(identifier, status, general_time(this_update), ends)),
        explicit(1, seq(*extensions)) if extensions else b"",
    )
    brought = [responder.certificate] if certificates is None else certificates
    basic = seq(
        signed,
        signing.scheme,
        bits(signing.sign(signed)),
        explicit(0, seq(*brought)) if brought else b"",
    )
    return seq(enumerated(0), explicit(0, seq(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))))


def key_bits(info: bytes) -> bytes:
    """The content of the key's bit string, as answers digest it."""
    parts = core.SequenceOf.load(info, spec=core.Any)
    return core.BitString.load(parts[1].dump()).contents[1:]
