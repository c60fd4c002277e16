"""Signatures that must not be accepted, each with bytes made here."""

from __future__ import annotations

import datetime as dt

import pytest

from app.eds import Reason, Unusable, Verdict
from tests.eds import pki
from tests.eds.asn import algorithm, explicit, octets, oid, seq, set_of, utc_time
from tests.eds.containers import (
    CONTENT,
    CONTENT_TYPE,
    DATA,
    MESSAGE_DIGEST,
    SIGNING_CERTIFICATE,
    SIGNING_TIME,
    TST_INFO,
    attribute,
    container,
    signed_by,
    signer,
    signing_certificate_v2,
    usual_attributes,
)
from tests.eds.judging import judged, only
from tests.eds.pki import GOST_SIGNATURE, NOW, SHA1, SHA256, SHA512, STREEBOG, RsaKey, certify, person, rsa_key


def refused(cms: bytes, *trusted: object, **circumstances: object) -> Reason | None:
    """Why the single signer of `cms` is not accepted; the report must agree with itself."""
    report = judged(cms, trusted, **circumstances)  # type: ignore[arg-type]
    (one,) = report.signers
    assert (one.reason is None) == (report.verdict is Verdict.VALID) == (one.verdict is Verdict.VALID)
    return one.reason


# Whose signature it is


def test_an_authority_of_the_same_names_with_another_key(either):
    """The FCALayer attack: whoever skips the issuer's signature lets anybody in under any name."""
    made = pki.rsa_key if either.root.key.digest == SHA256 else pki.gost_key
    top = pki.root(made("false root"), "ROOT x")
    false_root = certify(
        None, either.root.subject, made("false root"), pki.authority_marks(), serial=either.root.serial
    )
    false_issuing = certify(
        false_root, either.issuing.subject, made("false issuing"), pki.authority_marks(0), serial=either.issuing.serial
    )
    victim = person(false_issuing, made("thief"), serial=either.person.serial)
    brought = container(
        [signer(victim)],
        [victim.certificate, false_issuing.certificate, false_root.certificate, either.issuing.certificate],
        digests=[victim.key.digest],
    )
    assert refused(brought, either.root, either.issuing) is Reason.UNTRUSTED
    assert refused(brought, top) is Reason.UNTRUSTED
    # Trusted, the same bytes would hold: it is the key alone that is wrong.
    assert refused(brought, false_issuing) is None


def test_the_real_certificate_with_another_key(either):
    """The thief brings the victim's own certificate and signs with a key of their own."""
    made = pki.rsa_key if either.root.key.digest == SHA256 else pki.gost_key
    cms = container(
        [signer(either.person, key=made("thief"))], [either.person.certificate], digests=[either.person.key.digest]
    )
    assert refused(cms, either.issuing) is Reason.WRONG_SIGNATURE


def test_a_self_made_certificate(rsa):
    alone = certify(None, rsa.person.subject, rsa_key("thief"), pki.SIGNING_MARKS)
    assert refused(signed_by(alone), rsa.root, rsa.issuing) is Reason.UNTRUSTED


def test_a_person_is_no_authority(rsa):
    """A certificate issued with the key of an ordinary certificate, the trusted one included."""
    child = certify(rsa.person, pki.person_name("900101300025"), rsa_key("thief"), pki.SIGNING_MARKS)
    cms = container([signer(child)], [child.certificate, rsa.person.certificate])
    assert refused(cms, rsa.issuing) is Reason.UNTRUSTED
    assert refused(cms, rsa.issuing, rsa.person) is Reason.UNTRUSTED


@pytest.mark.parametrize(
    "marks",
    [
        [pki.extension("2.5.29.19", seq(), critical=True), pki.key_usage("key_cert_sign")],
        [pki.extension("2.5.29.19", seq(pki.boolean(True)), critical=True), pki.key_usage("digital_signature")],
        [pki.key_usage("key_cert_sign")],
        [*pki.authority_marks(), pki.extension("2.5.29.30", seq(), critical=True)],
    ],
    ids=["not an authority", "may not sign certificates", "no constraints", "name constraints"],
)
def test_an_authority_that_may_not_issue(rsa, marks):
    below = certify(rsa.root, pki.name(common_name="NO ISSUER"), rsa_key("issuing"), marks)
    who = person(below, rsa_key("person"))
    cms = container([signer(who)], [who.certificate, below.certificate])
    assert refused(cms, rsa.root) is Reason.UNTRUSTED
    assert refused(cms, below) is Reason.UNTRUSTED


