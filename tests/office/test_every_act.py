"""Every act of the way from claim to discharge, done through its page as the official does it."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from sqlalchemy import select

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    Application,
    Bulletin,
    Claim,
    Contract,
    Document,
    Enrolment,
    Referral,
    StopListEntry,
)
from app.models.enums import (
    ApplicationStatus,
    BulletinStatus,
    ClaimStatus,
    ContractStatus,
    DocumentStatus,
    ReferralStatus,
    Role,
    StopListStatus,
)
from app.services.access import actor_of
from app.services.regulation import end_of_day
from app.views.office.acts import ACTS, BY_VERB
from tests.office import neighbours
from tests.office.neighbours import NOW
from tests.samples import pdf


@pytest.fixture
def side(app, clean, monkeypatch):
    from app.demo.guard import stamp

    monkeypatch.setattr(clock, "_source", lambda: NOW)
    with app.app_context(), unit_of_work() as session:
        stamp()
        return neighbours.build(session)


class Official:
    """An official at the act pages."""

    def __init__(self, app, side, role):
        self.app, self.side, self.role = app, side, role
        self.client = app.test_client()
        with self.client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = str(side.accounts[str(role)]), True

    def row_for(self, verb):
        """A row on which the act may start; the test is meaningless without one."""
        act = BY_VERB[verb]
        with self.app.app_context():
            actor = actor_of(db.session.get_one(Account, self.side.accounts[str(self.role)]))
            foreign = self.side.foreign_to(self.role)[act.start]
            rows = db.session.scalars(select(act.start).order_by(act.start.id))
            return next(row.id for row in rows if row.id not in foreign and act.fits(row, actor))

    def page(self, verb, row_id):
        return self.client.get(f"/office/act/{verb}?rows={row_id}&lang=en")

    def does(self, verb, row_id=None, expected=302, **typed):
        row_id = row_id or self.row_for(verb)
        page = self.page(verb, row_id)
        assert page.status_code == 200, page.text
        hidden = dict(re.findall(r'<input id="[^"]*" name="(versions)" type="hidden" value="([^"]*)">', page.text))
        form = {"rows": row_id, "confirmed": "y", **hidden, **typed}
        answer = self.client.post(f"/office/act/{verb}?lang=en", data=form, content_type="multipart/form-data")
        assert answer.status_code == expected, answer.text
        return row_id

    def sees(self, model, row_id, attribute="status"):
        with self.app.app_context():
            return getattr(db.session.get_one(model, row_id), attribute)


@pytest.fixture
def official(app, side):
    return lambda role: Official(app, side, role)


def test_the_kindergartens_way_on_paper(official, app):
    head = official(Role.HEAD)
    claim = head.does("activate")
    assert head.sees(Claim, claim) is ClaimStatus.ACTIVATED
    with app.app_context():
        referral = db.session.scalars(select(Referral.id).where(Referral.claim_id == claim)).one()
    head.does("conclude_on_paper", referral)
    assert head.sees(Referral, referral) is ReferralStatus.USED
    with app.app_context():
        contract = db.session.scalars(select(Contract.id).where(Contract.referral_id == referral)).one()
        enrolment = db.session.scalars(select(Enrolment.id).where(Enrolment.contract_id == contract)).one()
    head.does("discharge", contract, discharge_reason="other", note="Көшіп кетті")
    assert head.sees(Contract, contract) is ContractStatus.TERMINATED
    assert head.sees(Enrolment, enrolment, "discharged_on") == clock.local_date(NOW)


def test_a_contract_is_sent_and_returned_with_marked_documents(official, app):
    head = official(Role.METHODIST)
    sent = head.does("send_contract")
    assert head.sees(Referral, sent, "contract_sent") is True
    contract = head.row_for("return_contract")
    page = head.page("return_contract", contract).text
    marks = re.findall(r'name="(mark_\d+)"', page)
    assert len(marks) == 3
    head.does("return_contract", contract, expected=409)  # nothing marked and nothing said
    head.does("return_contract", contract, **{marks[0]: "Мөр оқылмайды"})
    assert head.sees(Contract, contract) is ContractStatus.RETURNED
    document = int(marks[0].removeprefix("mark_"))
    assert head.sees(Document, document) is DocumentStatus.MARKED
    assert head.sees(Document, document, "mark_reason") == "Мөр оқылмайды"


def test_what_is_signed_is_what_was_shown(official, side, app):
    head = official(Role.HEAD)
    contract = head.row_for("sign_contract")
    head.does("sign_contract", contract, expected=409, versions=f"{contract}:99")
    assert head.sees(Contract, contract) is ContractStatus.PARENT_SIGNED
    head.does("sign_contract", contract)
    assert head.sees(Contract, contract) is ContractStatus.SIGNED
    assert head.sees(Application, head.sees(Contract, contract, "application_id")) is ApplicationStatus.ENROLLED


def test_a_refusal_needs_its_reason(official):
    head = official(Role.HEAD)
    contract = head.row_for("refuse_contract")
    head.does("refuse_contract", contract, expected=422)
    head.does("refuse_contract", contract, expected=409, refusal_reason="other")
    head.does("refuse_contract", contract, refusal_reason="incomplete")
    assert head.sees(Contract, contract) is ContractStatus.REFUSED


def test_the_operators_acts_on_behalf_of_a_parent(official, side, monkeypatch):
    operator = official(Role.SUPPORT)
    bulletin = side.own.rows[Bulletin][0]
    application = operator.does("claim", bulletin=bulletin)
    assert operator.sees(Application, application) is ApplicationStatus.CLAIMED
    claim = operator.does("cancel_claim")
    assert operator.sees(Claim, claim) is ClaimStatus.CANCELLED
    operator.does("confirm_interest")
    file = {"document_kind": "benefit_proof", "issued_on": "2026-11-01"}
    operator.does("submit_document", upload=(io.BytesIO(pdf()), "анықтама.pdf"), **file)
    operator.does("submit_document", expected=409, upload=(io.BytesIO(b"MZ not a paper"), "a.pdf"), **file)
    returned = operator.does("give_back")
    assert operator.sees(Referral, returned) is ReferralStatus.CANCELLED_BY_PARENT
    withdrawn = operator.does("withdraw")
    assert operator.sees(Application, withdrawn) is ApplicationStatus.ARCHIVED


def test_an_extension_comes_on_the_last_day_with_its_proof(official, monkeypatch):
    operator = official(Role.SUPPORT)
    referral = operator.row_for("extend")
    operator.does("extend", referral, expected=422)
    operator.does("extend", referral, expected=409, upload=(io.BytesIO(pdf()), "a.pdf"))
    last_minute = end_of_day(operator.sees(Referral, referral, "use_by")) - dt.timedelta(minutes=1)
    monkeypatch.setattr(clock, "_source", lambda: last_minute)
    operator.does("extend", referral, upload=(io.BytesIO(pdf()), "a.pdf"))
    assert operator.sees(Referral, referral) is ReferralStatus.EXTENDED


def test_the_departments_acts(official):
    department = official(Role.DEPARTMENT)
    confirmed = department.does("confirm_documents")
    assert department.sees(Application, confirmed) is ApplicationStatus.QUEUED
    refused = department.does("refuse_documents", reason="Анықтаманың мерзімі өткен")
    assert department.sees(Application, refused, "stream") == "general"
    released = department.does("release", reason="Ауруханада болған")
    assert department.sees(StopListEntry, released) is StopListStatus.RELEASED
    annulled = department.does("annul_referral", reason="Қате берілген")
    assert department.sees(Referral, annulled) is ReferralStatus.CANCELLED_BY_DEPARTMENT
    withdrawn = department.does("withdraw_bulletin", reason="Топ жөндеуде")
    assert department.sees(Bulletin, withdrawn) is BulletinStatus.WITHDRAWN


def test_the_reviewer_decides_on_the_special_queue_alone(official, side):
    reviewer = official(Role.REVIEWER)
    with pytest.raises(StopIteration):
        official(Role.AUDITOR).row_for("confirm_documents")
    waiting = reviewer.row_for("confirm_documents")
    assert waiting in side.own.special[Application] + side.next_door.special[Application]
    reviewer.does("confirm_documents", waiting, expected=409)  # no conclusion is attached yet
    paper = {"document_kind": "pmpk_conclusion", "issued_on": "2026-11-01", "paper_number": "12", "issuer": "ПМПК"}
    official(Role.SUPPORT).does("submit_document", waiting, upload=(io.BytesIO(pdf()), "a.pdf"), **paper)
    reviewer.does("confirm_documents", waiting)
    assert reviewer.sees(Application, waiting) is ApplicationStatus.QUEUED


def test_a_file_is_opened_by_who_may_and_recorded(official, side):
    head = official(Role.HEAD)
    contract = head.row_for("sign_contract")
    page = head.client.get(f"/office/contracts/show/{contract}").text
    addresses = re.findall(r'href="(/office/documents/file/\d+)"', page)
    assert len(addresses) == 3
    answer = head.client.get(addresses[0])
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data[:4] == b"%PDF"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_act_page_opens_where_its_act_may_start(official, side, language):
    shown = 0
    for act in ACTS:
        for role in sorted(act.roles):
            someone = official(role)
            try:
                row_id = someone.row_for(act.verb)
            except StopIteration:
                continue
            page = someone.client.get(f"/office/act/{act.verb}?rows={row_id}&lang={language}")
            assert page.status_code == 200, page.text
            assert 'name="rows"' in page.text
            shown += 1
    assert shown > len(ACTS) / 2
