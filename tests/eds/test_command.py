"""`flask eds verify`: JSON, exit codes and one line of complaint."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.commands.eds import eds
from tests.eds.containers import CONTENT, container, crl, ocsp, revoked_status, signed_by, signer
from tests.eds.pki import BIN, FROM, IIN, NOW

AT = "2025-06-02T12:00:00+05:00"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(eds, ["verify", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path, rsa, gost) -> Path:
    """Two trusted authorities, a certificate in PEM, and what is signed."""
    import base64

    trusted = tmp_path / "ca"
    trusted.mkdir()
    (trusted / "rsa.cer").write_bytes(rsa.issuing.certificate)
    pem = base64.encodebytes(gost.issuing.certificate).decode()
    (trusted / "gost.pem").write_text(f"-----BEGIN CERTIFICATE-----\n{pem}-----END CERTIFICATE-----\n")
    (tmp_path / "attached.cms").write_bytes(signed_by(rsa.head))
    (tmp_path / "detached.cms").write_bytes(signed_by(gost.person, detached=True))
    (tmp_path / "data").write_bytes(CONTENT)
    (tmp_path / "other").write_bytes(b"other")
    return tmp_path


def test_a_valid_signature(folder):
    result = run(folder / "attached.cms", "--ca", folder / "ca", "--at", AT)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    report = json.loads(result.stdout)
    assert report["verdict"] == "valid"
    (one,) = report["signers"]
    assert (one["verdict"], one["reason"], one["iin"], one["bin"]) == ("valid", None, IIN, BIN)
    assert one["algorithm"] == "RSA with SHA-256"
    assert one["judged_at"] == "2025-06-02T07:00:00Z"
    assert "СЫНАҚОВ СЫНАҚ" in one["subject"]


def test_a_detached_signature(folder):
    common = ("--ca", folder / "ca", "--at", AT)
    assert run(folder / "detached.cms", "--data", folder / "data", *common).exit_code == 0
    assert run(folder / "detached.cms", "--data", folder / "other", *common).exit_code == 1
    without = run(folder / "detached.cms", *common)
    assert without.exit_code == 1
    assert json.loads(without.stdout)["signers"][0]["reason_code"] == "no_content"


def test_nobody_is_trusted_unless_named(folder):
    result = run(folder / "attached.cms", "--at", AT)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["signers"][0]["reason_code"] == "untrusted"


def test_without_a_moment_it_is_judged_now(folder):
    result = run(folder / "attached.cms", "--ca", folder / "ca")
    assert result.exit_code == 1
    (one,) = json.loads(result.stdout)["signers"]
    assert (one["reason_code"], one["judged_by"]) == ("expired", "now")


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2025-06-02", 0),
        ("2025-06-02 12:00", 0),
        ("2025-06-02T07:00:00Z", 0),
        ("2025-01-01T05:00:00", 0),
        ("2025-01-01T04:59:59", 1),
        ("2026-01-01T05:00:01", 1),
        ("0001-01-01", 2),
        ("9999-12-31T23:59:59-12:00", 2),
        ("yesterday", 2),
        ("2025-13-01", 2),
        ("2025-W23-1", 2),
        ("", 2),
    ],
)
def test_moments(folder, moment, code):
    assert run(folder / "attached.cms", "--ca", folder / "ca", "--at", moment).exit_code == code


def test_evidence(folder, rsa):
    (folder / "good.crl").write_bytes(crl(rsa.issuing))
    (folder / "bad.crl").write_bytes(crl(rsa.issuing, [(rsa.head.serial, FROM, 4)]))
    (folder / "bad.ocsp").write_bytes(ocsp(rsa.issuing, rsa.head, revoked_status(NOW, 1)))
    common = (folder / "attached.cms", "--ca", folder / "ca", "--at", AT)
    assert run(*common, "--crl", folder / "good.crl").exit_code == 0
    assert run(*common, "--require-revocation").exit_code == 1
    assert run(*common, "--require-revocation", "--crl", folder / "good.crl").exit_code == 0
    assert run(*common, "--crl", folder / "good.crl", "--crl", folder / "bad.crl").exit_code == 1
    result = run(*common, "--ocsp", folder / "bad.ocsp")
    assert result.exit_code == 1
    told = json.loads(result.stdout)["signers"][0]["revocation"]
    assert (told["status"], told["source"], told["reason"]) == ("revoked", "ocsp", "keyCompromise")


def complaint(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_unusable_files_get_one_line(folder, rsa):
    cms = (folder / "attached.cms").read_bytes()
    for number, content in enumerate(
        (b"", b"\n", b"hello", cms[:-1], cms[:100], rsa.person.certificate, b"0\x80" * 99)
    ):
        path = folder / f"bad {number}"
        path.write_bytes(content)
        assert "is not a signed container" in complaint(run(path, "--ca", folder / "ca"))


def test_unusable_arguments_get_one_line(folder):
    cms = folder / "attached.cms"
    complaint(run())
    complaint(run(folder / "absent"))
    complaint(run(folder))
    complaint(run("a\0b"))
    complaint(run("two\nlines"))
    complaint(run(cms, "--data", folder / "absent"))
    complaint(run(cms, "--ca", folder / "absent"))
    complaint(run(cms, "--crl", cms))
    complaint(run(cms, "--ocsp", folder / "data"))
    complaint(run(cms, "--unknown"))
    complaint(run(cms, "--at", "now"))


def test_other_files_among_the_authorities_are_named_and_left_out(folder):
    (folder / "ca" / "README").write_text("read me")
    (folder / "ca" / "cut.cer").write_bytes((folder / "ca" / "rsa.cer").read_bytes()[:100])
    result = run(folder / "attached.cms", "--ca", folder / "ca", "--at", AT)
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["Warning"] * 2
    empty = folder / "empty"
    empty.mkdir()
    result = run(folder / "attached.cms", "--ca", empty, "--at", AT)
    assert result.exit_code == 1
    assert "nothing is trusted" in result.stderr


def test_a_container_without_signers(folder, rsa):
    (folder / "none.cms").write_bytes(container([], [rsa.person.certificate]))
    result = run(folder / "none.cms", "--ca", folder / "ca")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "verdict": "invalid",
        "reason": "the container has no signer",
        "content": "attached",
        "signers": [],
    }


def test_one_of_two_signers_is_not_enough(folder, rsa):
    good = signer(rsa.person)
    (folder / "two.cms").write_bytes(container([good, good[:-1] + b"\0"], [rsa.person.certificate]))
    result = run(folder / "two.cms", "--ca", folder / "ca", "--at", AT)
    assert result.exit_code == 1
    assert [one["verdict"] for one in json.loads(result.stdout)["signers"]] == ["valid", "invalid"]


def test_the_program_itself(folder):
    """As a person calls it: without a database, with an exit code."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "flask", "--app", "app", "eds", "verify", str(folder / "attached.cms")]
    done = subprocess.run(
        [*command, "--ca", str(folder / "ca"), "--at", AT],
        cwd=root,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "SECRET_KEY": secrets.token_hex(32)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "valid"
