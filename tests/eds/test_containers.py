"""Containers that hold: the ways of signing, of writing and of joining, and what the report says of them."""

from __future__ import annotations

import base64
import datetime as dt

import pytest

from app.eds import Clock, Reason, Unusable, Verdict
from tests.eds import pki
from tests.eds.asn import implicit, indefinite
from tests.eds.containers import CONTENT, container, signed_by, signer, signing_certificate_v2
from tests.eds.judging import judged, only
from tests.eds.pki import BIN, FROM, IIN, NOW, SHA256, SHA384, SHA512, STREEBOG, GostKey, person, rsa_key, town


def test_an_attached_signature_is_valid(either):
    report = judged(signed_by(either.person), [either.root, either.issuing])
    assert report.verdict is Verdict.VALID
    assert report.content == CONTENT
    assert not report.is_detached
    assert report.signers[0].reason is None


def test_a_detached_signature_is_valid_over_its_content(either):
    cms = signed_by(either.person, detached=True)
    report = judged(cms, [either.issuing], data=CONTENT)
    assert report.is_valid
    assert report.is_detached
    assert only(cms, [either.issuing]).reason is Reason.NO_CONTENT
    assert only(cms, [either.issuing], data=CONTENT + b"\n").reason is Reason.WRONG_CONTENT


def test_an_empty_content_is_a_content(either):
    assert judged(signed_by(either.person, content=b""), [either.issuing]).is_valid
    assert judged(signed_by(either.person, content=b"", detached=True), [either.issuing], data=b"").is_valid


def test_content_given_with_an_attached_signature_must_be_the_same(either):
    cms = signed_by(either.person)
    assert judged(cms, [either.issuing], data=CONTENT).is_valid
    assert only(cms, [either.issuing], data=b"other").reason is Reason.TWO_CONTENTS


@pytest.mark.parametrize("digest", [SHA256, SHA384, SHA512])
@pytest.mark.parametrize("pss", [False, True])
def test_rsa_with_every_digest_and_padding(rsa, digest, pss):
    who = person(rsa.issuing, rsa_key("person").other(digest, pss))
    report = only(signed_by(who), [rsa.issuing])
    assert report.is_valid, report
    name = {SHA256: "SHA-256", SHA384: "SHA-384", SHA512: "SHA-512"}[digest]
    assert report.algorithm == f"RSA{'-PSS' if pss else ''} with {name}"


def test_rsa_named_by_its_key_takes_the_digest_of_the_entry(rsa):
    cms = container([signer(rsa.person, scheme=pki.algorithm(pki.RSA_KEY))], [rsa.person.certificate], digests=[SHA256])
    report = only(cms, [rsa.issuing])
    assert report.is_valid
    assert report.algorithm == "RSA with SHA-256"


def test_gost_is_called_by_its_name(gost):
    assert only(signed_by(gost.person), [gost.issuing]).algorithm == "GOST 34.10-2015 with Streebog-512"


def test_signatures_written_the_way_of_the_root_of_2022(gost):
    who = person(gost.issuing, GostKey(big_endian=True))
    assert judged(signed_by(who), [gost.issuing]).is_valid
    below = pki.issuing(gost.root, GostKey(big_endian=True), "ISSUING big")
    assert judged(signed_by(person(below, pki.gost_key("person"))), [below]).is_valid


def test_several_signers_are_judged_each_on_their_own(rsa, gost):
    cms = container(
        [signer(rsa.person), signer(gost.head)],
        [rsa.person.certificate, gost.head.certificate],
        digests=[SHA256, STREEBOG],
    )
    both = judged(cms, [rsa.issuing, gost.issuing])
    assert both.is_valid
    assert [one.owner.bin for one in both.signers] == [None, BIN]
    half = judged(cms, [gost.issuing])
    assert half.verdict is Verdict.INVALID
    assert [one.reason for one in half.signers] == [Reason.UNTRUSTED, None]


def test_one_broken_signer_does_not_spoil_the_other(rsa):
    good = signer(rsa.person)
    broken = good[:-1] + bytes((good[-1] ^ 1,))
    cms = container([broken, good], [rsa.person.certificate])
    assert [one.reason for one in judged(cms, [rsa.issuing]).signers] == [Reason.WRONG_SIGNATURE, None]


def test_an_entry_that_cannot_be_read_does_not_spoil_the_other(rsa):
    cms = container([pki.seq(pki.integer(1)), signer(rsa.person)], [rsa.person.certificate])
    assert [one.reason for one in judged(cms, [rsa.issuing]).signers] == [Reason.MALFORMED, None]


