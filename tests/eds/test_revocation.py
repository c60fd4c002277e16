"""Lists of revoked certificates and OCSP responses: verified themselves, about whom, and at which moment."""

from __future__ import annotations

import datetime as dt

import pytest

from app.eds import Malformed, Reason, Revocation, Status
from tests.eds import pki
from tests.eds.asn import boolean, enumerated, explicit, implicit, integer, octets, seq
from tests.eds.containers import CONTENT, GOOD, UNKNOWN, container, crl, ocsp, revoked_status, signed_by, signer
from tests.eds.judging import judged, only
from tests.eds.pki import FROM, NOW, SHA1, SHA256, STREEBOG, TO, certify, extension, person, rsa_key

DAY = dt.timedelta(days=1)
BEFORE, AFTER = NOW - 10 * DAY, NOW + 10 * DAY
KEY_COMPROMISE, SUPERSEDED, HOLD, REMOVED = 1, 4, 6, 8
LATER = {"this_update": AFTER + DAY, "next_update": AFTER + 8 * DAY}


def status(place, **evidence):
    report = only(signed_by(place.person), [place.issuing], **evidence)
    return report.revocation.status, report.reason


# Lists


def test_a_certificate_that_is_not_on_the_list_is_good(either):
    report = only(signed_by(either.person), [either.issuing], lists=[crl(either.issuing, [(77, BEFORE, None)])])
    assert report.is_valid
    assert (report.revocation.status, report.revocation.source) == (Status.GOOD, "crl")
    assert report.revocation.as_of == NOW - DAY


def test_a_certificate_on_the_list_is_revoked(either):
    entries = [(77, BEFORE, None), (either.person.serial, BEFORE, SUPERSEDED), (78, BEFORE, None)]
    report = only(signed_by(either.person), [either.issuing], lists=[crl(either.issuing, entries)])
    assert report.reason is Reason.REVOKED
    assert report.revocation.status is Status.REVOKED
    assert (report.revocation.revoked_at, report.revocation.revocation_reason) == (BEFORE, "superseded")
    assert judged(signed_by(either.head), [either.issuing], lists=[crl(either.issuing, entries)]).is_valid


def test_a_serial_number_inside_other_bytes_is_not_an_entry(rsa):
    """The list is searched by bytes first; those of the serial number may stand elsewhere."""
    one = person(rsa.issuing, rsa_key("person"), serial=0x0505)
    hidden = seq(integer(0x0505))
    found = crl(rsa.issuing, [(0x020205050202, BEFORE, None)], extensions=[extension("1.2.3", hidden)])
    report = only(signed_by(one), [rsa.issuing], lists=[found])
    assert report.revocation.status is Status.GOOD


@pytest.mark.parametrize("serial", [127, 128, 255, 256, 1 << 159, (1 << 159) - 1])
def test_serial_numbers_of_every_length_are_found(rsa, serial):
    one = person(rsa.issuing, rsa_key("person"), serial=serial)
    report = only(signed_by(one), [rsa.issuing], lists=[crl(rsa.issuing, [(serial, BEFORE, None)])])
    assert report.reason is Reason.REVOKED


@pytest.mark.parametrize(
    ("revoked", "reason", "at", "expected"),
    [
        (BEFORE, None, NOW, Reason.REVOKED),
        (NOW, SUPERSEDED, NOW, Reason.REVOKED),
        (AFTER, SUPERSEDED, NOW, None),
        (AFTER, None, NOW, None),
        (AFTER, KEY_COMPROMISE, NOW, Reason.REVOKED),
        (AFTER, 2, NOW, Reason.REVOKED),
        (AFTER, 10, NOW, Reason.REVOKED),
        (BEFORE, HOLD, NOW, Reason.SUSPENDED),
        (AFTER, HOLD, NOW, None),
    ],
)
def test_the_moment_and_the_reason_decide_together(rsa, revoked, reason, at, expected):
    listed = crl(rsa.issuing, [(rsa.person.serial, revoked, reason)], **LATER)
    assert status(rsa, lists=[listed], at=at)[1] is expected
    answer = ocsp(rsa.issuing, rsa.person, revoked_status(revoked, reason), **LATER)
    assert status(rsa, answers=[answer], at=at)[1] is expected


