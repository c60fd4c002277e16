"""Hostile amounts: what is large, deep or many ends in a verdict or a refusal, and soon."""

from __future__ import annotations

import datetime as dt
import os
import time

import pytest

from app.eds import Limits, Malformed, Reason, Revocation, Unusable
from tests.eds import pki
from tests.eds.asn import explicit, indefinite, integer, octets, oid, seq, set_of
from tests.eds.containers import CONTENT, DATA, SIGNED_DATA, TIME_STAMP, container, ocsp, signed_by, signer
from tests.eds.judging import judged, only
from tests.eds.pki import STREEBOG, certify, person, rsa_key

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def _soon():
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 60


def test_a_container_of_fifty_megabytes_is_judged(rsa):
    content = os.urandom(50 * MEGABYTE)
    assert judged(signed_by(rsa.person, content=content), [rsa.issuing]).is_valid
    cms = container([signer(rsa.person)], [rsa.person.certificate], content=content)
    assert only(cms, [rsa.issuing]).reason is Reason.WRONG_CONTENT


def test_fifty_megabytes_in_pieces_are_judged(rsa):
    content = os.urandom(MEGABYTE) * 50
    piece = 64 * 1024
    pieces = b"".join(octets(content[at : at + piece]) for at in range(0, len(content), piece))
    attached = explicit(0, octets(b""))
    cms = signed_by(rsa.person, content=content, detached=True)
    empty = container([], [rsa.person.certificate], content=b"")
    assert attached in empty
    kind = seq(oid(DATA))
    inside = b"\x30\x80" + oid(DATA) + b"\xa0\x80\x24\x80" + pieces + b"\x00\x00" * 3
    written = indefinite(cms).replace(indefinite(kind), inside)
    assert len(written) > 50 * MEGABYTE
    assert judged(written, [rsa.issuing]).is_valid


def test_a_container_beyond_the_limit_is_unusable(rsa):
    cms = signed_by(rsa.person, content=bytes(2 * MEGABYTE))
    with pytest.raises(Unusable, match="larger"):
        judged(cms, [rsa.issuing], limits=Limits(container=MEGABYTE))
    with pytest.raises(Unusable, match="larger"):
        judged(b"0" * (129 * MEGABYTE), [rsa.issuing])


