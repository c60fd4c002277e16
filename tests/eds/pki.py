"""A certification authority of the tests' own: roots, issuing authorities, people, organisations; RSA and GOST.

RSA comes from `cryptography`, GOST from `gostcrypto`, ASN.1 from `asn1crypto`: nothing of what is tested is used to
make what it is tested with.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from gostcrypto import gosthash, gostsignature

from tests.eds.asn import algorithm, bits, boolean, explicit, integer, octets, oid, seq, utc_time

UTC = dt.UTC
NOW = dt.datetime(2025, 6, 2, 7, tzinfo=UTC)
CA_FROM, CA_TO = dt.datetime(2020, 1, 1, tzinfo=UTC), dt.datetime(2040, 1, 1, tzinfo=UTC)
FROM, TO = dt.datetime(2025, 1, 1, tzinfo=UTC), dt.datetime(2026, 1, 1, tzinfo=UTC)

SHA1, SHA256, SHA384, SHA512 = "1.3.14.3.2.26", *(f"2.16.840.1.101.3.4.2.{last}" for last in (1, 2, 3))
STREEBOG = "1.2.398.3.10.1.3.3"
RSA_KEY, RSA_PSS, MGF1 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8"
RSA_SHA1 = "1.2.840.113549.1.1.5"
RSA_SHA256, RSA_SHA384, RSA_SHA512 = (f"1.2.840.113549.1.1.{last}" for last in (11, 12, 13))
GOST_KEY, GOST_CURVE = "1.2.398.3.10.1.1.2.2", "1.2.398.3.10.1.1.2.2.1"
GOST_SIGNATURE = "1.2.398.3.10.1.1.2.3.2"

SIGNING, AUTHENTICATION = "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.2"
TIME_STAMPING, OCSP_SIGNING = "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"
INDIVIDUAL, LEGAL_ENTITY, HEAD, EMPLOYEE = (f"1.2.398.3.3.4.1.{last}" for last in ("1", "2", "2.1", "2.5"))

#: Synthetic numbers; the verifier does not look at their checksums, so these need none.
IIN, BIN = "900101300017", "120340000019"

_HASHES: dict[str, hashes.HashAlgorithm] = {
    SHA1: hashes.SHA1(),  # noqa: S303 - to see it refused
    SHA256: hashes.SHA256(),
    SHA384: hashes.SHA384(),
    SHA512: hashes.SHA512(),
}
_NAMES = {SHA1: "sha1", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}
_serials = itertools.count(1001)


def digest(identifier: str, data: bytes) -> bytes:
    if identifier == STREEBOG:
        return bytes(gosthash.new("streebog512", data=data).digest())
    return hashlib.new(_NAMES[identifier], data, usedforsecurity=False).digest()


class Key(Protocol):
    """A key pair. `digest` and `scheme` are what it signs with unless asked for something else."""

    info: bytes
    digest: str
    scheme: bytes

    def sign(self, message: bytes) -> bytes: ...


class RsaKey:
    def __init__(self, size: int = 2048, digest: str = SHA256, pss: bool = False) -> None:
        self.private = rsa.generate_private_key(65537, size)
        self.info = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.use(digest, pss)

    def use(self, digest: str, pss: bool = False) -> RsaKey:
        self.digest, self._pss = digest, pss
        named = {SHA1: RSA_SHA1, SHA256: RSA_SHA256, SHA384: RSA_SHA384, SHA512: RSA_SHA512}
        self.scheme = pss_algorithm(digest) if pss else algorithm(named[digest])
        return self

    def other(self, digest: str, pss: bool = False) -> RsaKey:
        """The same key, signing in another way."""
        twin = object.__new__(RsaKey)
        twin.private, twin.info = self.private, self.info
        return twin.use(digest, pss)

    def sign(self, message: bytes) -> bytes:
        chosen = _HASHES[self.digest]
        how = padding.PSS(padding.MGF1(chosen), 32) if self._pss else padding.PKCS1v15()
        return self.private.sign(message, how, chosen)


def pss_algorithm(digest: str, mask: str | None = None, salt: int = 32) -> bytes:
    return algorithm(
        RSA_PSS,
        seq(
            explicit(0, algorithm(digest)),
            explicit(1, algorithm(MGF1, algorithm(mask or digest))),
            explicit(2, integer(salt)),
        ),
    )


class GostKey:
    """GOST 34.10-2015. `big_endian` writes signatures as s and r, as the root of 2022 does."""

    digest = STREEBOG
    scheme = algorithm(GOST_SIGNATURE)
    _curve = gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-12-512-paramSetA"]

    def __init__(self, big_endian: bool = False) -> None:
        self._engine = gostsignature.new(gostsignature.MODE_512, self._curve)
        self._private = bytearray(b"\x1f" + secrets.token_bytes(63))
        self._big_endian = big_endian
        public = bytes(self._engine.public_key_generate(self._private))
        self.point = public[:64][::-1] + public[64:][::-1]
        self.info = gost_info(self.point)

    def sign(self, message: bytes) -> bytes:
        return self.sign_digest(digest(STREEBOG, message))

    def sign_digest(self, digested: bytes) -> bytes:
        signature = bytes(self._engine.sign(self._private, bytearray(digested[::-1])))
        r, s = signature[:64], signature[64:]
        return s + r if self._big_endian else r[::-1] + s[::-1]

    def primitive(self, digested: bytes, signature: bytes) -> bool:
        """The library's own verification, for comparison."""
        public = bytearray(self.point[:64][::-1] + self.point[64:][::-1])
        written = bytearray(signature[:64][::-1] + signature[64:][::-1])
        return bool(self._engine.verify(public, bytearray(digested[::-1]), written))