def test_an_authority_too_many(rsa):
    """The issuing authority was allowed no authority below itself."""
    deeper = pki.issuing(rsa.issuing, rsa_key("deeper"), "DEEPER")
    who = person(deeper, rsa_key("person"))
    cms = container([signer(who)], [who.certificate, deeper.certificate, rsa.issuing.certificate])
    assert refused(cms, rsa.root) is Reason.UNTRUSTED


def test_authorities_in_a_circle_are_no_chain(rsa):
    first = pki.issuing(
        certify(None, pki.name(common_name="B"), rsa_key("b"), pki.authority_marks()), rsa_key("a"), "A"
    )
    second = pki.issuing(first, rsa_key("b"), "B")
    who = person(first, rsa_key("person"))
    cms = container([signer(who)], [who.certificate, first.certificate, second.certificate])
    assert refused(cms, rsa.root) is Reason.UNTRUSTED


def test_an_authority_that_had_ended(rsa):
    ended = (pki.CA_FROM, NOW - dt.timedelta(days=1))
    below = certify(rsa.root, pki.name(common_name="ENDED"), rsa_key("issuing"), pki.authority_marks(), valid=ended)
    cms = signed_by(person(below, rsa_key("person")))
    assert refused(cms, below) is Reason.AUTHORITY_NOT_VALID
    assert refused(cms, below, at=NOW - dt.timedelta(days=2)) is None


def test_the_same_number_of_another_authority(rsa):
    other = certify(None, pki.name(common_name="OTHER"), rsa_key("thief"), pki.authority_marks())
    sid = seq(other.subject, pki.integer(rsa.person.serial))
    assert refused(container([signer(rsa.person, sid=sid)], [rsa.person.certificate]), rsa.issuing) is (
        Reason.NO_CERTIFICATE
    )


def test_an_extension_that_is_there_twice(rsa):
    """Which of the two would count is a matter of taste, and so a way to show two faces."""
    marks = [*pki.SIGNING_MARKS, pki.purposes(pki.AUTHENTICATION)]
    who = certify(rsa.issuing, pki.person_name(), rsa_key("person"), marks)
    assert refused(signed_by(who), rsa.issuing) is Reason.NO_CERTIFICATE


def test_a_certificate_that_names_two_algorithms(rsa):
    named = rsa.person.key.scheme
    at = rsa.person.certificate.rindex(named)
    other = rsa_key("person").other(SHA512).scheme
    changed = rsa.person.certificate[:at] + other + rsa.person.certificate[at + len(named) :]
    assert refused(container([signer(rsa.person)], [changed]), rsa.issuing) is Reason.NO_CERTIFICATE


# When


def test_expired_and_not_yet_valid(either):
    cms = signed_by(either.person)
    assert refused(cms, either.issuing, now=pki.TO + dt.timedelta(seconds=1)) is Reason.EXPIRED
    assert refused(cms, either.issuing, now=pki.FROM - dt.timedelta(seconds=1)) is Reason.NOT_YET_VALID


# What the key is for


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ([pki.key_usage("digital_signature", "key_encipherment"), pki.purposes(pki.AUTHENTICATION, pki.INDIVIDUAL)],
         Reason.AUTHENTICATION_KEY),
        ([pki.key_usage("digital_signature", "non_repudiation"), pki.purposes(pki.AUTHENTICATION)],
         Reason.AUTHENTICATION_KEY),
        ([pki.key_usage("key_encipherment"), pki.purposes(pki.SIGNING)], Reason.KEY_USAGE),
        ([pki.key_usage("key_cert_sign", "crl_sign")], Reason.KEY_USAGE),
        ([pki.key_usage("digital_signature"), pki.purposes(pki.TIME_STAMPING)], Reason.KEY_USAGE),
        ([pki.key_usage("digital_signature", "non_repudiation"), pki.purposes(pki.OCSP_SIGNING)], Reason.KEY_USAGE),
        ([pki.key_usage("digital_signature"), pki.purposes(pki.INDIVIDUAL)], Reason.KEY_USAGE),
        ([pki.purposes(pki.INDIVIDUAL)], Reason.KEY_USAGE),
        ([*pki.SIGNING_MARKS, pki.extension("1.2.398.3.3.9.9", seq(), critical=True)], Reason.NOT_UNDERSTOOD),
        (pki.SIGNING_MARKS, None),
        ([pki.key_usage("non_repudiation"), pki.purposes(pki.SIGNING)], None),
        ([pki.key_usage("digital_signature", "non_repudiation", "key_agreement"), pki.purposes(pki.INDIVIDUAL)], None),
        ([pki.key_usage("digital_signature", "non_repudiation")], None),
        ([pki.purposes(pki.SIGNING, pki.AUTHENTICATION)], None),
        ([*pki.SIGNING_MARKS, pki.extension("1.2.398.3.3.5", seq())], None),
    ],
)  # fmt: skip
def test_keys_and_what_they_are_for(rsa, marks, reason):
    who = certify(rsa.issuing, pki.person_name(), rsa_key("person"), marks)
    assert refused(signed_by(who), rsa.issuing) is reason


