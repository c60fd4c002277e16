"""Whom we trust, and the way from a certificate to it (RFC 5280, section 6)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.eds.armour import binaries
from app.eds.ber import to_der
from app.eds.certificates import Certificate, certificate
from app.eds.names import Name
from app.eds.reasons import Reason, Refused

MAX_LENGTH = 6
#: Signatures of authorities that are tried for one certificate, and for each signer of a container on average.
MAX_ATTEMPTS, MEAN_ATTEMPTS = 16, 4

Chain = tuple[Certificate, ...]


@dataclass(frozen=True)
class TrustStore:
    """The certificates an operator trusts: roots, issuing authorities, or both. Empty, it trusts nothing."""

    anchors: tuple[Certificate, ...] = ()

    @classmethod
    def read(cls, files: Iterable[bytes]) -> TrustStore:
        """The store of every certificate in `files` (PEM or DER). Raises Malformed for what is no certificate."""
        found = {one: None for data in files for one in certificates_in(data)}
        return cls(tuple(found))

    @cached_property
    def by_subject(self) -> dict[Name, list[Certificate]]:
        return _by_subject(self.anchors)

    @cached_property
    def known(self) -> frozenset[Certificate]:
        return frozenset(self.anchors)


def certificates_in(data: bytes) -> list[Certificate]:
    """Every certificate that a PEM or DER file holds. Raises Malformed."""
    return [certificate(to_der(one)) for one in binaries(data)]


class Authorities:
    """The authorities known while one container is judged: the trusted ones, and those that it brings itself.

    Searching them is bounded, since a hostile container may bring hundreds of one name.
    """

    def __init__(self, store: TrustStore, brought: Iterable[Certificate], signers: int = 1) -> None:
        self._store = store
        self._brought = _by_subject(one for one in brought if one.may_issue)
        self._left = MAX_ATTEMPTS + MEAN_ATTEMPTS * signers

    def chain_of(self, leaf: Certificate, moment: dt.datetime) -> Chain:
        """The way from `leaf` to an anchor, both included, every signature on it verified, valid at `moment`.

        Raises Refused where there is none.
        """
        search = _Search(self._store, self._brought, moment, min(self._left, MAX_ATTEMPTS))
        found = next(search.ways((leaf,)), None)
        self._left -= search.attempts
        if found is None:
            raise search.refusal(leaf)
        return found


class _Search:
    """One search for a way."""

    def __init__(
        self, store: TrustStore, brought: dict[Name, list[Certificate]], moment: dt.datetime, limit: int
    ) -> None:
        self._store = store
        self._brought = brought
        self._moment = moment
        self._limit = limit
        self.attempts = 0
        self._not_valid: Certificate | None = None

    def ways(self, way: Chain) -> Iterator[Chain]:
        """Every continuation of `way` that ends in an anchor."""
        last = way[-1]
        if last in self._store.known:
            yield way
        elif len(way) < MAX_LENGTH:
            for issuer in self._issuers(last):
                if issuer not in way and self._may_follow(way, issuer):
                    yield from self.ways((*way, issuer))

    def refusal(self, leaf: Certificate) -> Refused:
        """Why no way was found."""
        if self._not_valid is not None:
            return Refused(Reason.AUTHORITY_NOT_VALID, self._not_valid.subject.text)
        if leaf.issuer in self._store.by_subject:
            # Anyone can make an authority of the same name; only the key tells them apart.
            return Refused(Reason.UNTRUSTED, f"the trusted authority of that name did not sign it: {leaf.issuer.text}")
        return Refused(Reason.UNTRUSTED, leaf.issuer.text)

    def _issuers(self, of: Certificate) -> list[Certificate]:
        """Who may have issued `of`, judging by the name; the trusted and those with the right key identifier first."""
        found = [*self._store.by_subject.get(of.issuer, ()), *self._brought.get(of.issuer, ())]
        identifier = of.authority_key_identifier
        return sorted(found, key=lambda one: one.subject_key_identifier != identifier)

    def _may_follow(self, way: Chain, issuer: Certificate) -> bool:
        """Whether `issuer` may issue at this place, did sign the last certificate of `way`, and was valid."""
        _, length = issuer.authority
        below = sum(1 for one in way[1:] if one.subject != one.issuer)
        if not issuer.may_issue or issuer.not_understood or (length is not None and below > length):
            return False
        self.attempts += 1
        if self.attempts > self._limit or not issued(way[-1], issuer):
            return False
        if not issuer.covers(self._moment):
            self._not_valid = issuer
            return False
        return True


@lru_cache(maxsize=4096)
def issued(one: Certificate, issuer: Certificate) -> bool:
    """Whether the key of `issuer` signed `one`."""
    return one.was_signed_with(issuer.key)


def _by_subject(certificates: Iterable[Certificate]) -> dict[Name, list[Certificate]]:
    found = defaultdict(list)
    for one in certificates:
        found[one.subject].append(one)
    return dict(found)