def test_the_owner_is_read_from_the_certificate(either):
    owner = only(signed_by(either.head), [either.issuing]).owner
    assert (owner.iin, owner.bin) == (IIN, BIN)
    assert owner.roles == ("legal_entity", "head")
    assert "CN=СЫНАҚОВ СЫНАҚ" in owner.subject
    assert owner.serial == either.head.serial
    assert only(signed_by(either.person), [either.issuing]).owner.roles == ("individual",)


@pytest.mark.parametrize(
    ("parts", "iin", "bin"),
    [
        ({"serial_number": "IIN123456789011"}, "123456789011", None),
        ({"serial_number": "123456789011"}, None, None),
        ({"serial_number": "IIN12345678901"}, None, None),
        ({"serial_number": "IIN1234567890123"}, None, None),
        ({"serial_number": "BIN123456789021"}, None, "123456789021"),
        ({"organizational_unit_name": "BIN123456789021"}, None, "123456789021"),
        ({"organizational_unit_name": "Бөлім BIN123456789021"}, None, None),
        ({"common_name": "IIN123456789011"}, None, None),
    ],
)
def test_numbers_are_taken_only_from_where_the_authority_puts_them(rsa, parts, iin, bin):
    who = pki.certify(rsa.issuing, pki.name(**{"common_name": "X", **parts}), rsa_key("person"), pki.SIGNING_MARKS)
    owner = only(signed_by(who), [rsa.issuing]).owner
    assert (owner.iin, owner.bin) == (iin, bin)


def test_two_different_numbers_are_none(rsa):
    # A name may carry several attributes of a type; which of two would be meant, nobody can say.
    parts = [pki.name(serial_number="IIN900101300017"), pki.name(serial_number="IIN900101300025")]
    both = pki.seq(*(one[one.index(b"\x31") :] for one in parts))
    who = pki.certify(rsa.issuing, both, rsa_key("person"), pki.SIGNING_MARKS)
    assert only(signed_by(who), [rsa.issuing]).owner.iin is None


def test_the_signing_time_is_reported_and_not_believed(rsa):
    # The signer claims a time inside the certificate's validity, the judge's clock is after its end.
    report = only(signed_by(rsa.person), [rsa.issuing], now=pki.TO + dt.timedelta(days=1))
    assert report.signing_time == NOW
    assert report.reason is Reason.EXPIRED
    assert (report.judged_at, report.clock) == (pki.TO + dt.timedelta(days=1), Clock.NOW)


def test_the_given_moment_goes_before_the_clock(rsa):
    cms = signed_by(rsa.person)
    late = pki.TO + dt.timedelta(days=400)
    report = only(cms, [rsa.issuing], at=NOW, now=late)
    assert report.is_valid
    assert report.clock is Clock.GIVEN
    assert only(cms, [rsa.issuing], at=FROM - dt.timedelta(seconds=1), now=NOW).reason is Reason.NOT_YET_VALID
    assert only(cms, [rsa.issuing], at=FROM).is_valid
    assert only(cms, [rsa.issuing], at=pki.TO).is_valid


def test_authorities_in_the_container_bridge_to_the_root(either):
    cms = container(
        [signer(either.person)],
        [either.person.certificate, either.issuing.certificate, either.root.certificate],
        digests=[either.person.key.digest],
    )
    report = only(cms, [either.root])
    assert report.is_valid
    assert [name.split("CN=")[1].split()[0] for name in report.chain[1:]] == ["ISSUING", "ROOT"]
    assert only(signed_by(either.person), [either.root]).reason is Reason.UNTRUSTED


def test_the_certificate_may_stay_outside_when_the_operator_has_it(rsa):
    cms = container([signer(rsa.person)], [])
    assert only(cms, [rsa.issuing]).reason is Reason.NO_CERTIFICATE
    assert only(cms, [rsa.issuing, rsa.person]).is_valid


def test_a_signer_named_by_key_identifier(rsa):
    sid = implicit(0, pki.digest(pki.SHA1, rsa.person.key.info))
    cms = container([signer(rsa.person, sid=sid)], [rsa.head.certificate, rsa.person.certificate])
    assert only(cms, [rsa.issuing]).is_valid
    assert only(container([signer(rsa.person, sid=sid)], [rsa.head.certificate]), [rsa.issuing]).reason is (
        Reason.NO_CERTIFICATE
    )