def test_a_key_suspected_since_before_the_moment(rsa):
    listed = crl(rsa.issuing, [(rsa.person.serial, AFTER, SUPERSEDED)], suspected=BEFORE, **LATER)
    assert status(rsa, lists=[listed], at=NOW)[1] is Reason.REVOKED


def test_a_list_that_is_out_of_date_proves_nothing_good(either):
    listed = crl(either.issuing, this_update=NOW - 9 * DAY, next_update=NOW - 2 * DAY)
    assert status(either, lists=[listed]) == (Status.UNKNOWN, Reason.STATUS_UNKNOWN)
    assert status(either, lists=[listed], at=NOW - 3 * DAY) == (Status.GOOD, None)
    # What it says of a revocation holds for ever.
    listed = crl(
        either.issuing, [(either.person.serial, BEFORE, None)], this_update=NOW - 9 * DAY, next_update=NOW - 2 * DAY
    )
    assert status(either, lists=[listed])[1] is Reason.REVOKED


def test_a_list_of_later_says_that_nothing_had_happened_before(rsa):
    assert status(rsa, lists=[crl(rsa.issuing, **LATER)], at=NOW) == (Status.GOOD, None)


def test_a_list_made_after_the_certificates_end_does_not_speak_of_it(rsa):
    """Such lists drop the certificate, so that it is missing says nothing (RFC 5280, section 3.3)."""
    late = crl(rsa.issuing, this_update=TO + 30 * DAY, next_update=TO + 60 * DAY)
    assert status(rsa, lists=[late], at=NOW) == (Status.NOT_CHECKED, None)
    listed = crl(rsa.issuing, [(rsa.person.serial, BEFORE, None)], this_update=TO + 30 * DAY)
    assert status(rsa, lists=[listed], at=NOW)[1] is Reason.REVOKED


def test_a_list_signed_by_somebody_else(either):
    made = pki.rsa_key if either.root.key.digest == SHA256 else pki.gost_key
    forged = crl(either.issuing, key=made("thief"))
    assert status(either, lists=[forged]) == (Status.UNKNOWN, Reason.STATUS_UNKNOWN)
    accusing = crl(either.issuing, [(either.person.serial, BEFORE, None)], key=made("thief"))
    assert status(either, lists=[accusing])[0] is Status.UNKNOWN
    # Beside a good one it does no harm.
    assert status(either, lists=[accusing, crl(either.issuing)]) == (Status.GOOD, None)


def test_a_list_changed_after_signing(rsa):
    listed = bytearray(crl(rsa.issuing, [(rsa.person.serial, BEFORE, None)]))
    at = bytes(listed).index(integer(rsa.person.serial))
    listed[at + 3] ^= 1
    assert status(rsa, lists=[bytes(listed)])[1] is Reason.STATUS_UNKNOWN


def test_a_list_of_another_authority_is_about_others(rsa, gost):
    assert status(rsa, lists=[crl(gost.issuing, [(rsa.person.serial, BEFORE, None)])]) == (Status.NOT_CHECKED, None)


def test_an_authority_whose_key_may_not_sign_lists(rsa):
    marks = [pki.extension("2.5.29.19", seq(boolean(True)), critical=True), pki.key_usage("key_cert_sign")]
    below = certify(rsa.root, pki.name(common_name="NO LISTS"), rsa_key("issuing"), marks)
    report = only(signed_by(person(below, rsa_key("person"))), [below], lists=[crl(below)])
    assert report.reason is Reason.STATUS_UNKNOWN


def scope(*parts: bytes) -> list[bytes]:
    return [extension("2.5.29.28", seq(*parts), critical=True)]


TRUE = b"\xff"


