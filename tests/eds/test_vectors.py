"""Signatures, lists and answers of the national authority's test system, where they are at hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12

from app.eds import Reason, Report, Revocation, Status, TrustStore, verify

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "eds"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the real vectors are not here")

RSA_TIME = dt.datetime(2021, 6, 1, 7, tzinfo=dt.UTC)
GOST_TIME = dt.datetime(2022, 9, 27, 7, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def judged(name: str, at: dt.datetime | None, *, lists: tuple[str, ...] = (), answers: tuple[str, ...] = ()) -> Report:
    def content(path: str) -> bytes:
        return (VECTORS / path).read_bytes()

    trust = TrustStore.read(path.read_bytes() for path in sorted((VECTORS / "ca").iterdir()))
    revocation = Revocation.read([content(one) for one in lists], [content(one) for one in answers])
    return verify(content(f"cms/{name}.cms"), data=None, trust=trust, revocation=revocation, at=at, now=NOW)


def test_the_rsa_signer():
    report = judged("rsa_attached_test123", RSA_TIME)
    assert report.is_valid
    assert report.content == b"test123"
    (one,) = report.signers
    assert (one.algorithm, one.owner.iin, one.owner.bin) == ("RSA with SHA-256", "123456789011", None)
    assert one.owner.roles == ("individual",)


def test_the_rsa_signer_claims_a_time_after_the_certificates_end():
    report = judged("rsa_attached_test123", None)
    assert report.signers[0].reason is Reason.EXPIRED
    assert report.signers[0].signing_time > report.signers[0].owner.not_after


@pytest.mark.parametrize(
    ("at", "reasons"),
    [
        (GOST_TIME, [None, Reason.EXPIRED]),
        (RSA_TIME, [Reason.NOT_YET_VALID, None]),
        (NOW, [Reason.EXPIRED, Reason.EXPIRED]),
    ],
)
def test_both_signers_of_one_container(at, reasons):
    report = judged("gost_and_rsa_attached", at)
    assert [one.reason for one in report.signers] == reasons
    assert not report.is_valid
    assert [one.owner.iin for one in report.signers] == ["123456789012", "123456789011"]
    assert report.signers[0].algorithm == "GOST 34.10-2015 with Streebog-512"


@pytest.mark.parametrize(
    ("at", "status", "reason"),
    [
        (GOST_TIME, Status.GOOD, None),
        (dt.datetime(2023, 6, 1, tzinfo=dt.UTC), Status.UNKNOWN, Reason.STATUS_UNKNOWN),
    ],
)
def test_the_list_of_the_gost_authority(at, status, reason):
    one = judged("gost_and_rsa_attached", at, lists=("crl/nca_gost2022_test.crl",)).signers[0]
    assert (one.revocation.status, one.reason) == (status, reason)


def test_the_answer_about_the_signer_says_that_it_was_never_issued():
    one = judged("gost_and_rsa_attached", GOST_TIME, answers=("ocsp/ocsp_response_individual_2015.bin",)).signers[0]
    assert (one.revocation.status, one.reason) == (Status.NEVER_ISSUED, Reason.NEVER_ISSUED)
    assert one.revocation.revoked_at.year == 1970


def test_the_answer_about_another_certificate_is_no_evidence():
    one = judged("gost_and_rsa_attached", GOST_TIME, answers=("ocsp/ocsp_response_ceo_2015_revoked.bin",)).signers[0]
    assert (one.revocation.status, one.reason) == (Status.NOT_CHECKED, None)


@pytest.mark.parametrize("place", [9, 77, 600, 1035, 1100, 2860, 2935, 2975, 3020, 3100])
def test_a_changed_bit_in_the_gost_signers_part(place):
    container = bytearray((VECTORS / "cms/gost_and_rsa_attached.cms").read_bytes())
    container[place] ^= 0x10
    trust = TrustStore.read(path.read_bytes() for path in sorted((VECTORS / "ca").iterdir()))
    try:
        report = verify(bytes(container), data=None, trust=trust, revocation=Revocation(), at=GOST_TIME, now=NOW)
    except ValueError:
        return
    assert not report.signers[0].is_valid


@pytest.mark.parametrize(
    ("store", "at", "reason"),
    [
        ("KEY_INDIVIDUAL_VALID_SIGN_2004", RSA_TIME, None),
        ("KEY_INDIVIDUAL_AUTH_REVOKED_2004", dt.datetime(2022, 6, 1, tzinfo=dt.UTC), Reason.AUTHENTICATION_KEY),
    ],
)
def test_keys_of_the_authoritys_own_stores(store, at, reason):
    loaded = pkcs12.load_pkcs12((VECTORS / f"keys/{store}.p12").read_bytes(), b"Qwerty12")
    assert loaded.cert is not None
    certificate = loaded.cert.certificate.public_bytes(Encoding.DER)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"content")
    signing = builder.add_signer(loaded.cert.certificate, loaded.key, hashes.SHA256())
    cms = signing.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    trust = TrustStore.read(path.read_bytes() for path in sorted((VECTORS / "ca").iterdir()))
    (one,) = verify(cms, data=None, trust=trust, revocation=Revocation(), at=at, now=NOW).signers
    assert (one.reason, one.certificate) == (reason, certificate)