def test_names_are_compared_by_their_letters_not_by_their_bytes(rsa):
    # The same issuer, once as UTF8String and once as PrintableString with other capitals and spaces.
    below = pki.issuing(rsa.root, rsa_key("issuing"), "Kezek Issuing")
    who = person(below, rsa_key("person"), issuer_name=_printable(below.subject, b"Kezek Issuing", b"KEZEK  ISSUING"))
    assert judged(signed_by(who), [below]).is_valid


def _printable(name: bytes, old: bytes, new: bytes) -> bytes:
    from tests.eds.asn import emit, oid, seq, set_of

    assert old in name
    country = set_of(seq(oid("2.5.4.6"), emit(0, 0, 19, b"KZ")))
    return seq(country, set_of(seq(oid("2.5.4.3"), emit(0, 0, 19, new))))


def test_a_named_certificate_that_is_the_signers(rsa):
    assert only(signed_by(rsa.person, more=[signing_certificate_v2(rsa.person.certificate)]), [rsa.issuing]).is_valid


def test_plain_signatures_without_attributes(either):
    assert judged(signed_by(either.person, plain=True), [either.issuing]).is_valid
    cms = signed_by(either.person, plain=True, detached=True)
    assert judged(cms, [either.issuing], data=CONTENT).is_valid
    assert only(cms, [either.issuing], data=b"other").reason is Reason.WRONG_SIGNATURE
    assert only(cms, [either.issuing]).reason is Reason.NO_CONTENT


def test_attributes_signed_in_the_order_in_which_they_stand(rsa):
    assert judged(signed_by(rsa.person, sorted_attributes=False), [rsa.issuing]).is_valid


def _pem(label: str, data: bytes) -> bytes:
    lines = base64.encodebytes(data).decode()
    return f"-----BEGIN {label}-----\n{lines}-----END {label}-----\n".encode()


@pytest.mark.parametrize(
    "written",
    [
        lambda cms: _pem("CMS", cms),
        lambda cms: _pem("PKCS7", cms),
        lambda cms: _pem("PKCS #7 SIGNED DATA", cms),
        lambda cms: _pem("CMS", cms).replace(b"\n", b"\r\n"),
        lambda cms: b"\xef\xbb\xbf\n" + _pem("CMS", cms) + b"\n\n",
        base64.b64encode,
        base64.encodebytes,
        lambda cms: b"\n" + base64.encodebytes(cms).replace(b"\n", b"\r\n"),
        indefinite,
        lambda cms: base64.b64encode(indefinite(cms)),
    ],
    ids=["cms", "pkcs7", "signed-data", "crlf", "bom", "base64", "lines", "crlf-lines", "ber", "ber-base64"],
)
def test_containers_as_people_have_them(either, written):
    assert judged(written(signed_by(either.person)), [either.issuing]).is_valid


def test_content_in_pieces(rsa):
    cms = signed_by(rsa.person)
    whole = pki.octets(CONTENT)
    half = len(CONTENT) // 2
    pieces = b"\x24\x80" + pki.octets(CONTENT[:half]) + pki.octets(CONTENT[half:]) + b"\x00\x00"
    written = indefinite(cms).replace(b"\xa0\x80" + whole + b"\x00\x00", b"\xa0\x80" + pieces + b"\x00\x00")
    assert written != indefinite(cms)
    assert judged(written, [rsa.issuing]).is_valid


def test_a_container_without_signers_is_not_valid(rsa):
    report = judged(container([], [rsa.person.certificate]), [rsa.issuing])
    assert report.verdict is Verdict.INVALID
    assert report.facts()["reason"] == "the container has no signer"


def test_trusting_nobody_validates_nothing(either):
    assert only(signed_by(either.person), []).reason is Reason.UNTRUSTED


def test_facts_say_everything_in_json(rsa):
    (one,) = judged(signed_by(rsa.head), [rsa.issuing]).facts()["signers"]
    assert one["verdict"] == "valid"
    assert one["reason"] is None
    assert (one["iin"], one["bin"], one["roles"]) == (IIN, BIN, ["legal_entity", "head"])
    assert one["signing_time"] == "2025-06-02T07:00:00Z"
    assert one["judged_by"] == "now"
    assert len(one["chain"]) == 2
    assert one["revocation"]["status"] == "not_checked"


@pytest.mark.parametrize("kind", ["rsa", "gost"])
def test_what_is_no_container_is_unusable(kind):
    place = town(kind)
    cms = signed_by(place.person)
    for data in (b"", b" \n", b"hello", b"0", cms[:-1], cms[: len(cms) // 2], cms + b"\x00", place.person.certificate):
        with pytest.raises(Unusable):
            judged(data, [place.issuing])