@pytest.mark.parametrize(
    ("extensions", "revoked", "expected"),
    [
        (scope(implicit(1, TRUE)), False, Status.GOOD),
        (scope(implicit(2, TRUE)), False, Status.NOT_CHECKED),
        (scope(implicit(2, TRUE)), True, Status.NOT_CHECKED),
        (scope(implicit(3, b"\x06\x40")), False, Status.NOT_CHECKED),
        (scope(implicit(3, b"\x06\x40")), True, Status.REVOKED),
        (scope(implicit(4, TRUE)), True, Status.NOT_CHECKED),
        (scope(implicit(5, TRUE)), False, Status.NOT_CHECKED),
        (scope(explicit(0, explicit(0, implicit(6, b"http://other")))), False, Status.NOT_CHECKED),
        ([extension("2.5.29.27", integer(4), critical=True)], False, Status.NOT_CHECKED),
        ([extension("2.5.29.27", integer(4), critical=True)], True, Status.REVOKED),
        ([extension("1.2.3.4", seq(), critical=True)], False, Status.UNKNOWN),
        ([extension("1.2.3.4", seq())], False, Status.GOOD),
    ],
    ids=[
        "people", "authorities", "authorities, listed", "some reasons", "some reasons, listed", "indirect",
        "attributes", "another point", "delta", "delta, listed", "not understood", "not critical",
    ],
)  # fmt: skip
def test_lists_that_are_about_a_part_only(rsa, extensions, revoked, expected):
    entries = [(rsa.person.serial, BEFORE, SUPERSEDED)] if revoked else []
    assert status(rsa, lists=[crl(rsa.issuing, entries, extensions=extensions)])[0] is expected


def test_the_list_of_the_certificates_own_point(rsa):
    address = explicit(0, explicit(0, implicit(6, b"http://crl.example/1")))
    one = certify(
        rsa.issuing,
        pki.person_name(),
        rsa_key("person"),
        [*pki.SIGNING_MARKS, extension("2.5.29.31", seq(seq(address)))],
    )
    report = only(signed_by(one), [rsa.issuing], lists=[crl(rsa.issuing, extensions=scope(address))])
    assert report.revocation.status is Status.GOOD


def test_a_later_delta_lifts_a_suspension(rsa):
    full = crl(rsa.issuing, [(rsa.person.serial, BEFORE, HOLD)], this_update=NOW - 3 * DAY)
    delta = crl(
        rsa.issuing,
        [(rsa.person.serial, NOW - 2 * DAY, REMOVED)],
        this_update=NOW - DAY,
        extensions=[extension("2.5.29.27", integer(4), critical=True)],
    )
    assert status(rsa, lists=[full])[0] is Status.SUSPENDED
    assert status(rsa, lists=[full, delta]) == (Status.GOOD, None)
    assert status(rsa, lists=[delta, full]) == (Status.GOOD, None)
    # At a moment when the suspension was known to be in force, lifting it later changes nothing.
    assert status(rsa, lists=[full, delta], at=NOW - 4 * DAY)[0] is Status.SUSPENDED


# Answers


def test_an_answer_of_the_authority_itself(either):
    assert status(either, answers=[ocsp(either.issuing, either.person)]) == (Status.GOOD, None)
    assert status(either, answers=[ocsp(either.issuing, either.person, by_key=True)]) == (Status.GOOD, None)


def responder(place, marks=None, issuer=None, label="responder", **more):
    made = pki.rsa_key if place.root.key.digest == SHA256 else pki.gost_key
    marks = [pki.key_usage("digital_signature"), pki.purposes(pki.OCSP_SIGNING)] if marks is None else marks
    return certify(issuer or place.issuing, pki.name(common_name="OCSP RESPONDER"), made(label), marks, **more)


@pytest.mark.parametrize("digest", [SHA1, SHA256, STREEBOG])
def test_an_answer_of_a_responder(either, digest):
    answer = ocsp(responder(either), either.person, digest_oid=digest)
    report = only(signed_by(either.person), [either.issuing], answers=[answer])
    assert report.is_valid
    assert (report.revocation.status, report.revocation.source, report.revocation.as_of) == (Status.GOOD, "ocsp", NOW)