def gost_info(point: bytes, curve: str = GOST_CURVE) -> bytes:
    return seq(algorithm(GOST_KEY, seq(oid(curve), oid(STREEBOG))), bits(octets(point)))


@dataclass(frozen=True)
class Identity:
    """A certificate together with its key and its issuer."""

    key: Key
    certificate: bytes
    subject: bytes
    serial: int
    issuer: Identity | None = None

    @property
    def issuer_name(self) -> bytes:
        return self.issuer.subject if self.issuer is not None else self.subject

    @property
    def path(self) -> list[bytes]:
        """The certificates from here to the root."""
        return [self.certificate, *(self.issuer.path if self.issuer is not None else [])]


def name(**parts: str) -> bytes:
    return x509.Name.build({"country_name": "KZ", **parts}).dump()


def person_name(iin: str = IIN, bin: str | None = None) -> bytes:
    more = {} if bin is None else {"organization_name": "Балабақша", "organizational_unit_name": f"BIN{bin}"}
    return name(
        common_name="СЫНАҚОВ СЫНАҚ", surname="СЫНАҚОВ", serial_number=f"IIN{iin}", given_name="СЫНАҚҰЛЫ", **more
    )


def extension(identifier: str, content: bytes, critical: bool = False) -> bytes:
    return seq(oid(identifier), boolean(True) if critical else b"", octets(content))


def key_usage(*names: str) -> bytes:
    return extension("2.5.29.15", x509.KeyUsage(set(names)).dump(), critical=True)


def purposes(*identifiers: str) -> bytes:
    return extension("2.5.29.37", seq(*(oid(one) for one in identifiers)))


def authority_marks(length: int | None = None) -> list[bytes]:
    constraints = seq(boolean(True), b"" if length is None else integer(length))
    return [extension("2.5.29.19", constraints, critical=True), key_usage("key_cert_sign", "crl_sign")]


def certify(
    issuer: Identity | None,
    subject: bytes,
    key: Key,
    extensions: list[bytes],
    *,
    valid: tuple[dt.datetime, dt.datetime] = (FROM, TO),
    serial: int | None = None,
    signed_with: Key | None = None,
    issuer_name: bytes | None = None,
) -> Identity:
    """A certificate for `key`, signed by `issuer` (None: by itself)."""
    serial = next(_serials) if serial is None else serial
    signing = signed_with or (issuer.key if issuer is not None else key)
    identifier = digest(SHA1, key.info)
    marks = [*extensions, extension("2.5.29.14", octets(identifier))]
    if issuer is not None:
        marks.append(extension("2.5.29.35", seq(b"\x80\x14" + digest(SHA1, issuer.key.info))))
    signed = seq(
        explicit(0, integer(2)),
        integer(serial),
        signing.scheme,
        issuer_name or (issuer.subject if issuer is not None else subject),
        seq(*(utc_time(moment) for moment in valid)),
        subject,
        key.info,
        explicit(3, seq(*marks)),
    )
    return Identity(key, seq(signed, signing.scheme, bits(signing.sign(signed))), subject, serial, issuer)


@lru_cache(maxsize=64)
def rsa_key(label: str) -> RsaKey:
    """A key that is made once, since making one takes a while."""
    return RsaKey()


@lru_cache(maxsize=64)
def gost_key(label: str) -> GostKey:
    return GostKey()


def root(key: Key, common_name: str = "ROOT", length: int | None = None) -> Identity:
    return certify(None, name(common_name=common_name), key, authority_marks(length), valid=(CA_FROM, CA_TO))


def issuing(above: Identity, key: Key, common_name: str = "ISSUING", length: int | None = 0) -> Identity:
    return certify(above, name(common_name=common_name), key, authority_marks(length), valid=(CA_FROM, CA_TO))


SIGNING_MARKS = [key_usage("digital_signature", "non_repudiation"), purposes(SIGNING, INDIVIDUAL)]
HEAD_MARKS = [key_usage("digital_signature", "non_repudiation"), purposes(SIGNING, LEGAL_ENTITY, HEAD)]


def person(issuer: Identity, key: Key, iin: str = IIN, **more: object) -> Identity:
    return certify(issuer, person_name(iin), key, SIGNING_MARKS, **more)  # type: ignore[arg-type]


def head(issuer: Identity, key: Key, iin: str = IIN, bin: str = BIN) -> Identity:
    return certify(issuer, person_name(iin, bin), key, HEAD_MARKS)


@dataclass(frozen=True)
class Town:
    """A root, an issuing authority below it, a person and the head of an organisation, all with one kind of key."""

    root: Identity
    issuing: Identity
    person: Identity
    head: Identity


@lru_cache(maxsize=2)
def town(kind: str) -> Town:
    """The town of RSA or of GOST; made once for all tests of a run."""
    made = rsa_key if kind == "rsa" else gost_key
    top = root(made("root"), f"ROOT {kind}")
    below = issuing(top, made("issuing"), f"ISSUING {kind}")
    return Town(top, below, person(below, made("person")), head(below, made("head")))
