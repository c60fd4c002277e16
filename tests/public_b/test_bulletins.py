"""The list and the card of bulletins."""

from __future__ import annotations

import datetime as dt

import pytest

from app.models import Bulletin
from app.models.enums import BulletinStatus, Language
from tests import factories
from tests.factories import NOON

EVENING = dt.datetime(2026, 11, 12, 13, 0, tzinfo=dt.UTC)  # 18:00:00 in the country


def test_a_stranger_sees_the_list_and_no_button(town, log_in):
    town.bulletin(3)
    page = log_in(None, "en").get("/bulletins").text
    assert "№1 «Күншуақ»" in page
    assert "Available to all" in page
    assert "Send a claim" not in page


def test_a_parent_sees_the_button_only_where_everything_matches(town, log_in):
    family = town.family()
    fits = town.bulletin(1)
    other = factories.open_bulletin(factories.group(town.kindergarten, language=Language.RU), 1)
    page = log_in(family.account).get("/bulletins").text
    assert f'action="/bulletins/{fits.id}/claim"' in page
    assert f'action="/bulletins/{other.id}/claim"' not in page


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_card_says_why_there_is_no_button(town, log_in, lang):
    family = town.family()
    other = factories.open_bulletin(factories.group(town.kindergarten, birth_years=[2022]), 1)
    page = log_in(family.account, lang).get(f"/bulletins/{other.id}").text
    assert {"kk": "Неге батырма жоқ?", "ru": "Почему нет кнопки?", "en": "Why is there no button?"}[lang] in page
    assert "2022" in page
    assert 'type="radio"' not in page


def test_filters_narrow_the_list(town, log_in):
    near = town.bulletin(1)
    far_away = factories.kindergarten(factories.locality(name="Арыс"), name="№9 «Айгөлек»")
    far = factories.open_bulletin(factories.group(far_away, language=Language.RU, birth_years=[2022]), 1)
    client = log_in(None)

    def shown(query: str) -> set[int]:
        page = client.get(f"/bulletins?{query}").text
        return {row.id for row in (near, far) if f'/bulletins/{row.id}"' in page}

    assert shown("") == {near.id, far.id}
    assert shown(f"locality={town.locality.prefix}") == {near.id}
    assert shown("kindergarten=Айгөлек") == {far.id}
    assert shown("language=ru") == {far.id}
    assert shown("year=2023") == {near.id}
    assert shown("kindergarten=%25") == set(), "a percent sign is looked for, not expanded"


def test_available_to_me_and_to_all(town, log_in):
    family, late = town.family(), town.family(submitted_at=NOON + dt.timedelta(hours=1))
    mine = town.bulletin(1)
    open_to_all = factories.open_bulletin(factories.group(town.kindergarten, birth_years=[2022]), 1)
    assert mine.status is BulletinStatus.PRIORITY
    assert open_to_all.status is BulletinStatus.OPEN
    first = log_in(family.account).get("/bulletins?access=me").text
    assert f'/bulletins/{mine.id}/claim"' in first
    assert f"/bulletins/{open_to_all.id}" not in first, "it does not match the child"
    assert f"/bulletins/{mine.id}/claim" not in log_in(late.account).get("/bulletins?access=me").text
    everybody = log_in(late.account).get("/bulletins?access=all").text
    assert f"/bulletins/{open_to_all.id}" in everybody
    assert f"/bulletins/{mine.id}?" not in everybody


def test_pages_hold_every_bulletin_once(town, log_in, session):
    group = factories.group(town.kindergarten, capacity=60)
    made = {factories.open_bulletin(group, 1, NOON + dt.timedelta(minutes=n % 7)).id for n in range(45)}
    client = log_in(None)
    seen: list[int] = []
    url = "/bulletins"
    for _ in range(4):
        page = client.get(url).text
        seen += [row for row in sorted(made) if f'href="/bulletins/{row}"' in page]
        link = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        if not link:
            break
        url = link
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize("key", ["x", "~", "2026-01-01~1", "2026-01-01T00:00:00+05:00~99999999999999", "\x00~1"])
def test_a_broken_page_key_begins_anew(town, log_in, key):
    row = town.bulletin(1)
    answer = log_in(None).get("/bulletins", query_string={"before": key})
    assert answer.status_code == 200
    assert f"/bulletins/{row.id}" in answer.text


def test_a_due_bulletin_is_published_by_the_first_reader(town, log_in, session, time):
    family = town.family()
    row = town.bulletin(1, publish=False)
    row.publish_at = EVENING
    time.at = EVENING - dt.timedelta(seconds=1)
    client = log_in(family.account, "en")
    assert "Opens: 18:00" in client.get("/bulletins").text
    time.at = EVENING
    assert f'action="/bulletins/{row.id}/claim"' in client.get("/bulletins").text
    session.expire_all()
    assert session.get(Bulletin, row.id).status is BulletinStatus.PRIORITY


def test_a_draft_or_unknown_bulletin_is_not_there(town, log_in, session):
    client = log_in(None)
    assert client.get("/bulletins/999999").status_code == 404
    assert client.get("/bulletins/99999999999999999999").status_code == 404