def test_an_answer_of_a_responder_says_revoked(either):
    answer = ocsp(responder(either), either.person, revoked_status(BEFORE, KEY_COMPROMISE))
    report = only(signed_by(either.person), [either.issuing], answers=[answer])
    assert report.reason is Reason.REVOKED
    assert report.revocation.revocation_reason == "keyCompromise"


@pytest.mark.parametrize(
    "author",
    [
        lambda place: responder(place, [pki.key_usage("digital_signature")]),
        lambda place: responder(place, pki.SIGNING_MARKS),
        lambda place: responder(place, issuer=place.root),
        lambda place: responder(place, issuer=pki.town("gost").issuing),
        lambda place: responder(place, signed_with=rsa_key("thief")),
        lambda place: responder(place, valid=(FROM, NOW - DAY)),
        lambda place: place.person,
        lambda place: certify(None, place.issuing.subject, rsa_key("thief"), pki.authority_marks()),
    ],
    ids=["no purpose", "a person's", "of the root", "of others", "forged", "expired", "the person", "same name"],
)
def test_authors_that_may_not_answer(rsa, author):
    assert status(rsa, answers=[ocsp(author(rsa), rsa.person)]) == (Status.UNKNOWN, Reason.STATUS_UNKNOWN)


def test_a_responder_that_was_revoked_itself(rsa):
    who = responder(rsa)
    listed = crl(rsa.issuing, [(who.serial, BEFORE, KEY_COMPROMISE), (rsa.head.serial, BEFORE, None)])
    report = only(signed_by(rsa.person), [rsa.issuing], lists=[listed], answers=[ocsp(who, rsa.person)])
    assert report.revocation.source == "crl"
    report = only(
        signed_by(rsa.head),
        [rsa.issuing],
        lists=[crl(rsa.issuing, [(who.serial, BEFORE, None)], extensions=scope(implicit(3, b"\x06\x40")))],
        answers=[ocsp(who, rsa.head)],
    )
    assert report.reason is Reason.STATUS_UNKNOWN


def test_an_answer_that_was_changed(either):
    answer = bytearray(ocsp(either.issuing, either.person))
    at = bytes(answer).rindex(GOOD)
    answer[at : at + 2] = UNKNOWN
    assert status(either, answers=[bytes(answer)])[1] is Reason.STATUS_UNKNOWN
    answer[-1] ^= 1
    assert status(either, answers=[bytes(answer)])[1] is Reason.STATUS_UNKNOWN


def test_an_answer_about_another_certificate_is_no_evidence(either):
    other = ocsp(either.issuing, either.head, revoked_status(BEFORE, KEY_COMPROMISE))
    assert status(either, answers=[other]) == (Status.NOT_CHECKED, None)
    assert status(either, answers=[other], required=True)[1] is Reason.STATUS_UNCHECKED


def test_an_answer_about_the_same_number_of_another_authority(rsa):
    namesake = certify(rsa.root, rsa.issuing.subject, rsa_key("second issuing"), pki.authority_marks())
    renamed = certify(rsa.root, pki.name(common_name="RENAMED"), rsa_key("issuing"), pki.authority_marks())
    for other in (namesake, renamed):
        answer = ocsp(rsa.issuing, rsa.person, revoked_status(BEFORE), issuer=other)
        assert status(rsa, answers=[answer]) == (Status.NOT_CHECKED, None)


def test_an_authority_that_does_not_know_the_certificate(either):
    assert status(either, answers=[ocsp(either.issuing, either.person, UNKNOWN)])[1] is Reason.STATUS_UNKNOWN


