"""The referral: ticket, sheet, extension, giving back, the public check."""

from __future__ import annotations

import datetime as dt
import html
import io

import pytest
from sqlalchemy import func, select

from app.models import Document, Referral
from app.models.enums import ApplicationStatus, ReferralStatus, Role
from app.services import claims
from app.services.referrals import annul_referral
from tests import factories
from tests.factories import NOON
from tests.samples import pdf

#: Thursday 12 November + 5 working days = Thursday 19 November.
LAST_DAY = dt.datetime(2026, 11, 19, 5, 0, tzinfo=dt.UTC)


@pytest.fixture
def issued(town, session):
    """A family with a referral."""
    family, row = town.family(), town.bulletin(1)
    head = factories.staff_actor(Role.HEAD, at=town.kindergarten)
    claim_id = claims.claim(session, factories.parent_actor(family.person, family.account.id), row.id, family.id, NOON)
    return family, claims.activate(session, head, claim_id, NOON)


def extend(client, referral, content=None, name="proof.pdf"):
    content = pdf() if content is None else content
    return client.post(
        f"/referrals/{referral.id}/extend",
        data={"proof": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def fresh(session, referral) -> Referral:
    session.expire_all()
    return session.get(Referral, referral.id)


@pytest.mark.parametrize(
    ("lang", "last_day", "counted", "skipped"),
    [
        ("kk", "19 қараша", "5 жұмыс күні", "Саналмады: 14–15 қараша"),
        ("ru", "19 ноября", "5 рабочих дней", "Пропущены: 14–15 ноября"),
        ("en", "19 November", "5 working days", "Skipped: 14–15 November"),
    ],
)
def test_the_ticket_says_until_when_and_how_it_was_counted(issued, log_in, lang, last_day, counted, skipped):
    family, referral = issued
    page = html.unescape(log_in(family.account, lang).get(f"/referrals/{referral.id}").text)
    assert last_day in page
    assert counted in page
    assert skipped in page
    assert ".." not in page.partition(counted)[2].partition("</p>")[0], (
        "a date's own stop does not double the sentence's"
    )
    assert 'data-deadline="2026-11-19T23:59:59+05:00"' in page


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_the_sheet_is_a_pdf_to_keep(issued, log_in, lang):
    family, referral = issued
    answer = log_in(family.account, lang).get(f"/referrals/{referral.id}/referral.pdf")
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert referral.number in answer.headers["Content-Disposition"]


def test_anybody_with_the_code_sees_validity_and_no_person(issued, log_in, session, time):
    family, referral = issued
    client = log_in(None, "ru")
    page = html.unescape(client.get(f"/verify/{referral.check_code}").text)
    assert "Направление действительно" in page
    child = family.application.child
    for personal in (child.surname, child.given_name, child.iin, family.person.surname, family.application.number):
        assert personal not in page
    time.at = LAST_DAY + dt.timedelta(days=1)
    assert "Направление недействительно" in html.unescape(client.get(f"/verify/{referral.check_code}").text)
    for unknown in ("nonsense", "x" * 500, "%D2%9B"):
        assert client.get(f"/verify/{unknown}").status_code == 404


@pytest.mark.parametrize(("lang", "words"), [("kk", "соңғы күні ашылады"), ("ru", "в последний день")])
def test_extension_before_the_last_day_says_when_it_opens(issued, log_in, session, time, lang, words):
    family, referral = issued
    time.at = LAST_DAY - dt.timedelta(days=1)
    client = log_in(family.account, lang)
    assert "/extend" not in client.get(f"/referrals/{referral.id}").text, "no form before the day"
    answer = extend(client, referral)
    assert answer.status_code == 409
    assert words in html.unescape(answer.text)
    assert session.scalar(select(func.count()).select_from(Document)) == 0, "the proof is not kept either"


def test_extension_on_the_last_day_once(issued, log_in, session, time):
    family, referral = issued
    time.at = LAST_DAY
    client = log_in(family.account, "ru")
    assert "/extend" in client.get(f"/referrals/{referral.id}").text
    assert extend(client, referral).status_code == 303
    found = fresh(session, referral)
    assert (found.status, found.use_by) == (ReferralStatus.EXTENDED, dt.date(2026, 12, 19))
    time.at = dt.datetime(2026, 12, 19, 5, 0, tzinfo=dt.UTC)
    again = extend(client, referral)
    assert again.status_code == 409
    assert fresh(session, referral).use_by == dt.date(2026, 12, 19)


@pytest.mark.parametrize(
    ("lang", "content", "words"),
    [("kk", b"", "Файл бос"), ("ru", b"GIF89a........", "Такой тип файла"), ("kk", pdf()[:-30], "Файл ашылмайды")],
    ids=["empty", "wrong type", "cut off"],
)
def test_a_bad_proof_extends_nothing(issued, log_in, session, time, lang, content, words):
    family, referral = issued
    time.at = LAST_DAY
    answer = extend(log_in(family.account, lang), referral, content)
    assert answer.status_code == 409
    assert words in html.unescape(answer.text)
    assert fresh(session, referral).status is ReferralStatus.ISSUED


def test_no_proof_at_all_extends_nothing(issued, log_in, session, time):
    family, referral = issued
    time.at = LAST_DAY
    answer = log_in(family.account).post(f"/referrals/{referral.id}/extend", data={})
    assert answer.status_code == 409
    assert fresh(session, referral).status is ReferralStatus.ISSUED


@pytest.mark.parametrize(("lang", "words"), [("kk", "Мерзім өтті"), ("ru", "Срок прошёл")])
def test_after_the_last_day_the_click_is_refused_although_no_sweep_has_run(issued, log_in, session, time, lang, words):
    family, referral = issued
    time.at = dt.datetime(2026, 11, 19, 19, 0, tzinfo=dt.UTC)  # midnight in the country
    answer = extend(log_in(family.account, lang), referral)
    assert answer.status_code == 409
    assert words in html.unescape(answer.text)
    assert fresh(session, referral).status is ReferralStatus.ISSUED


def test_giving_back_within_a_day_keeps_the_turn(issued, log_in, session, time):
    family, referral = issued
    client = log_in(family.account, "ru")
    time.pass_(hours=23)
    assert client.get(f"/referrals/{referral.id}/give-back").status_code == 200
    assert client.post(f"/referrals/{referral.id}/give-back").status_code == 303
    assert fresh(session, referral).status is ReferralStatus.CANCELLED_BY_PARENT
    assert family.application.status is ApplicationStatus.QUEUED
    stale = client.post(f"/referrals/{referral.id}/give-back")
    assert stale.status_code == 409
    assert "данные изменились" in html.unescape(stale.text)


@pytest.mark.parametrize(("lang", "words"), [("kk", "24 сағат өтті"), ("ru", "прошло 24 часа")])
def test_giving_back_after_a_day_is_refused(issued, log_in, session, time, lang, words):
    family, referral = issued
    client = log_in(family.account, lang)
    time.pass_(hours=24, seconds=1)
    assert "give-back" not in client.get(f"/referrals/{referral.id}").text
    answer = client.post(f"/referrals/{referral.id}/give-back")
    assert answer.status_code == 409
    assert words in html.unescape(answer.text)
    assert fresh(session, referral).status is ReferralStatus.ISSUED


def test_an_annulled_referral_says_why_and_prints_nothing(issued, town, log_in, session):
    family, referral = issued
    official = factories.staff_actor(Role.DEPARTMENT, over=town.locality)
    annul_referral(session, official, referral.id, "топ жабылды", NOON)
    client = log_in(family.account)
    assert "топ жабылды" in client.get(f"/referrals/{referral.id}").text
    assert client.get(f"/referrals/{referral.id}/referral.pdf").status_code == 404


def test_the_neighbours_referral_is_not_there(issued, town, log_in):
    _, referral = issued
    client = log_in(town.family().account)
    for address in ("", "/referral.pdf", "/give-back"):
        assert client.get(f"/referrals/{referral.id}{address}").status_code == 404
    assert client.post(f"/referrals/{referral.id}/give-back").status_code == 404
    assert extend(client, referral).status_code == 404
    assert referral.number not in client.get("/referrals").text


def test_own_referrals_are_listed(issued, log_in):
    family, referral = issued
    assert referral.number in log_in(family.account).get("/referrals").text