def test_the_gost_key_for_authentication(gost):
    marks = [pki.key_usage("digital_signature"), pki.purposes(pki.AUTHENTICATION, pki.INDIVIDUAL)]
    who = certify(gost.issuing, pki.person_name(), pki.gost_key("person"), marks)
    assert refused(signed_by(who), gost.issuing) is Reason.AUTHENTICATION_KEY


# What was signed


def test_a_signature_over_other_bytes(either):
    other = container(
        [signer(either.person, b"other")], [either.person.certificate], digests=[either.person.key.digest]
    )
    assert refused(other, either.issuing) is Reason.WRONG_CONTENT


def test_every_flipped_bit_of_attributes_and_signature_is_noticed(rsa):
    good = signer(rsa.person)
    attributes = set_of(*usual_attributes(CONTENT, SHA256))
    start = good.index(attributes[1:])
    signed = [*range(start, start + len(attributes) - 1), *range(len(good) - 256, len(good))]
    for place in signed[::3]:
        entry = bytearray(good)
        entry[place] ^= 1 << place % 8
        try:
            report = judged(container([bytes(entry)], [rsa.person.certificate]), [rsa.issuing])
        except Unusable:
            continue
        assert not report.is_valid, place


def test_a_digest_that_the_attributes_replace(rsa):
    attributes = usual_attributes(b"other", SHA256)
    assert refused(signed_by(rsa.person, attributes=attributes), rsa.issuing) is Reason.WRONG_CONTENT


@pytest.mark.parametrize(
    "duplicate",
    [
        attribute(CONTENT_TYPE, oid(DATA)),
        attribute(MESSAGE_DIGEST, octets(pki.digest(SHA256, b"other"))),
        attribute(MESSAGE_DIGEST, octets(pki.digest(SHA256, CONTENT))),
        attribute(SIGNING_TIME, utc_time(NOW)),
    ],
)
def test_duplicate_attributes(rsa, duplicate):
    assert refused(signed_by(rsa.person, more=[duplicate]), rsa.issuing) is Reason.ATTRIBUTE


def test_duplicates_of_an_attribute_that_nobody_knows(rsa):
    twice = [attribute("1.2.3.4", octets(b"one")), attribute("1.2.3.4", octets(b"two"))]
    assert refused(signed_by(rsa.person, more=twice), rsa.issuing) is Reason.ATTRIBUTE
    assert refused(signed_by(rsa.person, more=twice[:1]), rsa.issuing) is None


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_attribute_with_two_values(rsa, place):
    attributes = usual_attributes(CONTENT, SHA256)
    doubles = [
        attribute(CONTENT_TYPE, oid(DATA), oid(TST_INFO)),
        attribute(SIGNING_TIME, utc_time(NOW), utc_time(NOW + dt.timedelta(days=1))),
        attribute(MESSAGE_DIGEST, octets(pki.digest(SHA256, CONTENT)), octets(pki.digest(SHA256, b"other"))),
    ]
    attributes[place] = doubles[place]
    assert refused(signed_by(rsa.person, attributes=attributes), rsa.issuing) is Reason.ATTRIBUTE


@pytest.mark.parametrize("missing", [0, 2])
def test_an_attribute_that_must_be_there(rsa, missing):
    attributes = usual_attributes(CONTENT, SHA256)
    del attributes[missing]
    assert refused(signed_by(rsa.person, attributes=attributes), rsa.issuing) is Reason.ATTRIBUTE


def test_attributes_without_a_value_or_without_attributes(rsa):
    empty = [seq(oid(MESSAGE_DIGEST), set_of()), attribute(CONTENT_TYPE, oid(DATA))]
    assert refused(signed_by(rsa.person, attributes=empty), rsa.issuing) is Reason.ATTRIBUTE
    assert refused(signed_by(rsa.person, attributes=[]), rsa.issuing) is Reason.ATTRIBUTE


