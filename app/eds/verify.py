"""Verifying signed containers: CMS and CAdES, attached and detached, each signer judged on its own."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import app.eds.oids as oids
from app.eds.algorithms import algorithm_label, digest
from app.eds.armour import binary
from app.eds.ber import Malformed, to_der
from app.eds.certificates import Certificate
from app.eds.cms import SignedData, Signer, read_signed_data, read_signer
from app.eds.der import Value
from app.eds.reasons import Reason, Refused
from app.eds.report import Clock, Owner, Report, SignerReport, TimeStampReport, Verdict
from app.eds.revocation import Revocation
from app.eds.signers import claimed_time, read_signed, require_content, require_signature
from app.eds.timestamps import Judge
from app.eds.trust import Authorities, Chain, TrustStore
from app.eds.usage import require_signing, roles

#: Certificates of the same issuer and number that are tried for one signer.
MAX_CANDIDATES = 2


@dataclass(frozen=True)
class Limits:
    """How much a container may ask for, in bytes and numbers. Who takes them from strangers sets them lower."""

    container: int = 64 * 1024 * 1024
    signers: int = 2000
    certificates: int = 4000
    streebog: int = 16 * 1024 * 1024


class Unusable(ValueError):
    """The bytes cannot be judged at all: no container, cut short, empty, or beyond the limits."""


@dataclass(frozen=True)
class Circumstances:
    """What a container is judged by, apart from its own bytes."""

    data: bytes | None
    trust: TrustStore
    revocation: Revocation
    at: dt.datetime | None
    now: dt.datetime
    limits: Limits


def verify(
    container: bytes,
    *,
    data: bytes | None,
    trust: TrustStore,
    revocation: Revocation,
    at: dt.datetime | None,
    now: dt.datetime,
    limits: Limits | None = None,
) -> Report:
    """Judges every signer of `container` (DER or BER, as it is, in PEM or in base64).

    `data` is what a detached signature is over; given with an attached one, it must be the same content. Validity is
    judged at `at`, else at a verified time-stamp, else at `now`; all moments are aware. Raises Unusable; whatever is
    wrong with a single signer is in the report.
    """
    limits = limits or Limits()
    found = _container(container, limits)
    session = _Session(found, Circumstances(data, trust, revocation, at, now, limits))
    reports = tuple(session.judged(one) for one in found.signers)
    return Report(signers=reports, content=session.content, is_detached=found.content is None)


def _container(written: bytes, limits: Limits) -> SignedData:
    too_large = Unusable(f"larger than {limits.container} bytes")
    if len(written) > 2 * limits.container:
        raise too_large
    try:
        der = binary(written)
        if len(der) > limits.container:
            raise too_large
        found = read_signed_data(to_der(der))
    except Malformed as error:
        raise Unusable(str(error)) from error
    if len(found.signers) > limits.signers or len(found.certificates) > limits.certificates:
        raise Unusable(f"more than {limits.signers} signers or {limits.certificates} certificates")
    return found


class _Session:
    """One container being judged: what its signers share."""

    def __init__(self, container: SignedData, given: Circumstances) -> None:
        self.container = container
        self.given = given
        self.content = given.data if container.content is None else container.content
        self.authorities = Authorities(given.trust, container.certificates, len(container.signers))
        self.judge = Judge(given.trust, given.revocation, container.certificates, given.now)
        self.content_digest = cache(self._content_digest)
        self._by_serial: dict[int, list[Certificate]] = defaultdict(list)
        self._by_identifier: dict[bytes | None, list[Certificate]] = defaultdict(list)
        for one in dict.fromkeys((*container.certificates, *given.trust.anchors)):
            self._by_serial[one.serial].append(one)
            self._by_identifier[one.subject_key_identifier].append(one)

    def judged(self, value: Value) -> SignerReport:
        """The report on the signer whose entry is `value`. Of several certificates that it may mean, the best."""
        try:
            signer = read_signer(value)
        except Malformed as error:
            return SignerReport(Verdict.INVALID, None, reason=Reason.MALFORMED, detail=str(error))
        candidates = self._candidates(signer) or [None]
        reports = []
        for one in candidates:
            reports.append(_Judgement(self, signer, one).outcome())
            if reports[-1].is_valid:
                return reports[-1]
        return reports[0]

    def _candidates(self, signer: Signer) -> Sequence[Certificate | None]:
        if signer.serial is not None:
            found = self._by_serial.get(signer.serial, [])
        else:
            found = self._by_identifier.get(signer.key_identifier, [])
        return [one for one in found if signer.names(one)][:MAX_CANDIDATES]

    def _content_digest(self, oid: str) -> bytes:
        """The digest of the content; computed once, however many signers there are. Raises Refused."""
        if self.content is None:
            raise Refused(Reason.NO_CONTENT)
        if oid == oids.STREEBOG_512 and len(self.content) > self.given.limits.streebog:
            raise Refused(Reason.TOO_LARGE, f"{len(self.content)} bytes")
        return digest(oid, self.content)


class _Judgement:
    """One signer with one certificate. What was found out is kept in the report, also when a later step refuses."""

    def __init__(self, session: _Session, signer: Signer, one: Certificate | None) -> None:
        self._session = session
        self._signer = signer
        self._certificate = one
        self._report = SignerReport(
            verdict=Verdict.INVALID,
            algorithm=_label(signer),
            owner=None if one is None else _owner(one),
            signing_time=claimed_time(signer),
            certificate=None if one is None else one.raw,
        )

    def outcome(self) -> SignerReport:
        try:
            self._require_everything()
        except Refused as refusal:
            return replace(self._report, reason=refusal.reason, detail=refusal.detail)
        except Malformed as error:
            return replace(self._report, reason=Reason.MALFORMED, detail=str(error))
        return replace(self._report, verdict=Verdict.VALID)

    def _require_everything(self) -> None:
        """Raises Refused and Malformed. What is cheap comes first, the content, which may be large, last."""
        session, signer, one = self._session, self._signer, self._certificate
        container, given = session.container, session.given
        signed = read_signed(signer, container.content_type, container.digests)
        if one is None:
            raise Refused(Reason.NO_CERTIFICATE)
        require_signature(signer, signed, one, session.content_digest)
        stamps = session.judge.time_stamps(signer)
        moment, clock = _moment(given, stamps)
        self._learn(time_stamps=stamps, judged_at=moment, clock=clock)
        chain = self._chain(one, moment)
        if len(chain) > 1:
            self._learn(revocation=given.revocation.status_of(one, chain[1], moment))
        _require_valid(one, moment)
        require_signing(one)
        given.revocation.require_good(chain, moment)
        if container.content is not None and given.data not in (None, container.content):
            raise Refused(Reason.TWO_CONTENTS)
        require_content(signed, session.content, session.content_digest)

    def _chain(self, one: Certificate, moment: dt.datetime) -> Chain:
        try:
            chain = self._session.authorities.chain_of(one, moment)
        except Refused as refusal:
            if refusal.reason is Reason.AUTHORITY_NOT_VALID:
                _require_valid(one, moment)  # a person understands the end of their own certificate better
            raise
        self._learn(chain=tuple(each.subject.text for each in chain))
        return chain

    def _learn(self, **found: Any) -> None:
        self._report = replace(self._report, **found)


def _label(signer: Signer) -> str:
    try:
        return algorithm_label(signer.algorithm, signer.digest)
    except Malformed:
        return signer.algorithm.oid


def _moment(given: Circumstances, stamps: tuple[TimeStampReport, ...]) -> tuple[dt.datetime, Clock]:
    if given.at is not None:
        return given.at, Clock.GIVEN
    verified = [stamp.time for stamp in stamps if stamp.time is not None]
    return (min(verified), Clock.TIME_STAMP) if verified else (given.now, Clock.NOW)


def _require_valid(one: Certificate, moment: dt.datetime) -> None:
    if moment < one.not_before:
        raise Refused(Reason.NOT_YET_VALID, f"it is valid from {one.not_before:%Y-%m-%d %H:%M:%S} UTC")
    if moment > one.not_after:
        raise Refused(Reason.EXPIRED, f"it was valid to {one.not_after:%Y-%m-%d %H:%M:%S} UTC")


def _owner(one: Certificate) -> Owner:
    return Owner(
        subject=one.subject.text,
        iin=one.subject.iin,
        bin=one.subject.bin,
        roles=roles(one),
        issuer=one.issuer.text,
        serial=one.serial,
        not_before=one.not_before,
        not_after=one.not_after,
    )
