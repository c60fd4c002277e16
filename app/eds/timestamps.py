"""Time-stamps over signatures: tokens of RFC 3161 in a signer's unsigned attributes (CAdES-T)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import app.eds.oids as oids
from app.eds.algorithms import digest, read_algorithm
from app.eds.ber import Malformed
from app.eds.certificates import Certificate
from app.eds.cms import Signer, read_signed_data, read_signer
from app.eds.der import read
from app.eds.reasons import Reason, Refused
from app.eds.report import TimeStampReport, Verdict
from app.eds.revocation import Revocation
from app.eds.signers import read_signed, require_content, require_signature
from app.eds.trust import Authorities, TrustStore
from app.eds.usage import require_purpose

MAX_TOKENS = 4
#: A time-stamp may be this much ahead of the clock of the machine that judges it.
CLOCK_DIFFERENCE = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Judge:
    """What a token is judged with: whom we trust, the evidence of revocations, certificates at hand, and the clock."""

    trust: TrustStore
    revocation: Revocation
    certificates: tuple[Certificate, ...]
    now: dt.datetime

    def time_stamps(self, signer: Signer) -> tuple[TimeStampReport, ...]:
        """Every time-stamp over the signature of `signer`, judged."""
        found = signer.unsigned.values(oids.SIGNATURE_TIME_STAMP) if signer.unsigned is not None else []
        return tuple(self._judged(token.raw, signer.signature) for token in found[:MAX_TOKENS])

    def _judged(self, token: bytes, stamped: bytes) -> TimeStampReport:
        try:
            time, authority = self._verified(token, stamped)
        except Refused as refusal:
            return TimeStampReport(Verdict.INVALID, reason=refusal.reason, detail=refusal.detail)
        except Malformed as error:
            return TimeStampReport(Verdict.INVALID, reason=Reason.MALFORMED, detail=str(error))
        return TimeStampReport(Verdict.VALID, time=time, authority=authority.subject.text)

    def _verified(self, token: bytes, stamped: bytes) -> tuple[dt.datetime, Certificate]:
        """The time in `token` and who vouches for it. Raises Refused and Malformed."""
        container = read_signed_data(token)
        if container.content_type != oids.TST_INFO or container.content is None or len(container.signers) != 1:
            raise Malformed("not a time-stamp")
        content = container.content
        time = _time_of(content, stamped)
        if time > self.now + CLOCK_DIFFERENCE:
            raise Refused(Reason.NOT_YET_VALID, "a time-stamp from the future")
        signer = read_signer(container.signers[0])
        signed = read_signed(signer, container.content_type, container.digests)
        available = (*container.certificates, *self.certificates, *self.trust.anchors)
        authority = next((one for one in available if signer.names(one)), None)
        if authority is None:
            raise Refused(Reason.NO_CERTIFICATE)
        require_signature(signer, signed, authority, lambda oid: digest(oid, content))
        require_content(signed, content, lambda oid: digest(oid, content))
        self._require_authority(authority, available, time)
        return time, authority

    def _require_authority(self, one: Certificate, available: Iterable[Certificate], time: dt.datetime) -> None:
        if not one.covers(time):
            raise Refused(Reason.EXPIRED if time > one.not_after else Reason.NOT_YET_VALID)
        require_purpose(one, oids.TIME_STAMPING)
        self.revocation.require_good(Authorities(self.trust, available).chain_of(one, time), time)


def _time_of(content: bytes, stamped: bytes) -> dt.datetime:
    """The time of a TSTInfo (RFC 3161, section 2.4.2) over `stamped`. Raises Refused and Malformed."""
    fields = read(content).fields()
    if fields.next().integer() != 1:
        raise Malformed("a time-stamp of another version")
    fields.next().oid()
    imprint = fields.next().fields()
    algorithm, imprinted = read_algorithm(imprint.next()).oid, imprint.next().octets()
    if digest(algorithm, stamped) != imprinted:
        raise Refused(Reason.WRONG_CONTENT, "the time-stamp is over another signature")
    fields.next().integer()
    return fields.next().time()
