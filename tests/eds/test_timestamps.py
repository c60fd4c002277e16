"""Time-stamps over signatures: a verified one gives the moment that is judged, any other gives nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from app.eds import Clock, Reason, Verdict
from tests.eds import pki
from tests.eds.asn import octets, oid, seq, set_of
from tests.eds.containers import CONTENT, DATA, TIME_STAMP, Stamper, crl, signed_by, signer
from tests.eds.judging import only
from tests.eds.pki import CA_FROM, CA_TO, FROM, NOW, SHA1, SHA256, SHA512, STREEBOG, TO, certify, rsa_key

LATE = TO + dt.timedelta(days=500)
MARKS = [pki.key_usage("digital_signature"), pki.purposes(pki.TIME_STAMPING)]


def authority(place, marks=None, label="stamper", issuer=None, valid=(CA_FROM, CA_TO), **more):
    made = pki.rsa_key if place.root.key.digest == SHA256 else pki.gost_key
    subject = pki.name(common_name="TIME-STAMPING AUTHORITY")
    return certify(
        issuer or place.issuing, subject, made(label), MARKS if marks is None else marks, valid=valid, **more
    )


def test_a_time_stamp_keeps_a_signature_after_the_certificates_end(either):
    cms = signed_by(either.person, stamped_by=Stamper(authority(either)))
    report = only(cms, [either.issuing], now=LATE)
    assert report.is_valid
    assert (report.judged_at, report.clock) == (NOW, Clock.TIME_STAMP)
    (stamp,) = report.time_stamps
    assert (stamp.verdict, stamp.time) == (Verdict.VALID, NOW)
    assert "TIME-STAMPING" in stamp.authority
    assert only(signed_by(either.person), [either.issuing], now=LATE).reason is Reason.EXPIRED


@pytest.mark.parametrize("imprint", [SHA256, SHA512, STREEBOG])
def test_imprints_of_every_digest(rsa, imprint):
    cms = signed_by(rsa.person, stamped_by=Stamper(authority(rsa), imprint=imprint))
    assert only(cms, [rsa.issuing], now=LATE).is_valid


def test_a_gost_signature_stamped_with_rsa(rsa, gost):
    """The national authority answers requests with SHA-256 with an RSA certificate."""
    cms = signed_by(gost.person, stamped_by=Stamper(authority(rsa)))
    assert only(cms, [gost.issuing, rsa.issuing], now=LATE).is_valid
    report = only(cms, [gost.issuing], now=LATE)
    assert report.reason is Reason.EXPIRED
    assert report.time_stamps[0].reason is Reason.UNTRUSTED


def test_the_given_moment_goes_before_the_time_stamp(rsa):
    cms = signed_by(rsa.person, stamped_by=Stamper(authority(rsa)))
    report = only(cms, [rsa.issuing], at=LATE, now=LATE)
    assert report.reason is Reason.EXPIRED
    assert report.time_stamps[0].verdict is Verdict.VALID


def test_a_time_stamp_before_the_certificate_existed(rsa):
    cms = signed_by(rsa.person, stamped_by=Stamper(authority(rsa), time=FROM - dt.timedelta(days=1)))
    assert only(cms, [rsa.issuing]).reason is Reason.NOT_YET_VALID


@pytest.mark.parametrize(
    ("stamper", "reason"),
    [
        (lambda place: Stamper(authority(place), over=b"another signature"), Reason.WRONG_CONTENT),
        (lambda place: Stamper(authority(place), imprint=SHA1), Reason.WEAK),
        (lambda place: Stamper(authority(place, pki.SIGNING_MARKS)), Reason.KEY_USAGE),
        (lambda place: Stamper(authority(place, [pki.key_usage("digital_signature")])), Reason.KEY_USAGE),
        (lambda place: Stamper(authority(place, [pki.key_usage("crl_sign"), pki.purposes(pki.TIME_STAMPING)])),
         Reason.KEY_USAGE),
        (lambda place: Stamper(authority(place, signed_with=rsa_key("thief"))), Reason.UNTRUSTED),
        (lambda place: Stamper(certify(None, pki.name(common_name="T"), rsa_key("thief"), MARKS)), Reason.UNTRUSTED),
        (lambda place: Stamper(authority(place, valid=(CA_FROM, NOW - dt.timedelta(days=1)))), Reason.EXPIRED),
        (lambda place: Stamper(authority(place, valid=(NOW + dt.timedelta(days=1), CA_TO))), Reason.NOT_YET_VALID),
        (lambda place: Stamper(authority(place), kind=DATA), Reason.MALFORMED),
        (lambda place: Stamper(authority(place), certificates=[place.person.certificate]), Reason.NO_CERTIFICATE),
        (lambda place: Stamper(authority(place), time=LATE + dt.timedelta(days=1)), Reason.NOT_YET_VALID),
        (lambda place: Stamper(authority(place), key=rsa_key("thief")), Reason.WRONG_SIGNATURE),
        (lambda place: Stamper(authority(place), time=NOW - dt.timedelta(days=9), told=NOW), Reason.WRONG_CONTENT),
    ],
    ids=["other signature", "weak", "signer's", "no purpose", "no signing", "forged", "self-made", "expired",
         "not yet", "no time-stamp", "no certificate", "future", "another key", "another time"],
)  # fmt: skip
def test_time_stamps_that_prove_nothing(rsa, stamper, reason):
    report = only(signed_by(rsa.person, stamped_by=stamper(rsa)), [rsa.issuing], now=LATE)
    assert [stamp.reason for stamp in report.time_stamps] == [reason]
    assert report.time_stamps[0].time is None
    assert (report.reason, report.clock) == (Reason.EXPIRED, Clock.NOW)


def test_a_time_stamp_of_a_revoked_authority(rsa):
    who = authority(rsa)
    cms = signed_by(rsa.person, stamped_by=Stamper(who))
    listed = crl(rsa.issuing, [(who.serial, NOW - dt.timedelta(days=1), 1)])
    report = only(cms, [rsa.issuing], now=LATE, lists=[listed])
    assert report.time_stamps[0].reason is Reason.REVOKED
    assert report.reason is Reason.EXPIRED


def test_a_revocation_after_the_time_stamp(rsa):
    """With a time-stamp the signature outlives a benign revocation, and never a compromised key."""
    cms = signed_by(rsa.person, stamped_by=Stamper(authority(rsa)))
    later = NOW + dt.timedelta(days=5)
    newer = {"this_update": later, "next_update": later + dt.timedelta(days=7)}
    benign = crl(rsa.issuing, [(rsa.person.serial, later, 4)], **newer)
    stolen = crl(rsa.issuing, [(rsa.person.serial, later, 1)], **newer)
    now = later + dt.timedelta(days=1)
    assert only(cms, [rsa.issuing], now=now, lists=[benign]).is_valid
    assert only(cms, [rsa.issuing], now=now, lists=[stolen]).reason is Reason.REVOKED
    assert only(signed_by(rsa.person), [rsa.issuing], now=now, lists=[benign]).reason is Reason.REVOKED


def test_the_earliest_verified_time_stamp_counts(rsa):
    class Both(Stamper):
        def stamp(self, signature: bytes) -> bytes:
            early = Stamper(self.who, NOW).stamp(signature)
            late = Stamper(self.who, NOW + dt.timedelta(days=30)).stamp(signature)
            false = Stamper(self.who, NOW - dt.timedelta(days=90), over=b"another").stamp(signature)
            tokens = [one[one.index(b"\x31", 13) :] for one in (late, early, false)]
            return seq(oid(TIME_STAMP), set_of(*(_inside(one) for one in tokens)))

    report = only(signed_by(rsa.person, stamped_by=Both(authority(rsa))), [rsa.issuing], now=LATE)
    assert report.judged_at == NOW
    assert sorted(stamp.verdict for stamp in report.time_stamps) == ["invalid", "valid", "valid"]


def _inside(value: bytes) -> bytes:
    from app.eds.der import read

    return read(value).only().raw


def test_bytes_that_are_no_time_stamp(rsa):
    for value in (octets(b"garbage"), signer(rsa.person), seq(oid(DATA)), signed_by(rsa.person, content=CONTENT)):
        attribute = seq(oid(TIME_STAMP), set_of(value))
        report = only(signed_by(rsa.person, unsigned=[attribute]), [rsa.issuing])
        assert report.is_valid
        assert report.time_stamps[0].reason is Reason.MALFORMED


def test_a_stamped_signature_by_itself_is_no_document(rsa):
    """A time-stamp token is a container too; whoever stamps has not signed a document."""
    from app.eds.der import read

    attribute = Stamper(authority(rsa)).stamp(b"anything")
    token = read(attribute).values()[1].only().raw
    assert only(token, [rsa.issuing]).reason is Reason.KEY_USAGE
