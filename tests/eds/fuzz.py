"""Hostile bytes for the verifier, without end: `python -m tests.eds.fuzz MINUTES`.

Whatever comes in, the answer is a report or a refusal, never another exception, and soon. And whatever is called valid
still has the content, the signer and the certificate that were signed.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from app.eds import Malformed, Report, Revocation, TrustStore, Unusable, verify
from app.eds.ber import encoded
from tests.eds import pki
from tests.eds.asn import algorithm, explicit, implicit, indefinite, seq
from tests.eds.containers import (
    CONTENT,
    Stamper,
    attribute,
    container,
    crl,
    ocsp,
    revoked_status,
    signed_by,
    signer,
    usual_attributes,
)
from tests.eds.containers import signing_certificate_v2 as named
from tests.eds.pki import NOW, SHA256, STREEBOG, town

SECONDS_PER_INPUT = 5
ALGORITHM_PROTECTION = "1.2.840.113549.1.9.52"


@dataclass(frozen=True)
class Seeds:
    """Right containers, right evidence, and whom to trust."""

    containers: tuple[bytes, ...]
    lists: tuple[bytes, ...]
    answers: tuple[bytes, ...]
    certificates: tuple[bytes, ...]
    trust: TrustStore
    people: frozenset[bytes] | None = frozenset()


@cache
def seeds() -> Seeds:
    """Made once."""
    rsa, gost = town("rsa"), town("gost")
    with_pss = pki.person(rsa.issuing, pki.rsa_key("person").other(SHA256, pss=True))
    marks = [pki.key_usage("digital_signature"), pki.purposes(pki.TIME_STAMPING)]
    stamping = pki.certify(rsa.issuing, pki.name(common_name="TSA"), pki.rsa_key("stamper"), marks)
    with_path = [rsa.person.certificate, rsa.issuing.certificate]
    both = container(
        [signer(rsa.person, stamped_by=Stamper(stamping)), signer(gost.head)],
        [rsa.person.certificate, gost.head.certificate],
        digests=[SHA256, STREEBOG],
    )
    return Seeds(
        containers=(
            signed_by(rsa.person),
            signed_by(rsa.person, more=[named(rsa.person.certificate)], stamped_by=Stamper(stamping)),
            container([signer(rsa.person)], with_path),
            signed_by(with_pss),
            signed_by(rsa.person, plain=True),
            indefinite(signed_by(rsa.person, rsa.head)),
            signed_by(gost.person),
            both,
        ),
        lists=(crl(rsa.issuing, [(5, NOW, 1), (rsa.person.serial, NOW, 4)]), crl(gost.issuing)),
        answers=(ocsp(rsa.issuing, rsa.person), ocsp(rsa.issuing, rsa.person, revoked_status(NOW, 1), by_key=True)),
        certificates=(rsa.person.certificate, gost.issuing.certificate),
        trust=TrustStore.read([rsa.issuing.certificate, rsa.root.certificate, gost.issuing.certificate]),
        people=frozenset(one.certificate for one in (rsa.person, rsa.head, gost.person, gost.head, with_pss)),
    )


def mutant(chance: random.Random, pool: tuple[bytes, ...]) -> bytes:
    """One of `pool`, changed in one way or several."""
    data = bytearray(chance.choice(pool))
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        chance.choice(_CHANGES)(chance, data, pool)
        if not data:
            break
    return bytes(data)


def _flip(chance: random.Random, data: bytearray, pool: tuple[bytes, ...]) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _set(chance: random.Random, data: bytearray, pool: tuple[bytes, ...]) -> None:
    data[chance.randrange(len(data))] = chance.choice((0, 1, 0x30, 0x31, 0x7F, 0x80, 0x84, 0xA0, 0xFF))


def _cut(chance: random.Random, data: bytearray, pool: tuple[bytes, ...]) -> None:
    del data[chance.randrange(len(data)) :]


def _remove(chance: random.Random, data: bytearray, pool: tuple[bytes, ...]) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randrange(1, 40)]


def _repeat(chance: random.Random, data: bytearray, pool: tuple[bytes, ...]) -> None:
    at, size = chance.randrange(len(data)), chance.randrange(1, 400)
    data[at:at] = data[at : at + size]


def _splice(chance: random.Random, data: bytearray, pool: tuple[bytes, ...]) -> None:
    other = chance.choice(pool)
    at, size = chance.randrange(len(other)), chance.randrange(1, 400)
    to = chance.randrange(len(data))
    data[to : to + chance.choice((0, size))] = other[at : at + size]


def _values(data: bytes) -> list[tuple[int, int, int]]:
    """Where each value of the structure begins, its content begins, and it ends."""
    found, open_ = [], [(0, len(data))]
    while open_:
        at, limit = open_.pop()
        while at + 2 <= limit:
            size, content = data[at + 1], at + 2
            if size & 0x80:
                content += size & 0x7F
                size = int.from_bytes(data[at + 2 : content], "big")
            end = content + size
            if end > limit:
                break
            found.append((at, content, end))
            if data[at] & 0x20:
                open_.append((content, end))
            at = end
    return found


def _structural(chance: random.Random, data: bytearray, pool: tuple[bytes, ...]) -> None:
    """One value replaced by another, repeated, emptied or taken out, with every length around it right again."""
    values = _values(bytes(data))
    if not values:
        return
    at, _, end = chance.choice(values)
    other = chance.choice(pool)
    found = _values(other) or [(0, 0, len(other))]
    start, _, stop = chance.choice(found)
    whole = bytes(data[at:end])
    new = chance.choice((other[start:stop], whole * 2, b"", bytes((whole[0], 0)), b"\x05\x00"))
    data[:] = _with_lengths(bytes(data), at, end, new)


def _with_lengths(data: bytes, at: int, end: int, new: bytes) -> bytes:
    """`data` with its bytes from `at` to `end` replaced and the lengths of the values around them adjusted."""
    around = sorted(one for one in _values(data) if one[1] <= at and one[2] >= end and one[0] < at)
    if not around:
        return data[:at] + new + data[end:]
    begin, content, stop = around[-1]
    inside = data[content:at] + new + data[end:stop]
    return _with_lengths(data, begin, stop, encoded(data[begin], inside))


_CHANGES: tuple[Callable[[random.Random, bytearray, tuple[bytes, ...]], None], ...] = (
    _flip, _flip, _set, _cut, _remove, _repeat, _splice, _structural, _structural, _structural,
)  # fmt: skip


def judge(container_: bytes, given: Seeds, lists: list[bytes], answers: list[bytes]) -> Report | None:
    """The report on `container_`, or None where it is refused as a whole. Anything else that is raised is a defect."""
    try:
        revocation = Revocation.read(lists, answers)
    except Malformed:
        revocation = Revocation()
    started = time.monotonic()
    try:
        report = verify(container_, data=None, trust=given.trust, revocation=revocation, at=None, now=NOW)
    except Unusable:
        report = None
    assert time.monotonic() - started < SECONDS_PER_INPUT, "too slow"
    if report is not None:
        report.facts()
        require_sound(report, given)
    return report


def require_sound(report: Report, given: Seeds) -> None:
    """What is valid was signed: the content, by one of our people, with a certificate that we issued."""
    for one in report.signers:
        if one.is_valid:
            assert report.content == CONTENT
            assert given.people is None or one.certificate in given.people


def resigned(chance: random.Random, given: Seeds) -> bytes:
    """A container whose mutated part was signed after the mutation: attributes, or the extensions of a certificate."""
    rsa = town("rsa")
    named_too = [*usual_attributes(CONTENT, SHA256), named(rsa.person.certificate), protection()]
    if chance.randrange(2):
        at = chance.randrange(len(named_too))
        named_too[at] = mutant(chance, tuple(named_too))
        return signed_by(rsa.person, attributes=named_too)
    marks = [*pki.SIGNING_MARKS, *pki.authority_marks(1), point()]
    at = chance.randrange(len(marks))
    marks[at] = mutant(chance, tuple(marks))
    return signed_by(pki.certify(rsa.issuing, rsa.person.subject, pki.rsa_key("person"), marks))


def protection() -> bytes:
    rsa = town("rsa")
    return attribute(ALGORITHM_PROTECTION, seq(algorithm(SHA256), b"\xa1" + rsa.person.key.scheme[1:]))


def point() -> bytes:
    address = explicit(0, explicit(0, implicit(6, b"http://crl.example/1")))
    return pki.extension("2.5.29.31", seq(seq(address)))


def one_round(chance: random.Random, given: Seeds) -> str:
    """One hostile input of one kind; the kind of answer it got."""
    kind = chance.randrange(9)
    container_, lists, answers = chance.choice(given.containers), [], []
    if kind == 0:
        lists = [mutant(chance, given.lists)]
    elif kind == 1:
        answers = [mutant(chance, given.answers)]
    elif kind == 2:
        try:
            TrustStore.read([mutant(chance, given.certificates)])
        except Malformed:
            return "no certificate"
        return "certificate"
    elif kind == 3:
        container_, lists = resigned(chance, given), list(given.lists)
        given = replace(given, people=None)
    else:
        container_ = mutant(chance, given.containers)
    report = judge(container_, given, lists, answers)
    return "unusable" if report is None else report.verdict.value


def main(minutes: float) -> None:
    chance, given, told = random.Random(), seeds(), Counter[str]()
    seed = chance.randrange(1 << 32)
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        seed += 1
        try:
            told[one_round(random.Random(seed), given)] += 1
        except Exception:
            print(f"the seed {seed}")
            raise
    print(f"{sum(told.values())} inputs in {minutes} minutes: {dict(told)}")


if __name__ == "__main__":
    main(float(sys.argv[1]))