def test_fifty_megabytes_of_nothing_are_unusable(rsa):
    for byte in (b"\x00", b"\x30", b"0\x80", b"A", b"\xff", b" ", b"-"):
        with pytest.raises(Unusable):
            judged(byte * (50 * MEGABYTE // len(byte)), [rsa.issuing])


def test_fifty_megabytes_of_pem_lines_are_unusable(rsa):
    with pytest.raises(Unusable):
        judged(b"-----BEGIN CMS-----\n" * (2 * MEGABYTE), [rsa.issuing])


def test_a_large_content_is_not_digested_with_streebog(gost):
    cms = container([signer(gost.person)], [gost.person.certificate], content=bytes(17 * MEGABYTE), digests=[STREEBOG])
    assert only(cms, [gost.issuing]).reason is Reason.TOO_LARGE


def test_a_thousand_signers(rsa):
    good = signer(rsa.person)
    report = judged(container([good] * 1000, [rsa.person.certificate]), [rsa.issuing])
    assert report.is_valid
    assert len(report.signers) == 1000
    bad = good[:-1] + bytes((good[-1] ^ 1,))
    report = judged(container([good] * 999 + [bad], [rsa.person.certificate]), [rsa.issuing])
    assert not report.is_valid
    assert sum(one.is_valid for one in report.signers) == 999


@pytest.mark.slow
def test_a_thousand_different_signers(rsa):
    people = [person(rsa.issuing, rsa_key("person"), f"{number:012}") for number in range(1000)]
    report = judged(signed_by(*people), [rsa.issuing])
    assert report.is_valid
    assert len({one.owner.iin for one in report.signers}) == 1000


def test_a_thousand_signers_with_gost(gost):
    good = signer(gost.person)
    report = judged(container([good] * 1000, [gost.person.certificate], digests=[STREEBOG]), [gost.issuing])
    assert report.is_valid


def test_too_many_signers_are_unusable(rsa):
    cms = container([signer(rsa.person)] * 2001, [rsa.person.certificate])
    with pytest.raises(Unusable, match="signers"):
        judged(cms, [rsa.issuing])
    with pytest.raises(Unusable, match="signers"):
        judged(signed_by(rsa.person, rsa.head), [rsa.issuing], limits=Limits(signers=1))


def test_hundreds_of_authorities_of_one_name(rsa):
    """Each would have to be tried; the search gives up, and the way through the right one is found first."""
    false = [
        certify(None, rsa.issuing.subject, rsa_key("thief"), pki.authority_marks(), serial=number).certificate
        for number in range(300)
    ]
    cms = container([signer(rsa.person)], [*false, rsa.person.certificate, rsa.issuing.certificate])
    assert judged(cms, [rsa.root]).is_valid
    assert only(container([signer(rsa.person)], [*false, rsa.person.certificate]), [rsa.root]).reason is (
        Reason.UNTRUSTED
    )


def test_a_ladder_of_authorities(rsa):
    above = rsa.root
    brought = []
    for number in range(12):
        above = pki.issuing(above, rsa_key(f"ladder {number % 2}"), f"LADDER {number}", length=None)
        brought.append(above.certificate)
    who = person(above, rsa_key("person"))
    assert only(container([signer(who)], [who.certificate, *brought]), [rsa.root]).reason is Reason.UNTRUSTED


def test_many_attributes_and_many_time_stamps(rsa):
    many = [seq(oid(f"1.2.3.{number}"), set_of(integer(number))) for number in range(20_000)]
    assert judged(signed_by(rsa.person, more=many), [rsa.issuing]).is_valid
    stamps = seq(oid(TIME_STAMP), set_of(*[seq(integer(number)) for number in range(20_000)]))
    report = only(signed_by(rsa.person, unsigned=[stamps]), [rsa.issuing])
    assert report.is_valid
    assert len(report.time_stamps) == 4


def test_nested_containers(rsa):
    inside = CONTENT
    for _ in range(50):
        inside = signed_by(rsa.person, content=inside)
    assert judged(inside, [rsa.issuing]).is_valid
    deep = b"".join(b"\x30\x80" for _ in range(100_000))
    for data in (deep, seq(oid(SIGNED_DATA), b"\xa0\x80" * 50_000)):
        with pytest.raises(Unusable):
            judged(data, [rsa.issuing])


def test_a_name_without_end(rsa):
    """Comparing names folds letters, and one folds to eighteen."""
    long = pki.name(common_name="\ufdfa" * 200_000)
    who = certify(rsa.issuing, long, rsa_key("person"), pki.SIGNING_MARKS)
    assert only(container([signer(rsa.person)], [who.certificate, rsa.person.certificate]), [rsa.issuing]).is_valid
    assert only(signed_by(who), [rsa.issuing]).reason is Reason.NO_CERTIFICATE
    sid = seq(long, integer(1))
    assert only(container([signer(rsa.person, sid=sid)], []), [rsa.issuing]).reason is Reason.MALFORMED


def test_numbers_without_end(rsa):
    huge = b"\x0a\x82\x40\x00" + b"\x7f" * 0x4000
    with pytest.raises(Malformed):
        Revocation.read([], [seq(huge)])
    who = certify(rsa.issuing, pki.person_name(), rsa_key("person"), pki.SIGNING_MARKS, serial=1 << 8000)
    assert only(signed_by(who), [rsa.issuing]).reason is Reason.MALFORMED


def test_evidence_of_the_last_day_of_time(rsa):
    end = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    answer = ocsp(rsa.issuing, rsa.person, this_update=end)
    assert only(signed_by(rsa.person), [rsa.issuing], answers=[answer]).is_valid
