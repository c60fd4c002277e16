"""Whether a certificate was revoked at a moment, judging by lists and answers that are verified themselves."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import app.eds.oids as oids
from app.eds.armour import binary
from app.eds.ber import to_der
from app.eds.certificates import Certificate
from app.eds.evidence import Answer, RevocationList, Revoked, locations_of, read_answer, read_list
from app.eds.reasons import Reason, Refused
from app.eds.trust import Chain, issued
from app.eds.usage import may_sign_lists, require_purpose

#: How old an answer may be that does not say when the next one comes. The national lists live six months; an answer
#: is asked for to be newer than they are.
DEFAULT_MAX_AGE = dt.timedelta(days=31)

_HOLD, _REMOVED = 6, 8
_COMPROMISED = {1: "keyCompromise", 2: "cACompromise", 10: "aACompromise"}
_REASONS = {
    0: "unspecified",
    3: "affiliationChanged",
    4: "superseded",
    5: "cessationOfOperation",
    _HOLD: "certificateHold",
    _REMOVED: "removeFromCRL",
    9: "privilegeWithdrawn",
    **_COMPROMISED,
}


class Status(enum.StrEnum):
    """What the evidence says about one certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    NEVER_ISSUED = "never_issued"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


_REFUSALS = {
    Status.REVOKED: Reason.REVOKED,
    Status.SUSPENDED: Reason.SUSPENDED,
    Status.NEVER_ISSUED: Reason.NEVER_ISSUED,
    Status.UNKNOWN: Reason.STATUS_UNKNOWN,
}


@dataclass(frozen=True)
class RevocationReport:
    """The status, which evidence it comes from, as of when, and the revocation itself where there is one."""

    status: Status
    source: str | None = None
    as_of: dt.datetime | None = None
    revoked_at: dt.datetime | None = None
    revocation_reason: str | None = None
    note: str | None = None


NOT_CHECKED = RevocationReport(Status.NOT_CHECKED)


@dataclass(frozen=True)
class Revocation:
    """The evidence at hand. `required`: a certificate about which it says nothing is refused."""

    lists: tuple[RevocationList, ...] = ()
    answers: tuple[Answer, ...] = ()
    required: bool = False
    max_age: dt.timedelta = DEFAULT_MAX_AGE

    @classmethod
    def read(cls, lists: Iterable[bytes] = (), answers: Iterable[bytes] = ()) -> Revocation:
        """Lists and OCSP responses from files (DER, PEM or base64). Raises Malformed for what is neither."""
        return cls(
            tuple(read_list(to_der(binary(one))) for one in lists),
            tuple(read_answer(to_der(binary(one))) for one in answers),
        )

    def require_good(self, chain: Chain, moment: dt.datetime) -> None:
        """Raises Refused when a certificate of `chain` other than the anchor was not good at `moment`."""
        for one, issuer in pairwise(chain):
            found = self.status_of(one, issuer, moment)
            if found.status in _REFUSALS:
                whose = "" if one is chain[0] else one.subject.text
                told = "; ".join(part for part in (whose, found.revocation_reason, found.note) if part)
                raise Refused(_REFUSALS[found.status], told)
            if self.required and found.status is Status.NOT_CHECKED:
                raise Refused(Reason.STATUS_UNCHECKED, one.subject.text)

    def status_of(self, one: Certificate, issuer: Certificate, moment: dt.datetime) -> RevocationReport:
        """What the evidence says about `one`, which `issuer` issued, at `moment`. Raises Malformed."""
        findings = [*self._from_lists(one, issuer), *self._from_answers(one, issuer)]
        return _judged(findings, one, moment, self.max_age)

    def _from_lists(self, one: Certificate, issuer: Certificate) -> Iterable[_Finding]:
        for found in self.lists:
            if found.issuer != issuer.subject or not _is_about(found, one):
                continue
            finding = _Finding("crl", found.this_update, found.next_update, listed=True)
            if found.not_understood:
                yield finding.failed("the list has a critical extension that is not understood")
            elif not may_sign_lists(issuer) or not found.was_signed_with(issuer.key):
                yield finding.failed("the list was not signed by the authority")
            else:
                entry = found.entry(one.serial)
                if entry is not None or not (found.is_delta or found.scope.some_reasons):
                    yield finding.says(entry)

    def _from_answers(self, one: Certificate, issuer: Certificate) -> Iterable[_Finding]:
        for answer in self.answers:
            for statement in answer.statements:
                if not statement.is_about(one, issuer):
                    continue
                finding = _Finding("ocsp", statement.this_update, statement.next_update)
                if not self._may_answer(answer, issuer):
                    yield finding.failed("the answer was not signed by the authority or its responder")
                elif not statement.known:
                    yield finding.failed("the authority does not know the certificate")
                else:
                    yield finding.says(statement.revoked, never_issued=answer.names_never_issued)

    def _may_answer(self, answer: Answer, issuer: Certificate) -> bool:
        """Whether the authority itself signed, or a responder to whom it issued a certificate for that purpose."""
        for one in (issuer, *answer.certificates):
            if answer.names_as_responder(one) and (one == issuer or self._is_responder(one, issuer, answer.produced)):
                return answer.was_signed_with(one.key)
        return False

    def _is_responder(self, one: Certificate, issuer: Certificate, moment: dt.datetime) -> bool:
        try:
            require_purpose(one, oids.OCSP_SIGNING)
        except Refused:
            return False
        if one.issuer != issuer.subject or not one.covers(moment) or not issued(one, issuer):
            return False
        status = _judged(list(self._from_lists(one, issuer)), one, moment, self.max_age).status
        return status not in (Status.REVOKED, Status.SUSPENDED)


