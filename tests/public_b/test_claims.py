"""The claim on a place, through the pages."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from sqlalchemy import func, select

from app.models import Bulletin, Claim, StopListEntry
from app.models.enums import ApplicationStatus, BulletinStatus, ClaimStatus, StopListReason
from app.services import bulletins
from tests import factories
from tests.factories import NOON

EVENING = dt.datetime(2026, 11, 12, 13, 0, tzinfo=dt.UTC)
FULL = {"kk": "Орын енді жоқ", "ru": "Мест больше нет", "en": "There are no places left"}


def send(client, bulletin, family):
    return client.post(f"/bulletins/{bulletin.id}/claim", data={"application": family.id})


def claims_of(session, family) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Claim).where(Claim.application_id == family.id))


def test_choose_the_child_confirm_and_hold_the_place(town, log_in, session):
    family, row = town.family(), town.bulletin(2)
    client = log_in(family.account)
    card = client.get(f"/bulletins/{row.id}").text
    assert f'name="application" value="{family.id}"' in card
    assert family.application.child.full_name in client.get(f"/bulletins/{row.id}/claim?application={family.id}").text
    answer = send(client, row, family)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Место зарезервировано" in page or "The place is held" in page or "Орын" in page
    session.expire_all()
    assert session.get(Bulletin, row.id).free == 1
    assert family.application.status is ApplicationStatus.CLAIMED


def test_a_double_click_is_the_same_claim(town, log_in, session):
    family, row = town.family(), town.bulletin(1)
    client = log_in(family.account)
    first, second = send(client, row, family), send(client, row, family)
    assert first.location == second.location
    assert second.status_code == 303
    assert claims_of(session, family) == 1
    # The confirm page of a second tab leads there too.
    stale_tab = client.get(f"/bulletins/{row.id}/claim?application={family.id}")
    assert stale_tab.location == first.location


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_one_who_came_late_is_told_so_and_shown_other_places(town, log_in, session, lang):
    winner, loser = town.family(), town.family()
    row = factories.open_bulletin(town.group, 1, publish=False)
    other = factories.open_bulletin(factories.group(town.kindergarten, name="Балбөбек"), 5, publish=False)
    for one in (row, other):
        one.status, one.published_at, one.open_to_all_at = BulletinStatus.OPEN, NOON, NOON
    send(log_in(winner.account), row, winner)
    answer = send(log_in(loser.account, lang), row, loser)
    assert answer.status_code == 409
    assert FULL[lang] in html.unescape(answer.text)
    assert f'action="/bulletins/{other.id}/claim"' in answer.text
    assert claims_of(session, loser) == 0


@pytest.mark.parametrize(("lang", "words"), [("kk", "Туған жылы"), ("ru", "год рождения")])
def test_a_bulletin_that_does_not_match_is_refused(town, log_in, session, lang, words):
    family = town.family()
    row = factories.open_bulletin(factories.group(town.kindergarten, birth_years=[2022]), 1)
    answer = send(log_in(family.account, lang), row, family)
    assert answer.status_code == 409
    assert words in html.unescape(answer.text)
    assert claims_of(session, family) == 0


def test_nobody_but_the_notified_may_claim_inside_the_window(town, log_in, session, time):
    first, second = town.family(), town.family(submitted_at=NOON + dt.timedelta(minutes=1))
    row = town.bulletin(1, at=NOON + dt.timedelta(hours=1))
    time.at = NOON + dt.timedelta(hours=2)
    answer = send(log_in(second.account, "ru"), row, second)
    assert answer.status_code == 409
    assert "чья очередь подошла" in html.unescape(answer.text)
    assert send(log_in(first.account), row, first).status_code == 303


def test_after_the_window_everybody_may_although_no_job_has_run(town, log_in, session, time):
    town.family()
    second = town.family(submitted_at=NOON + dt.timedelta(minutes=1))
    row = town.bulletin(1, at=NOON + dt.timedelta(hours=1))
    time.at = row.priority_until
    assert send(log_in(second.account), row, second).status_code == 303
    session.expire_all()
    assert row.open_to_all_at is not None


def test_at_18_00_00_the_click_itself_publishes(town, log_in, session, time):
    family = town.family()
    row = town.bulletin(1, publish=False)
    row.publish_at = EVENING
    client = log_in(family.account, "ru")
    time.at = EVENING - dt.timedelta(milliseconds=1)
    early = send(client, row, family)
    assert early.status_code == 409
    assert "data-opens" in early.text, "the page waits for the moment"
    time.at = EVENING
    assert send(client, row, family).status_code == 303


@pytest.mark.parametrize(("lang", "words"), [("kk", "Бюллетень жабылды"), ("ru", "Бюллетень закрыт")])
def test_a_withdrawn_bulletin_is_closed(town, log_in, session, lang, words):
    family, row = town.family(), town.bulletin(1)
    head = factories.staff_actor(factories.Role.HEAD, at=town.kindergarten)
    bulletins.withdraw_bulletin(session, head, row.id, "жөндеу", NOON)
    answer = send(log_in(family.account, lang), row, family)
    assert answer.status_code == 409
    assert words in html.unescape(answer.text)


def test_a_second_claim_elsewhere_names_the_first(town, log_in, session):
    family, row = town.family(), town.bulletin(1)
    other = factories.open_bulletin(factories.group(town.kindergarten), 1, publish=False)
    other.status, other.published_at, other.open_to_all_at = BulletinStatus.OPEN, NOON, NOON
    client = log_in(family.account, "ru")
    held = send(client, row, family).location
    answer = send(client, other, family)
    assert answer.status_code == 409
    assert f'href="{held}"' in answer.text
    assert claims_of(session, family) == 1


def test_in_the_stop_list_the_last_day_is_named(town, log_in, session):
    family, row = town.family(), town.bulletin(1)
    family.application.status = ApplicationStatus.STOP_LISTED
    factories.make(
        StopListEntry,
        application_id=family.id,
        reason=StopListReason.REFERRAL_EXPIRED,
        listed_at=NOON,
        until_day=dt.date(2026, 11, 26),
        formula={},
    )
    client = log_in(family.account, "ru")
    assert "26 ноября 2026" in html.unescape(send(client, row, family).text)
    assert "26 ноября 2026" in html.unescape(client.get("/bulletins").text), "said once above the list"


def test_a_waiting_claim_can_be_taken_back_once(town, log_in, session):
    family, row = town.family(), town.bulletin(1)
    client = log_in(family.account, "ru")
    url = send(client, row, family).location
    assert client.get(f"{url}/cancel").status_code == 200
    assert client.post(f"{url}/cancel").status_code == 303
    session.expire_all()
    assert family.application.status is ApplicationStatus.QUEUED
    assert session.get(Claim, int(url.rsplit("/", 1)[1])).status is ClaimStatus.CANCELLED
    again = client.post(f"{url}/cancel", follow_redirects=True)
    assert "данные изменились" in html.unescape(again.text), "a stale second tab is told so"


def test_the_neighbours_rows_are_not_there(town, log_in, session):
    family, neighbour, row = town.family(), town.family(), town.bulletin(2)
    held = send(log_in(family.account), row, family).location
    client = log_in(neighbour.account)
    assert client.get(held).status_code == 404
    assert client.get(f"{held}/cancel").status_code == 404
    assert client.post(f"{held}/cancel").status_code == 404
    assert send(client, row, family).status_code == 404
    assert client.get(f"/bulletins/{row.id}/claim?application={family.id}").status_code == 404
    assert claims_of(session, family) == 1


def test_a_stranger_is_led_to_the_door(town, log_in):
    row = town.bulletin(1)
    answer = log_in(None).get(f"/bulletins/{row.id}/claim?application=1")
    assert answer.status_code == 302
    assert "/log" in answer.location


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "１"])
def test_a_made_up_application_is_not_there(town, log_in, value):
    family, row = town.family(), town.bulletin(1)
    answer = log_in(family.account).post(f"/bulletins/{row.id}/claim", data={"application": value})
    assert answer.status_code == 404
