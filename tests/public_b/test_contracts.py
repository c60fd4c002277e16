"""The electronic contract from the parent's side: documents, data, preview, signature, correction."""

from __future__ import annotations

import datetime as dt
import html
import io
import json

import pytest
from sqlalchemy import func, select

from app.models import Contract, Document, Referral
from app.models.enums import ApplicationStatus, ContractStatus, DocumentKind, DocumentStatus, Role
from app.services import claims, contracts
from app.services.contract_decisions import Mark, return_contract, sign_contract
from tests import factories
from tests.factories import NOON
from tests.samples import pdf, picture

REQUIRED = ("child_photo", "birth_certificate", "parent_id", "health_passport")
TERMS = {
    "parent_document": "012345678",
    "parent_address": "Абай к-сі, 2",
    "parent_phone": "+7 700 000 00 01",
    "birth_certificate": "1234567",
}


@pytest.fixture
def sent(town, session):
    """A family whose kindergarten has sent the contract, and the contract."""
    family, row = town.family(), town.bulletin(1)
    head = factories.staff_actor(Role.HEAD, at=town.kindergarten)
    claim_id = claims.claim(session, factories.parent_actor(family.person, family.account.id), row.id, family.id, NOON)
    referral = claims.activate(session, head, claim_id, NOON)
    return family, contracts.send_contract(session, head, referral.id, NOON)


def attach(client, contract, kind, content=None, name="file.pdf"):
    content = pdf() if content is None else content
    return client.post(
        f"/contracts/{contract.id}/documents/{kind}",
        data={"file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def fill(client, contract):
    for kind in REQUIRED:
        assert attach(client, contract, kind).status_code == 303
    return client.post(f"/contracts/{contract.id}/data", data=TERMS)


def sign(client, contract, version=1):
    return client.post(f"/contracts/{contract.id}/sign", data={"version": version})


def fresh(session, contract) -> Contract:
    session.expire_all()
    return session.get(Contract, contract.id)


def test_the_whole_way_of_a_contract(sent, log_in, session):
    family, contract = sent
    client = log_in(family.account, "ru")
    hub = html.unescape(client.get(f"/contracts/{contract.id}").text)
    assert "3 рабочих дня" in hub
    answer = fill(client, contract)
    assert answer.status_code == 303
    preview = html.unescape(client.get(answer.location).text)
    for value in (*TERMS.values(), family.application.child.full_name, family.person.iin):
        assert value in preview
    assert sign(client, contract).status_code == 303
    found = fresh(session, contract)
    assert found.status is ContractStatus.PARENT_SIGNED
    assert found.latest.parent_signature
    assert "file.pdf" in html.unescape(client.get(f"/contracts/{contract.id}").text)


def test_the_days_to_sign_come_from_the_rule_set(sent, log_in, monkeypatch):
    from dataclasses import replace

    from app.rules import rule_sets

    family, contract = sent
    changed = [
        replace(one, limits=tuple(replace(li, amount=4) if li.code == "contract_sign" else li for li in one.limits))
        for one in rule_sets.ALL
    ]
    monkeypatch.setattr(rule_sets, "ALL", tuple(changed))
    assert "4 рабочих дня" in html.unescape(log_in(family.account, "ru").get(f"/contracts/{contract.id}").text)


@pytest.mark.parametrize(
    ("lang", "content", "name", "words"),
    [
        ("kk", b"", "a.pdf", "Файл бос"),
        ("ru", b"", "a.pdf", "Файл пустой"),
        ("kk", b"x" * (5 * 1024 * 1024 + 1), "a.pdf", "Файл тым үлкен"),
        ("ru", b"x" * (5 * 1024 * 1024 + 1), "a.pdf", "Файл слишком большой"),
        ("kk", b"MZ\x90\x00 program", "a.pdf", "Бұл файл түрі қабылданбайды"),
        ("ru", b"<script>alert(1)</script>", "photo.jpg", "Такой тип файла не принимается"),
        ("kk", pdf()[:-40], "cut.pdf", "Файл ашылмайды"),
        ("ru", picture()[:120], "cut.jpg", "Файл не открывается"),
    ],
    ids=["empty-kk", "empty-ru", "large-kk", "large-ru", "lying-kk", "lying-ru", "cut-kk", "cut-ru"],
)
def test_a_bad_file_is_refused_at_its_row_and_nothing_is_kept(sent, log_in, session, lang, content, name, words):
    family, contract = sent
    answer = attach(log_in(family.account, lang), contract, "parent_id", content, name)
    assert answer.status_code == 422
    row = html.unescape(answer.text).partition('id="parent_id"')[2].partition("</form>")[0]
    assert words in row
    assert session.scalar(select(func.count()).select_from(Document)) == 0


def test_no_file_at_all_is_said_at_the_row(sent, log_in):
    family, contract = sent
    answer = log_in(family.account, "en").post(f"/contracts/{contract.id}/documents/parent_id", data={})
    assert answer.status_code == 422
    assert "Attach the document first" in answer.text


def test_a_request_beyond_every_limit_is_refused(sent, log_in):
    family, contract = sent
    answer = attach(log_in(family.account), contract, "parent_id", b"x" * (13 * 1024 * 1024))
    assert answer.status_code == 413


def test_a_new_file_replaces_the_former_one(sent, log_in, session):
    family, contract = sent
    client = log_in(family.account)
    attach(client, contract, "parent_id", pdf("first"))
    attach(client, contract, "parent_id", picture("PNG"), "second.png")
    rows = session.scalars(select(Document).order_by(Document.id)).all()
    assert [row.status for row in rows] == [DocumentStatus.REPLACED, DocumentStatus.UPLOADED]
    assert rows[1].file_name == "second.jpg"


@pytest.mark.parametrize(("lang", "words"), [("kk", "Бұл өрісті толтырыңыз"), ("ru", "Заполните это поле")])
def test_missing_data_are_named_at_the_field_and_what_was_typed_stays(sent, log_in, session, lang, words):
    family, contract = sent
    client = log_in(family.account, lang)
    for kind in REQUIRED:
        attach(client, contract, kind)
    answer = client.post(f"/contracts/{contract.id}/data", data={**TERMS, "parent_document": "   "})
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert words in page.partition('for="parent_document"')[2].partition("</div>")[0]
    assert TERMS["birth_certificate"] in page
    assert fresh(session, contract).latest is None


@pytest.mark.parametrize(("lang", "words"), [("kk", "Туу туралы куәлік"), ("ru", "видетельство о рождении")])
def test_missing_documents_are_named(sent, log_in, session, lang, words):
    family, contract = sent
    answer = log_in(family.account, lang).post(f"/contracts/{contract.id}/data", data=TERMS)
    assert answer.status_code == 409
    assert words.lower() in html.unescape(answer.text).lower()
    assert fresh(session, contract).latest is None


def test_a_stale_second_tab_signs_nothing(sent, log_in, session):
    family, contract = sent
    client = log_in(family.account, "ru")
    fill(client, contract)
    client.post(f"/contracts/{contract.id}/data", data={**TERMS, "parent_document": "999"})
    answer = sign(client, contract, version=1)
    assert answer.status_code == 409
    assert "данные изменились" in html.unescape(answer.text)
    assert fresh(session, contract).status is ContractStatus.SENT


def test_a_document_changed_after_the_preview_must_be_looked_at_again(sent, log_in, session):
    family, contract = sent
    client = log_in(family.account, "kk")
    fill(client, contract)
    attach(client, contract, "parent_id", picture(), "other.jpg")
    answer = sign(client, contract)
    assert answer.status_code == 409
    assert "деректер өзгерді" in html.unescape(answer.text)
    assert fresh(session, contract).status is ContractStatus.SENT


def test_a_double_click_signs_once(sent, log_in, session):
    family, contract = sent
    client = log_in(family.account)
    fill(client, contract)
    assert sign(client, contract).location == sign(client, contract).location
    assert len(fresh(session, contract).versions) == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "99", "9" * 30])
