"""What the verifier found out: values, and the same as facts for JSON."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any

from app.eds.reasons import Reason
from app.eds.revocation import NOT_CHECKED, RevocationReport


class Verdict(enum.StrEnum):
    VALID = "valid"
    INVALID = "invalid"


class Clock(enum.StrEnum):
    """Where the moment comes from at which a signer is judged."""

    GIVEN = "given"
    TIME_STAMP = "time_stamp"
    NOW = "now"


@dataclass(frozen=True)
class TimeStampReport:
    """A time-stamp over a signature. Only a valid one says anything about the time."""

    verdict: Verdict
    time: dt.datetime | None = None
    authority: str | None = None
    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True)
class Owner:
    """Whom a certificate names: its subject, the numbers in it and the roles the authority certified."""

    subject: str
    iin: str | None
    bin: str | None
    roles: tuple[str, ...]
    issuer: str
    serial: int
    not_before: dt.datetime
    not_after: dt.datetime


@dataclass(frozen=True)
class SignerReport:
    """One signer. `owner` is None where the certificate is missing; `signing_time` is the signer's own claim.

    `certificate` is the signer's certificate in DER, `judged_at` the moment and `clock` where it comes from.
    """

    verdict: Verdict
    algorithm: str | None
    owner: Owner | None = None
    signing_time: dt.datetime | None = None
    judged_at: dt.datetime | None = None
    clock: Clock | None = None
    time_stamps: tuple[TimeStampReport, ...] = ()
    chain: tuple[str, ...] = ()
    revocation: RevocationReport = NOT_CHECKED
    reason: Reason | None = None
    detail: str = ""
    certificate: bytes | None = None

    @property
    def is_valid(self) -> bool:
        return self.verdict is Verdict.VALID


@dataclass(frozen=True)
class Report:
    """A container and its signers. A container without signers is not valid."""

    signers: tuple[SignerReport, ...]
    content: bytes | None
    is_detached: bool

    @property
    def verdict(self) -> Verdict:
        return Verdict.VALID if self.signers and all(one.is_valid for one in self.signers) else Verdict.INVALID

    @property
    def is_valid(self) -> bool:
        return self.verdict is Verdict.VALID

    def facts(self) -> dict[str, Any]:
        """The report as JSON can carry it."""
        return {
            "verdict": self.verdict.value,
            "reason": None if self.signers else "the container has no signer",
            "content": "detached" if self.is_detached else "attached",
            "signers": [_signer(one) for one in self.signers],
        }


def _signer(one: SignerReport) -> dict[str, Any]:
    owner = one.owner
    return {
        "verdict": one.verdict.value,
        "reason": _explained(one.reason, one.detail),
        "reason_code": one.reason and one.reason.value,
        "algorithm": one.algorithm,
        "subject": owner and owner.subject,
        "iin": owner and owner.iin,
        "bin": owner and owner.bin,
        "roles": list(owner.roles) if owner else [],
        "issuer": owner and owner.issuer,
        "serial": owner and f"{owner.serial:x}",
        "not_before": _moment(owner.not_before) if owner else None,
        "not_after": _moment(owner.not_after) if owner else None,
        "signing_time": _moment(one.signing_time),
        "judged_at": _moment(one.judged_at),
        "judged_by": one.clock and one.clock.value,
        "time_stamps": [_time_stamp(stamp) for stamp in one.time_stamps],
        "chain": list(one.chain),
        "revocation": {
            "status": one.revocation.status.value,
            "source": one.revocation.source,
            "as_of": _moment(one.revocation.as_of),
            "revoked_at": _moment(one.revocation.revoked_at),
            "reason": one.revocation.revocation_reason,
            "note": one.revocation.note,
        },
    }


def _time_stamp(stamp: TimeStampReport) -> dict[str, Any]:
    return {
        "verdict": stamp.verdict.value,
        "time": _moment(stamp.time),
        "authority": stamp.authority,
        "reason": _explained(stamp.reason, stamp.detail),
    }


def _explained(reason: Reason | None, detail: str) -> str | None:
    if reason is None:
        return None
    return f"{reason.sentence}: {detail}" if detail else reason.sentence


def _moment(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
