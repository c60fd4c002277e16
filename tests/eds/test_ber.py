"""Reading bytes: definite and indefinite lengths, limits, and agreement with another reader."""

from __future__ import annotations

import time

import pytest
from asn1crypto import x509
from hypothesis import given
from hypothesis import strategies as st

from app.eds.ber import MAX_DEPTH, Malformed, encoded, to_der
from app.eds.certificates import certificate
from app.eds.der import read
from tests.eds.asn import indefinite, integer, octets, oid, seq, set_of
from tests.eds.pki import town


@given(st.binary(max_size=300))
def test_a_value_survives_its_encoding(content):
    value = encoded(0x04, content)
    assert to_der(value) == value
    assert read(value).octets() == content


def test_indefinite_lengths_become_definite():
    value = seq(integer(5), seq(octets(b"abc"), set_of(oid("1.2.398.3"))))
    assert to_der(indefinite(value)) == value


def test_strings_in_pieces_become_one():
    pieces = b"\x24\x80" + octets(b"ab") + b"\x24\x04" + octets(b"cd") + octets(b"") + b"\x00\x00"
    assert to_der(seq(pieces)) == seq(octets(b"abcd"))


def test_long_lengths_become_short():
    assert to_der(b"\x30\x84\x00\x00\x00\x03\x02\x01\x05") == b"\x30\x84\x00\x00\x00\x03\x02\x01\x05"
    assert to_der(b"\x30\x80\x04\x81\x01a\x00\x00") == b"\x30\x03\x04\x01a"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x05\x02\x01",
        b"\x30\x80\x02\x01\x05",
        b"\x30\x03\x02\x05\x01",
        b"\x30\x03\x02\x01\x05\x00",
        b"\x1f\x81\x01\x00",
        b"\x30\x85\x01\x00\x00\x00\x00",
        b"\x04\x80\x00\x00",
        b"\x24\x03\x02\x01\x05",
        b"\x23\x80\x03\x02\x00\x01\x00\x00",
        b"\x30\x80\x00\x01\x00\x00",
        b"\x30\xff" + b"\xff" * 16,
    ],
)
def test_what_is_not_one_whole_value_is_refused(data):
    with pytest.raises(Malformed):
        to_der(data)


@pytest.mark.parametrize("opening", [b"\x30\x80", b"\xa0\x80", b"\x24\x80"])
def test_deep_nesting_is_refused_at_once(opening):
    started = time.monotonic()
    with pytest.raises(Malformed, match="deep"):
        to_der(opening * 1_000_000)
    assert time.monotonic() - started < 1


def test_deep_definite_nesting_is_refused():
    value = integer(1)
    for _ in range(MAX_DEPTH + 1):
        value = seq(value)
    with pytest.raises(Malformed, match="deep"):
        to_der(value)


@pytest.mark.slow
@pytest.mark.parametrize("opening", [b"\x30", b"\x24"])
def test_many_small_values_are_refused_in_bounded_time(opening):
    started = time.monotonic()
    with pytest.raises(Malformed):
        to_der(opening + b"\x80" + b"\x04\x00" * 2_000_000 + b"\x00")
    assert time.monotonic() - started < 20


def test_certificates_read_as_another_reader_reads_them():
    place = town("rsa")
    for one in (place.root, place.issuing, place.person, place.head):
        ours, theirs = certificate(one.certificate), x509.Certificate.load(one.certificate)
        assert ours.serial == theirs.serial_number
        assert ours.subject.raw == theirs.subject.dump()
        assert ours.issuer.raw == theirs.issuer.dump()
        assert (ours.not_before, ours.not_after) == (theirs.not_valid_before, theirs.not_valid_after)
        assert ours.authority[0] == bool(theirs.ca)
        assert ours.subject_key_identifier == theirs.key_identifier
        assert ours.authority_key_identifier == theirs.authority_key_identifier
        assert ours.key.raw == theirs.public_key.dump()
        assert ours.signed == theirs["tbs_certificate"].dump()
        assert ours.signature == theirs.signature
        extended = theirs.extended_key_usage_value
        assert ours.extended_key_usage == (None if extended is None else tuple(each.dotted for each in extended))