def test_a_made_up_version_is_stale(sent, log_in, version):
    family, contract = sent
    client = log_in(family.account)
    fill(client, contract)
    assert sign(client, contract, version).status_code == 409


@pytest.mark.parametrize(("lang", "words"), [("kk", "Мерзім өтті"), ("ru", "Срок прошёл")])
def test_after_the_last_day_nothing_is_signed_although_no_job_has_run(sent, log_in, session, time, lang, words):
    family, contract = sent
    client = log_in(family.account, lang)
    fill(client, contract)
    time.at = dt.datetime(2026, 11, 17, 18, 59, 59, tzinfo=dt.UTC)
    assert client.get(f"/contracts/{contract.id}/preview").status_code == 200
    time.pass_(seconds=1)
    answer = sign(client, contract)
    assert answer.status_code == 409
    assert words in html.unescape(answer.text)
    assert fresh(session, contract).status is ContractStatus.SENT


def test_rework_shows_the_words_of_the_kindergarten_and_what_is_left(sent, town, log_in, session):
    family, contract = sent
    client = log_in(family.account, "ru")
    fill(client, contract)
    sign(client, contract)
    head = factories.staff_actor(Role.HEAD, at=town.kindergarten)
    wrong = session.scalar(select(Document.id).where(Document.kind == DocumentKind.PARENT_ID))
    return_contract(session, head, contract.id, [Mark(wrong, "нет оборотной стороны <b>")], "", NOON)
    session.commit()
    page = client.get(f"/contracts/{contract.id}").text
    assert 'class="fix"' in page
    assert "нет оборотной стороны &lt;b&gt;" in page
    assert "ещё 1 раз" in html.unescape(page)
    # Nothing can be signed before the marked document is replaced.
    assert client.post(f"/contracts/{contract.id}/data", data=TERMS).status_code == 409
    attach(client, contract, "parent_id", picture(), "both-sides.jpg")
    assert 'class="fix"' not in client.get(f"/contracts/{contract.id}").text
    assert TERMS["birth_certificate"] in client.get(f"/contracts/{contract.id}/data").text, "former data are kept"
    client.post(f"/contracts/{contract.id}/data", data=TERMS)
    assert sign(client, contract, version=2).status_code == 303
    assert fresh(session, contract).status is ContractStatus.PARENT_SIGNED


