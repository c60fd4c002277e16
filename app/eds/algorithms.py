"""Keys, digests and signature schemes: what is verified, what is only named, and what is refused as too weak."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

import app.eds.gost as gost
import app.eds.oids as oids
from app.eds.ber import Malformed
from app.eds.der import NULL, OCTETS, SEQUENCE, Value, read
from app.eds.reasons import Reason, Refused
from app.eds.streebog import streebog512

MIN_RSA_BITS, MAX_RSA_BITS = 2048, 16384
MAX_SALT = 512
_PSS_DIGEST, _PSS_MASK, _PSS_SALT, _PSS_TRAILER = 0xA0, 0xA1, 0xA2, 0xA3

_DIGESTS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    oids.SHA256: ("SHA-256", lambda data: hashlib.sha256(data).digest()),
    oids.SHA384: ("SHA-384", lambda data: hashlib.sha384(data).digest()),
    oids.SHA512: ("SHA-512", lambda data: hashlib.sha512(data).digest()),
    oids.STREEBOG_512: ("Streebog-512", streebog512),
}
#: Digests that say which certificate is meant, not what was signed: an answer's or an attribute's reference.
_REFERENCES: dict[str, Callable[[bytes], bytes]] = {
    oids.SHA1: lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    **{oid: compute for oid, (_, compute) in _DIGESTS.items()},
}
_WEAK_DIGESTS = {oids.SHA1: "SHA-1", oids.MD5: "MD5"}
_NAMED_DIGESTS = {
    oids.SHA224: "SHA-224",
    oids.STREEBOG_256: "Streebog-256",
    oids.GOST_34311: "GOST 34.311-95",
    oids.GOST_34311_KALKAN: "GOST 34.311-95",
    oids.GOST_34311_GT: "GOST 34.311-95",
}
_RSA_DIGESTS = {oids.RSA_SHA256: oids.SHA256, oids.RSA_SHA384: oids.SHA384, oids.RSA_SHA512: oids.SHA512}
_WEAK_SIGNATURES = {oids.RSA_SHA1: "RSA with SHA-1", oids.RSA_MD5: "RSA with MD5"}
_NAMED_SIGNATURES = {
    oids.GOST_2004_SIGNATURE: "GOST 34.310-2004 with GOST 34.311-95",
    oids.GOST_2004_KEY: "GOST 34.310-2004 with GOST 34.311-95",
    oids.GOST_2015_SIGNATURE_256: "GOST 34.10-2015 with Streebog-256",
}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    oids.SHA256: hashes.SHA256(),
    oids.SHA384: hashes.SHA384(),
    oids.SHA512: hashes.SHA512(),
}


@dataclass(frozen=True)
class Algorithm:
    """An AlgorithmIdentifier. Parameters that say nothing (NULL) are as good as none."""

    oid: str
    parameters: bytes | None


@dataclass(frozen=True)
class Scheme:
    """A way of signing that is verified: a digest and, for RSA, the padding (`salt` is None for PKCS #1 v1.5)."""

    is_gost: bool
    digest: str
    salt: int | None = None

    @property
    def label(self) -> str:
        if self.is_gost:
            return "GOST 34.10-2015 with Streebog-512"
        return f"RSA{'' if self.salt is None else '-PSS'} with {_DIGESTS[self.digest][0]}"


@dataclass(frozen=True)
class Key:
    """A subjectPublicKeyInfo: `raw`, and the object identifier of its algorithm."""

    raw: bytes
    oid: str

    @property
    def is_gost(self) -> bool:
        return self.oid == oids.GOST_2015_KEY

    @property
    def is_rsa(self) -> bool:
        return self.oid in (oids.RSA, oids.RSA_PSS)

    @cached_property
    def public(self) -> rsa.RSAPublicKey | gost.GostKey | None:
        """The key itself; None for another kind of key and for one that is broken."""
        return _public_key(self.raw) if self.is_gost or self.is_rsa else None


def read_algorithm(value: Value) -> Algorithm:
    """An AlgorithmIdentifier. Raises Malformed."""
    fields = value.fields()
    oid = fields.next().oid()
    rest = value.values()[1:]
    if len(rest) > 1:
        raise Malformed("an algorithm with two sets of parameters")
    return Algorithm(oid, rest[0].raw if rest and rest[0].tag != NULL else None)


def read_key(raw: bytes) -> Key:
    """A subjectPublicKeyInfo of whichever algorithm. Raises Malformed."""
    return Key(raw, read_algorithm(read(raw).fields().next()).oid)


def digest(oid: str, data: bytes) -> bytes:
    """The digest of `data`. Raises Refused for algorithms that are weak or not supported."""
    require_digest(oid)
    return _DIGESTS[oid][1](data)


def require_digest(oid: str) -> None:
    """Raises Refused unless `oid` is a digest that signatures may be made with."""
    if oid in _WEAK_DIGESTS:
        raise Refused(Reason.WEAK, _WEAK_DIGESTS[oid])
    if oid not in _DIGESTS:
        raise Refused(Reason.UNSUPPORTED, _digest_label(oid))


def reference(oid: str, data: bytes) -> bytes | None:
    """A digest by which something is recognised, SHA-1 included; None for algorithms that are not computed."""
    compute = _REFERENCES.get(oid)
    return None if compute is None else compute(data)


def scheme_of(algorithm: Algorithm, digest_oid: str | None = None) -> Scheme:
    """The scheme that `algorithm` names, in a signer's entry together with the digest algorithm named there.

    Raises Refused for what is weak, not supported or contradicts `digest_oid`.
    """
    oid = algorithm.oid
    if oid in _WEAK_SIGNATURES:
        raise Refused(Reason.WEAK, _WEAK_SIGNATURES[oid])
    if oid == oids.RSA_PSS:
        scheme = _pss(algorithm.parameters)
    elif oid in (oids.GOST_2015_SIGNATURE, oids.GOST_2015_KEY):
        scheme = Scheme(is_gost=True, digest=oids.STREEBOG_512)
    elif oid in _RSA_DIGESTS:
        scheme = Scheme(is_gost=False, digest=_RSA_DIGESTS[oid])
    elif oid == oids.RSA and digest_oid in _HASHES:
        scheme = Scheme(is_gost=False, digest=digest_oid)
    elif oid == oids.RSA and digest_oid in _WEAK_DIGESTS:
        raise Refused(Reason.WEAK, _unsupported_label(oid, digest_oid))
    else:
        raise Refused(Reason.UNSUPPORTED, _unsupported_label(oid, digest_oid))
    if digest_oid not in (None, scheme.digest):
        raise Refused(Reason.MISMATCH, f"{scheme.label}, but {_digest_label(digest_oid)}")
    return scheme


def algorithm_label(algorithm: Algorithm, digest_oid: str | None = None) -> str:
    """What to call an algorithm in a report, whether it is supported or not. Raises Malformed."""
    try:
        return scheme_of(algorithm, digest_oid if algorithm.oid == oids.RSA else None).label
    except Refused as refusal:
        return refusal.detail


def _unsupported_label(oid: str, digest_oid: str | None) -> str:
    if oid == oids.RSA:
        return f"RSA with {_digest_label(digest_oid)}"
    if oid.startswith(oids.ECDSA):
        return "ECDSA"
    return _NAMED_SIGNATURES.get(oid, oid)


def _digest_label(oid: str | None) -> str:
    if oid in _DIGESTS:
        return _DIGESTS[oid][0]
    return _WEAK_DIGESTS.get(oid or "") or _NAMED_DIGESTS.get(oid or "") or f"digest {oid}"


def require_key(key: Key, scheme: Scheme) -> None:
    """Raises Refused unless `key` is one that `scheme` signs with, and strong enough."""
    if scheme.is_gost != key.is_gost or not (key.is_gost or key.is_rsa):
        raise Refused(Reason.MISMATCH, f"{scheme.label}, but a key {key.oid}")
    public = key.public
    if public is None:
        raise Refused(Reason.UNSUPPORTED, f"key {key.oid} with these parameters")
    if isinstance(public, rsa.RSAPublicKey) and not MIN_RSA_BITS <= public.key_size <= MAX_RSA_BITS:
        raise Refused(Reason.WEAK, f"an RSA key of {public.key_size} bits")


def signature_holds(key: Key, algorithm: Algorithm, signed: bytes, signature: bytes) -> bool:
    """Whether `signature` over `signed` was made with `key`; False as well for schemes that are not verified."""
    try:
        scheme = scheme_of(algorithm)
        require_key(key, scheme)
    except Refused:
        return False
    return digest_signed(key, scheme, digest(scheme.digest, signed), signature)


@lru_cache(maxsize=4096)
def digest_signed(key: Key, scheme: Scheme, digested: bytes, signature: bytes) -> bool:
    """Whether `signature` over what has the digest `digested` was made with `key` in `scheme`.

    Remembered, because one container may hold the same signer a thousand times. `require_key` comes first.
    """
    public = key.public
    if isinstance(public, gost.GostKey):
        return scheme.is_gost and gost.verifies(public, digested, signature)
    if public is None or scheme.is_gost:
        return False
    chosen = _HASHES[scheme.digest]
    how: padding.AsymmetricPadding = padding.PKCS1v15()
    if scheme.salt is not None:
        how = padding.PSS(mgf=padding.MGF1(chosen), salt_length=scheme.salt)
    try:
        public.verify(signature, digested, how, utils.Prehashed(chosen))
    except (InvalidSignature, ValueError):
        return False
    return True


def _pss(parameters: bytes | None) -> Scheme:
    """RSASSA-PSS (RFC 4055, section 3.1). Left out, the parameters mean SHA-1. Raises Refused and Malformed."""
    given = {one.tag: one.only() for one in read(parameters).expect(SEQUENCE).values()} if parameters else {}
    if _PSS_DIGEST not in given or _PSS_MASK not in given:
        raise Refused(Reason.WEAK, "RSA-PSS with SHA-1")
    chosen, mask = read_algorithm(given[_PSS_DIGEST]).oid, read_algorithm(given[_PSS_MASK])
    if chosen not in _HASHES:
        reason = Reason.WEAK if chosen in _WEAK_DIGESTS else Reason.UNSUPPORTED
        raise Refused(reason, f"RSA-PSS with {_digest_label(chosen)}")
    masked = read_algorithm(read(mask.parameters)).oid if mask.parameters else None
    salt = given[_PSS_SALT].integer() if _PSS_SALT in given else 20
    trailer = given[_PSS_TRAILER].integer() if _PSS_TRAILER in given else 1
    if (mask.oid, masked, trailer) != (oids.MGF1, chosen, 1) or not 0 <= salt <= MAX_SALT:
        raise Refused(Reason.UNSUPPORTED, "RSA-PSS with these parameters")
    return Scheme(is_gost=False, digest=chosen, salt=salt)


@lru_cache(maxsize=1024)
def _public_key(raw: bytes) -> rsa.RSAPublicKey | gost.GostKey | None:
    try:
        fields = read(raw).fields()
        algorithm, bits = read_algorithm(fields.next()), fields.next().bits()
        if algorithm.oid == oids.GOST_2015_KEY:
            return _gost_key(algorithm, bits)
        found = load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        # A key that cannot be read verifies nothing; the certificate around it may still be shown.
        return None
    return found if isinstance(found, rsa.RSAPublicKey) else None


def _gost_key(algorithm: Algorithm, bits: bytes) -> gost.GostKey:
    if algorithm.parameters is None:
        raise Malformed("a GOST key without its curve")
    curve = read(algorithm.parameters).expect(SEQUENCE).fields().next().oid()
    if curve != oids.GOST_2015_CURVE:
        raise Malformed(f"the curve {curve}")
    return gost.public_key(read(bits).expect(OCTETS).content)
