"""Digest and curve against published vectors and against another implementation."""

from __future__ import annotations

import secrets

import pytest
from gostcrypto import gosthash

import app.eds.gost as gost
from app.eds.streebog import streebog512
from tests.eds.pki import GostKey, gost_key

# RFC 6986, section 10.1: the printed order is big-endian, files hold the reverse.
M1 = (
    "3231303938373635343332313039383736353433323130393837363534333231"
    "30393837363534333231303938373635343332313039383736353433323130"
)
H1 = (
    "486f64c1917879417fef082b3381a4e211c324f074654c38823a7b76f830ad00"
    "fa1fbae42b1285c0352f227524bc9ab16254288dd6863dccd5b9f54a1ad0541b"
)
# Section 10.2
M2 = (
    "fbe2e5f0eee3c820fbeafaebef20fffbf0e1e0f0f520e0ed20e8ece0ebe5f0f2f120fff0"
    "eeec20f120faf2fee5e2202ce8f6f3ede220e8e6eee1e8f0f2d1202ce8f0f2e5e220e5d1"
)
H2 = (
    "28fbc9bada033b1460642bdcddb90c3fb3e56c497ccd0f62b8a2ad4935e85f03"
    "7613966de4ee00531ae60f3b5a47f8dae06915d5f2f194996fcabf2622e6881e"
)


@pytest.mark.parametrize(("message", "expected"), [(M1, H1), (M2, H2)])
def test_streebog_gives_the_digests_of_the_standard(message, expected):
    assert streebog512(bytes.fromhex(message)[::-1])[::-1].hex() == expected


@pytest.mark.parametrize("size", [0, 1, 62, 63, 64, 65, 127, 128, 129, 191, 192, 1000])
def test_streebog_agrees_with_another_implementation(size):
    message = secrets.token_bytes(size)
    assert streebog512(message) == bytes(gosthash.new("streebog512", data=message).digest())


def test_a_signature_made_elsewhere_verifies_and_no_other_does():
    key = gost_key("primitives")
    point = gost.public_key(key.point)
    digested = streebog512(b"message")
    signature = key.sign(b"message")
    assert gost.verifies(point, digested, signature)
    assert not gost.verifies(point, streebog512(b"another"), signature)
    assert not gost.verifies(gost.public_key(GostKey().point), digested, signature)
    for place in (0, 63, 64, 127):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert not gost.verifies(point, digested, bytes(changed))


def test_a_signature_written_the_way_of_the_root_verifies():
    key = GostKey(big_endian=True)
    assert gost.verifies(gost.public_key(key.point), streebog512(b"message"), key.sign(b"message"))


def test_signatures_of_several_keys():
    for _ in range(5):
        key, message = GostKey(), secrets.token_bytes(40)
        signature = key.sign(message)
        assert gost.verifies(gost.public_key(key.point), streebog512(message), signature)
        assert key.primitive(streebog512(message), signature)


ORDER = gost._Q


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (0, 0), ((1 << 512) - 1, 1)])
def test_numbers_outside_the_group_are_refused(r, s):
    point = gost.public_key(gost_key("primitives").point)
    written = r.to_bytes(64, "little") + s.to_bytes(64, "little")
    assert not gost.verifies(point, streebog512(b"message"), written)
    assert not gost.verifies(point, streebog512(b"message"), s.to_bytes(64, "big") + r.to_bytes(64, "big"))


@pytest.mark.parametrize("signature", [b"", b"\x01" * 127, b"\x01" * 129])
def test_a_signature_of_another_size_is_refused(signature):
    assert not gost.verifies(gost.public_key(gost_key("primitives").point), streebog512(b"message"), signature)


@pytest.mark.parametrize(
    "octets", [b"", bytes(128), b"\x01" * 127, b"\xff" * 128, b"\x03" + bytes(63) + b"\x01" + bytes(63)]
)
def test_what_is_no_point_of_the_curve_is_no_key(octets):
    with pytest.raises(ValueError, match="key"):
        gost.public_key(octets)


def test_a_key_has_one_way_of_being_written():
    x, y = gost._G
    assert gost.public_key(x.to_bytes(64, "little") + y.to_bytes(64, "little")) == gost.GostKey(x, y)
    with pytest.raises(ValueError, match="key"):
        gost.public_key((x + gost._P).to_bytes(64, "little") + y.to_bytes(64, "little"))


def test_sums_of_equal_and_opposite_points():
    base = gost._G
    twice = gost._affine([gost._doubled((*base, 1))])[0]
    assert gost._affine([gost._added((*base, 1), base)])[0] == twice
    assert gost._added((*base, 1), (base[0], gost._P - base[1]))[2] == 0
    assert gost._affine([gost._added(gost._INFINITY, base)])[0] == base
    key = gost.GostKey(*base)
    assert gost._sum_of_multiples(5, ORDER - 5, key)[2] == 0
    assert gost._affine([gost._sum_of_multiples(1, 1, key)])[0] == twice