def test_another_type_of_content_than_the_attributes_say(rsa):
    cms = container([signer(rsa.person, kind=TST_INFO)], [rsa.person.certificate])
    assert refused(cms, rsa.issuing) is Reason.ATTRIBUTE
    plain = container([signer(rsa.person, plain=True)], [rsa.person.certificate], kind=TST_INFO)
    assert refused(plain, rsa.issuing) is Reason.ATTRIBUTE


def test_attributes_passed_off_as_the_content(rsa):
    """One signature, two readings: without its attributes an entry is over its content, which may be attributes."""
    attributes = set_of(*usual_attributes(CONTENT, SHA256))
    cms = container([signer(rsa.person, attributes, plain=True)], [rsa.person.certificate], content=attributes)
    assert refused(cms, rsa.issuing) is Reason.ATTRIBUTE


def test_a_named_certificate_that_is_another(rsa):
    other = signing_certificate_v2(rsa.head.certificate)
    assert refused(signed_by(rsa.person, more=[other]), rsa.issuing) is Reason.OTHER_CERTIFICATE
    old = attribute(SIGNING_CERTIFICATE, seq(seq(seq(octets(pki.digest(SHA1, rsa.head.certificate))))))
    assert refused(signed_by(rsa.person, more=[old]), rsa.issuing) is Reason.OTHER_CERTIFICATE


def test_a_second_certificate_for_the_same_key(rsa):
    """The same key in two certificates: what the signer fixed decides, not what the container brings."""
    as_head = pki.head(rsa.issuing, rsa.person.key)
    named = signing_certificate_v2(rsa.person.certificate)
    sid = seq(as_head.issuer_name, pki.integer(as_head.serial))
    cms = container([signer(rsa.person, more=[named], sid=sid)], [as_head.certificate])
    assert refused(cms, rsa.issuing) is Reason.OTHER_CERTIFICATE


def test_the_place_of_a_named_certificate(rsa):
    """ESS may say whose certificate it is besides its digest (RFC 5035, section 5)."""

    def named(issuer: bytes, serial: int) -> bytes:
        place = seq(seq(explicit(4, issuer)), pki.integer(serial))
        one = seq(algorithm(SHA256, None), octets(pki.digest(SHA256, rsa.person.certificate)), place)
        return attribute("1.2.840.113549.1.9.16.2.47", seq(seq(one)))

    right = named(rsa.issuing.subject, rsa.person.serial)
    assert refused(signed_by(rsa.person, more=[right]), rsa.issuing) is None
    for wrong in (named(rsa.root.subject, rsa.person.serial), named(rsa.issuing.subject, 1)):
        assert refused(signed_by(rsa.person, more=[wrong]), rsa.issuing) is Reason.OTHER_CERTIFICATE


# Which algorithms


def test_a_digest_algorithm_that_does_not_match(rsa, gost):
    mismatched = signer(rsa.person, scheme=rsa_key("person").other(SHA512).scheme)
    assert refused(container([mismatched], [rsa.person.certificate]), rsa.issuing) is Reason.MISMATCH
    pss = signer(rsa.person, scheme=pki.pss_algorithm(SHA512))
    assert refused(container([pss], [rsa.person.certificate]), rsa.issuing) is Reason.MISMATCH
    sha_for_gost = signer(gost.person, digest_oid=SHA256)
    assert refused(container([sha_for_gost], [gost.person.certificate]), gost.issuing) is Reason.MISMATCH
    streebog_for_rsa = signer(rsa.person, digest_oid=STREEBOG)
    cms = container([streebog_for_rsa], [rsa.person.certificate], digests=[STREEBOG])
    assert refused(cms, rsa.issuing) is Reason.MISMATCH


def test_a_digest_that_the_container_does_not_announce(rsa):
    cms = container([signer(rsa.person)], [rsa.person.certificate], digests=[SHA512])
    assert refused(cms, rsa.issuing) is Reason.MISMATCH


def test_an_algorithm_of_another_kind_of_key(rsa, gost):
    as_gost = signer(rsa.person, scheme=algorithm(GOST_SIGNATURE), digest_oid=STREEBOG)
    cms = container([as_gost], [rsa.person.certificate], digests=[STREEBOG])
    assert refused(cms, rsa.issuing) is Reason.MISMATCH
    as_rsa = signer(gost.person, scheme=algorithm(pki.RSA_SHA256), digest_oid=SHA256)
    assert refused(container([as_rsa], [gost.person.certificate]), gost.issuing) is Reason.MISMATCH