@dataclass(frozen=True)
class _Finding:
    """What one piece of evidence says; `problem` where it cannot be used."""

    source: str
    as_of: dt.datetime
    until: dt.datetime | None
    listed: bool = False
    revoked: Revoked | None = None
    never_issued: bool = False
    problem: str | None = None

    def failed(self, problem: str) -> _Finding:
        return _Finding(self.source, self.as_of, self.until, self.listed, problem=problem)

    def says(self, revoked: Revoked | None, *, never_issued: bool = False) -> _Finding:
        if revoked is not None and revoked.reason == _REMOVED:
            revoked = None
        return _Finding(self.source, self.as_of, self.until, self.listed, revoked, never_issued)

    def report(self, status: Status, note: str | None = None) -> RevocationReport:
        revoked = self.revoked
        return RevocationReport(
            status=status,
            source=self.source,
            as_of=self.as_of,
            revoked_at=None if revoked is None else revoked.at,
            revocation_reason=None if revoked is None else _REASONS.get(revoked.reason, str(revoked.reason)),
            note=note,
        )

    def speaks_at(self, moment: dt.datetime, max_age: dt.timedelta) -> bool:
        """Whether it is recent enough to say of `moment` that nothing had happened. What was said later still is."""
        return moment - self.as_of <= max_age if self.until is None else moment <= max(self.until, self.as_of)

    def holds_at(self, moment: dt.datetime, is_latest: bool) -> bool:
        """Whether the certificate was suspended at `moment`: known to be then, or before and never lifted since."""
        revoked = self.revoked
        held = revoked is not None and revoked.reason == _HOLD and revoked.at <= moment
        return held and (is_latest or self.as_of >= moment)

    @property
    def is_never_issued(self) -> bool:
        """RFC 6960, section 2.2: with a suspension since 1970 a responder says that it never issued the certificate."""
        return self.never_issued and self.revoked is not None and self.revoked.at.timestamp() == 0

    def outlived(self, one: Certificate) -> bool:
        """Whether it is a list made after `one` ran out: such lists drop the certificate (RFC 5280, section 3.3)."""
        return self.listed and self.revoked is None and self.as_of > one.not_after


def _judged(findings: list[_Finding], one: Certificate, moment: dt.datetime, max_age: dt.timedelta) -> RevocationReport:
    usable = sorted((each for each in findings if each.problem is None), key=lambda each: each.as_of)
    final = next((each for each in usable if each.revoked is not None and _is_final(each.revoked, moment)), None)
    if final is not None:
        return final.report(Status.REVOKED)
    speaking = [each for each in usable if not each.outlived(one)]
    held = next((each for each in reversed(speaking) if each.holds_at(moment, each is speaking[-1])), None)
    if held is not None:
        return held.report(Status.NEVER_ISSUED if held.is_never_issued else Status.SUSPENDED)
    fresh = next((each for each in reversed(speaking) if each.speaks_at(moment, max_age)), None)
    if fresh is not None:
        return fresh.report(Status.GOOD)
    if speaking:
        return speaking[-1].report(Status.UNKNOWN, "the evidence is older than the moment that is judged")
    problem = next((each for each in findings if each.problem is not None), None)
    if problem is not None:
        return problem.report(Status.UNKNOWN, problem.problem)
    return usable[-1].report(Status.NOT_CHECKED, "the list is younger than the certificate") if usable else NOT_CHECKED


def _is_final(revoked: Revoked, moment: dt.datetime) -> bool:
    """Whether a revocation holds at `moment`: a compromised key always, another from its date on, a hold never."""
    if revoked.reason in _COMPROMISED:
        return True
    since = min(revoked.at, revoked.suspected or revoked.at)
    return revoked.reason != _HOLD and since <= moment


def _is_about(found: RevocationList, one: Certificate) -> bool:
    """Whether `one` would stand in the list, were it revoked."""
    scope = found.scope
    if not scope.usable or (scope.only_authorities and not one.authority[0]):
        return False
    if scope.only_people and one.authority[0]:
        return False
    return not scope.points or bool(scope.points & locations_of(one))