def test_tabs_hold_each_contract_where_it_belongs(sent, town, log_in, session):
    family, contract = sent
    client = log_in(family.account)
    fill(client, contract)
    sign(client, contract)
    link = f"/contracts/{contract.id}"
    assert link in client.get("/contracts").text
    head = factories.staff_actor(Role.HEAD, at=town.kindergarten)
    from app.gateways.signatures import Signatory, development_signer

    signature = development_signer().sign(
        fresh(session, contract).latest.manifest.encode(), Signatory(bin=town.kindergarten.bin)
    )
    sign_contract(session, head, contract.id, signature, NOON)
    session.commit()
    assert link not in client.get("/contracts").text
    assert link in client.get("/contracts?tab=signed").text
    assert link not in client.get("/contracts?tab=archive").text
    assert client.get("/contracts?tab=nonsense").status_code == 200
    assert family.application.status is ApplicationStatus.ENROLLED


def test_the_signed_contract_as_a_sheet(sent, log_in):
    family, contract = sent
    client = log_in(family.account, "kk")
    assert client.get(f"/contracts/{contract.id}/contract.pdf").status_code == 404
    fill(client, contract)
    answer = client.get(f"/contracts/{contract.id}/contract.pdf")
    assert answer.data.startswith(b"%PDF")


def test_what_is_signed_is_the_manifest_of_what_was_shown(sent, log_in, session):
    family, contract = sent
    fill(log_in(family.account), contract)
    manifest = json.loads(fresh(session, contract).latest.manifest)
    kept = {row.kind.value: row.sha256 for row in session.scalars(select(Document))}
    assert {row["kind"]: row["sha256"] for row in manifest["documents"]} == kept
    assert manifest["terms"]["parent_document"] == TERMS["parent_document"]


def test_outside_the_demo_nothing_signs(sent, app, log_in, session, monkeypatch):
    family, contract = sent
    client = log_in(family.account, "ru")
    fill(client, contract)
    from app.gateways import signatures

    monkeypatch.setitem(app.config, "DEMO", False)
    monkeypatch.setitem(app.extensions, "kezek.signatures", signatures.NoVerifier())
    assert 'name="version"' not in client.get(f"/contracts/{contract.id}/preview").text
    answer = sign(client, contract)
    assert answer.status_code == 409
    assert "не настроен" in html.unescape(answer.text)
    assert fresh(session, contract).status is ContractStatus.SENT


def test_the_neighbours_contract_is_not_there(sent, town, log_in, session):
    family, contract = sent
    client = log_in(family.account)
    attach(client, contract, "parent_id")
    document = session.scalar(select(Document.id))
    neighbour = log_in(town.family().account)
    for address in ("", "/data", "/preview", "/contract.pdf"):
        assert neighbour.get(f"/contracts/{contract.id}{address}").status_code == 404
    assert neighbour.post(f"/contracts/{contract.id}/data", data=TERMS).status_code == 404
    assert sign(neighbour, contract).status_code == 404
    assert attach(neighbour, contract, "parent_id").status_code == 404
    assert neighbour.get(f"/documents/{document}").status_code == 404
    assert session.scalar(select(func.count()).select_from(Document)) == 1


def test_a_document_comes_back_as_a_download_no_browser_runs(sent, log_in, session):
    family, contract = sent
    client = log_in(family.account)
    attach(client, contract, "parent_id", picture(), 'Жеке куәлік "1".jpg')
    document = session.scalar(select(Document.id))
    answer = client.get(f"/documents/{document}")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.data.startswith(b"\xff\xd8")
    assert log_in(None).get(f"/documents/{document}").status_code == 302


def test_an_unknown_kind_of_document_is_not_there(sent, log_in):
    family, contract = sent
    assert attach(log_in(family.account), contract, "passport").status_code == 404


def test_the_referral_leads_to_the_contract(sent, log_in, session):
    family, contract = sent
    referral = session.scalar(select(Referral.id))
    assert f"/contracts/{contract.id}" in log_in(family.account).get(f"/referrals/{referral}").text
