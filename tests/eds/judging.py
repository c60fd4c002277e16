"""Asking the verifier, with the tests' own moment as now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from app.eds import Limits, Report, Revocation, SignerReport, TrustStore, verify
from tests.eds.pki import NOW, Identity


def judged(
    cms: bytes,
    trusted: Iterable[Identity | bytes],
    *,
    data: bytes | None = None,
    lists: Iterable[bytes] = (),
    answers: Iterable[bytes] = (),
    at: dt.datetime | None = None,
    now: dt.datetime = NOW,
    required: bool = False,
    limits: Limits | None = None,
) -> Report:
    trust = TrustStore.read(one if isinstance(one, bytes) else one.certificate for one in trusted)
    revocation = replace(Revocation.read(lists, answers), required=required)
    return verify(cms, data=data, trust=trust, revocation=revocation, at=at, now=now, limits=limits)


def only(cms: bytes, trusted: Iterable[Identity | bytes], **circumstances: object) -> SignerReport:
    """The report on a container's single signer."""
    (one,) = judged(cms, trusted, **circumstances).signers  # type: ignore[arg-type]
    return one
