"""A bounded piece of tests/eds/fuzz.py, and random bytes."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.eds import Malformed, Revocation, TrustStore
from app.eds.ber import encoded
from tests.eds.fuzz import Seeds, judge, mutant, one_round, require_sound, seeds

FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def right() -> Seeds:
    return seeds()


def test_the_seeds_are_right(right):
    for one in right.containers:
        report = judge(one, right, [], [])
        assert report is not None
        assert report.is_valid, report


def test_mutants_get_an_answer(right):
    @SOME
    @given(st.integers(0, 1 << 32))
    def rounds(seed):
        one_round(random.Random(seed), right)

    rounds()


def test_cut_containers_are_unusable(right):
    for one in right.containers:
        for end in range(0, len(one) - 1, 97):
            assert judge(one[:end], right, [], []) is None


def test_every_flipped_bit_leaves_it_sound(right):
    whole = right.containers[0]

    @SOME
    @given(st.integers(0, 8 * len(whole) - 1))
    def flips(place):
        data = bytearray(whole)
        data[place // 8] ^= 1 << place % 8
        judge(bytes(data), right, [], [])

    flips()


TREES = st.recursive(
    st.builds(encoded, st.sampled_from([1, 2, 3, 4, 5, 6, 10, 12, 19, 23, 24, 0x80, 0x81]), st.binary(max_size=12)),
    lambda inside: st.builds(
        lambda tag, parts: encoded(tag, b"".join(parts)),
        st.sampled_from([0x30, 0x31, 0xA0, 0xA1, 0xA2, 0xA3]),
        st.lists(inside, max_size=5),
    ),
    max_leaves=40,
)


@SOME
@given(st.one_of(TREES, st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_random_values_are_no_files_of_ours(data):
    given_ = Seeds((), (), (), (), TrustStore())
    report = judge(data, given_, [], [])
    assert report is None
    for read in (lambda: Revocation.read([data]), lambda: Revocation.read([], [data]), lambda: TrustStore.read([data])):
        with pytest.raises(Malformed):
            read()


@FEW
@given(st.binary(min_size=1, max_size=60), st.integers(0, 1 << 32))
def test_random_bytes_inside_a_container(noise, seed):
    right = seeds()
    chance = random.Random(seed)
    whole = bytearray(mutant(chance, right.containers))
    at = chance.randrange(len(whole) + 1)
    whole[at:at] = noise
    report = judge(bytes(whole), right, [], [])
    if report is not None:
        require_sound(report, right)
