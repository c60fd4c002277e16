"""Electronic signatures, verified natively: CMS and CAdES with RSA and GOST 34.10-2015 (docs/adr/0009).

Bytes and moments in, a report out: no clock, no files, no network, no database.

    report = verify(cms, data=None, trust=TrustStore.read(files), revocation=Revocation(), at=None, now=now)
    report.is_valid, report.signers[0].owner.iin
"""

from __future__ import annotations

from app.eds.ber import Malformed
from app.eds.reasons import Reason
from app.eds.report import Clock, Owner, Report, SignerReport, TimeStampReport, Verdict
from app.eds.revocation import Revocation, RevocationReport, Status
from app.eds.trust import TrustStore
from app.eds.verify import Limits, Unusable, verify

__all__ = [
    "Clock",
    "Limits",
    "Malformed",
    "Owner",
    "Reason",
    "Report",
    "Revocation",
    "RevocationReport",
    "SignerReport",
    "Status",
    "TimeStampReport",
    "TrustStore",
    "Unusable",
    "Verdict",
    "verify",
]