def test_protected_algorithms_that_are_others(rsa):
    protected = attribute(
        "1.2.840.113549.1.9.52", seq(algorithm(SHA512), b"\xa1" + rsa_key("person").other(SHA512).scheme[1:])
    )
    assert refused(signed_by(rsa.person, more=[protected]), rsa.issuing) is Reason.MISMATCH
    same = attribute("1.2.840.113549.1.9.52", seq(algorithm(SHA256), b"\xa1" + rsa.person.key.scheme[1:]))
    assert refused(signed_by(rsa.person, more=[same]), rsa.issuing) is None


def test_sha1_is_refused_everywhere(rsa):
    weak = person(rsa.issuing, rsa_key("person").other(SHA1), signed_with=rsa.issuing.key)
    assert refused(signed_by(weak), rsa.issuing) is Reason.WEAK
    weakly_issued = person(rsa.issuing, rsa_key("person"), signed_with=rsa_key("issuing").other(SHA1))
    assert refused(signed_by(weakly_issued), rsa.issuing) is Reason.UNTRUSTED


@pytest.mark.parametrize(
    "scheme",
    [
        algorithm(pki.RSA_PSS, None),
        algorithm(pki.RSA_PSS, seq()),
        pki.pss_algorithm(SHA1),
        pki.pss_algorithm(SHA256, mask=SHA1),
        pki.pss_algorithm(SHA256, salt=10_000),
        pki.pss_algorithm(SHA256, salt=-1),
        algorithm(pki.RSA_PSS, octets(b"")),
        algorithm(pki.RSA_PSS, seq(explicit(0, algorithm(SHA256)), explicit(1, seq()))),
    ],
)
def test_parameters_of_pss_that_are_refused(rsa, scheme):
    who = person(rsa.issuing, rsa_key("person").other(SHA256, pss=True))
    assert refused(signed_by(who, scheme=scheme), rsa.issuing) in (
        Reason.WEAK,
        Reason.UNSUPPORTED,
        Reason.MALFORMED,
    )


def test_short_rsa_keys_are_refused(rsa):
    assert refused(signed_by(person(rsa.issuing, RsaKey(1024))), rsa.issuing) is Reason.WEAK


@pytest.mark.parametrize(
    ("identifier", "digest", "named"),
    [
        ("1.2.398.3.10.1.1.1.2", "1.2.398.3.10.1.3.1", "GOST 34.310-2004"),
        ("1.2.398.3.10.1.1.1.2", "1.2.398.3.10.1.1.1", "GOST 34.310-2004"),
        ("1.2.398.3.10.1.1.2.3.1", "1.2.398.3.10.1.3.2", "Streebog-256"),
        ("1.2.840.10045.4.3.2", SHA256, "ECDSA"),
        ("1.2.3.4", SHA256, "1.2.3.4"),
    ],
)
def test_other_algorithms_are_named_and_refused(gost, identifier, digest, named):
    entry = signer(
        gost.person, scheme=algorithm(identifier), digest_oid=digest, attributes=[attribute(CONTENT_TYPE, oid(DATA))]
    )
    cms = container([entry], [gost.person.certificate], digests=[digest])
    report = only(cms, [gost.issuing])
    assert report.reason is Reason.UNSUPPORTED
    assert named in report.algorithm
    assert report.owner.iin == pki.IIN


@pytest.mark.parametrize(
    "info",
    [
        pki.gost_info(bytes(128)),
        pki.gost_info(b"\x01" * 127),
        seq(algorithm(pki.GOST_KEY), pki.bits(octets(bytes(128)))),
        seq(algorithm(pki.RSA_KEY), pki.bits(b"")),
        seq(algorithm("1.2.840.10045.2.1", oid("1.2.840.10045.3.1.7")), pki.bits(b"\x04" + bytes(64))),
    ],
    ids=["no point", "cut short", "no curve", "no key", "elliptic"],
)
def test_keys_that_are_none(gost, info):
    class Broken(type(gost.person.key)):
        pass

    key = object.__new__(Broken)
    key.__dict__ = {**gost.person.key.__dict__, "info": info}
    who = person(gost.issuing, key)
    assert refused(signed_by(who), gost.issuing) in (Reason.UNSUPPORTED, Reason.MISMATCH)


def test_another_curve_is_not_taken_for_ours(gost):
    key = object.__new__(type(gost.person.key))
    key.__dict__ = {**gost.person.key.__dict__, "info": pki.gost_info(gost.person.key.point, "1.2.398.3.10.1.1.2.2.2")}
    assert refused(signed_by(person(gost.issuing, key)), gost.issuing) is Reason.UNSUPPORTED
