"""Signatures verified per second, whole containers beside the bare primitive of a library, in one run.

`python -m bench eds`. A container is read; its digest, signature, chain, validity and usage are judged. "New": nothing
about the signer is remembered. "Known": another document of somebody whose certificate was seen before.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import TextIO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from app.eds import Revocation, TrustStore, algorithms, certificates, gost, names, trust, verify
from app.eds.streebog import streebog512
from tests.eds.containers import signed_by
from tests.eds.pki import NOW, GostKey, RsaKey, Town, town

DOCUMENTS = 12
_REMEMBERED = (
    algorithms.digest_signed,
    algorithms._public_key,
    certificates.certificate,
    gost._key_multiples,
    names.name,
    trust.issued,
)


def main(out: TextIO = sys.stdout, rounds: int = 3, seconds: float = 1.0) -> int:
    """Measures and prints; returns the exit code."""
    print(f"{'':34}{'per second':>12}  of the primitive", file=out)
    for kind in ("rsa", "gost"):
        _measure(town(kind), kind, out, rounds, seconds)
    message = bytes(1 << 20)
    rate = _rate(lambda: streebog512(message), rounds, seconds)
    print(f"{'Streebog-512, megabytes':34}{rate:12,.2f}", file=out)
    return 0


def _measure(place: Town, kind: str, out: TextIO, rounds: int, seconds: float) -> None:
    documents = [f"document {number}".encode() for number in range(DOCUMENTS)]
    containers = [signed_by(place.person, content=one) for one in documents]
    store = TrustStore.read([place.issuing.certificate])
    primitive = _rate(_primitive(place, documents[0]), rounds, seconds)
    lines = {
        "the library's primitive": primitive,
        "a container, signer new": _rate(_judging(containers, store, forget=True), rounds, seconds),
        "a container, signer known": _rate(_judging(containers, store, forget=False), rounds, seconds),
    }
    for words, rate in lines.items():
        print(f"{kind.upper() + ': ' + words:34}{rate:12,.1f}  {rate / primitive:8.2f}", file=out)


def _judging(containers: list[bytes], store: TrustStore, forget: bool) -> Callable[[], None]:
    turn = [0]

    def judge() -> None:
        turn[0] += 1
        for remembered in _REMEMBERED if forget else _REMEMBERED[:1]:
            remembered.cache_clear()
        cms = containers[turn[0] % len(containers)]
        report = verify(cms, data=None, trust=store, revocation=Revocation(), at=None, now=NOW)
        assert report.is_valid

    return judge


def _primitive(place: Town, message: bytes) -> Callable[[], object]:
    key = place.person.key
    if isinstance(key, RsaKey):
        public, signature = key.private.public_key(), key.sign(message)
        return lambda: public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    assert isinstance(key, GostKey)
    digested = streebog512(message)
    signature = key.sign_digest(digested)
    return lambda: key.primitive(digested, signature)


def _rate(act: Callable[[], object], rounds: int, seconds: float) -> float:
    """How often `act` is done in a second; the middle one of `rounds`."""
    rates = []
    act()
    for _ in range(rounds):
        done, started = 0, time.perf_counter()
        while (spent := time.perf_counter() - started) < seconds:
            act()
            done += 1
        rates.append(done / spent)
    return median(rates)


if __name__ == "__main__":
    sys.exit(main())