def test_an_authority_that_never_issued_the_certificate(either):
    """RFC 6960, section 2.2: suspended since 1970, with an extension that says what is meant."""
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    answer = ocsp(
        either.issuing,
        either.person,
        revoked_status(epoch, HOLD),
        extensions=[extension("1.3.6.1.5.5.7.48.1.9", b"\x05\x00")],
    )
    assert status(either, answers=[answer]) == (Status.NEVER_ISSUED, Reason.NEVER_ISSUED)
    plain = ocsp(either.issuing, either.person, revoked_status(epoch, HOLD))
    assert status(either, answers=[plain]) == (Status.SUSPENDED, Reason.SUSPENDED)


@pytest.mark.parametrize(
    ("this_update", "next_update", "expected"),
    [
        (NOW - DAY, NOW + DAY, Status.GOOD),
        (NOW - 2 * DAY, NOW - DAY, Status.UNKNOWN),
        (NOW - DAY, None, Status.GOOD),
        (NOW - 32 * DAY, None, Status.UNKNOWN),
        (NOW + DAY, None, Status.GOOD),
        (NOW + DAY, NOW + 2 * DAY, Status.GOOD),
    ],
)
def test_how_old_an_answer_may_be(rsa, this_update, next_update, expected):
    answer = ocsp(rsa.issuing, rsa.person, this_update=this_update, next_update=next_update)
    assert status(rsa, answers=[answer], at=NOW)[0] is expected


def test_a_newer_answer_goes_before_an_older_suspension(rsa):
    held = ocsp(rsa.issuing, rsa.person, revoked_status(BEFORE, HOLD), this_update=NOW - 2 * DAY)
    good = ocsp(rsa.issuing, rsa.person, this_update=NOW - DAY)
    for answers in ([held, good], [good, held]):
        assert status(rsa, answers=answers) == (Status.GOOD, None)
    newer = ocsp(rsa.issuing, rsa.person, revoked_status(BEFORE, HOLD), this_update=NOW)
    assert status(rsa, answers=[newer, good])[0] is Status.SUSPENDED


def test_a_revocation_goes_before_anything_good(rsa):
    bad = crl(rsa.issuing, [(rsa.person.serial, BEFORE, None)], this_update=NOW - 5 * DAY)
    assert status(rsa, lists=[bad], answers=[ocsp(rsa.issuing, rsa.person)])[1] is Reason.REVOKED


# The whole chain, and none at all


def test_a_revoked_authority_between(rsa):
    cms = container([signer(rsa.person)], [rsa.person.certificate, rsa.issuing.certificate])
    listed = crl(rsa.root, [(rsa.issuing.serial, BEFORE, 2)])
    assert only(cms, [rsa.root]).is_valid
    assert only(cms, [rsa.root], lists=[listed]).reason is Reason.REVOKED
    assert only(cms, [rsa.root], lists=[crl(rsa.root)]).is_valid
    # Trusted itself, it is the operator who answers for it.
    assert only(cms, [rsa.issuing], lists=[listed]).is_valid


def test_evidence_may_be_required(either):
    assert status(either)[1] is None
    assert status(either, required=True)[1] is Reason.STATUS_UNCHECKED
    assert status(either, required=True, lists=[crl(either.issuing)])[1] is None


def test_evidence_reads_in_any_armour(rsa):
    import base64

    listed, answer = crl(rsa.issuing), ocsp(rsa.issuing, rsa.person)
    pem = b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(listed) + b"-----END X509 CRL-----\n"
    read = Revocation.read([listed, pem, base64.b64encode(listed)], [answer, base64.encodebytes(answer)])
    assert len(read.lists) == 3
    assert len(read.answers) == 2


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", seq(enumerated(3)), seq(enumerated(6)), seq(enumerated(0)), seq(integer(0)), octets(CONTENT)],
)
def test_files_that_are_no_evidence(rsa, data):
    with pytest.raises(Malformed):
        Revocation.read([data])
    with pytest.raises(Malformed):
        Revocation.read([], [data])
    with pytest.raises(Malformed):
        Revocation.read([ocsp(rsa.issuing, rsa.person)])
    with pytest.raises(Malformed):
        Revocation.read([], [crl(rsa.issuing)])
