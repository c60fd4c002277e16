"""Pages without login: the line, the check of a number, the catalogue, the rules."""

from __future__ import annotations

import datetime as dt
import html
import random
import re
from dataclasses import replace

import pytest

from app.models import Queue
from app.models.enums import BulletinStatus, KindergartenKind, Language, Stream
from app.queries import public_queue
from app.queries.public_queue import line_page
from app.rules import rule_sets
from app.rules.ranking import Candidate, Ratio, StreamTotals, served_order, served_slots
from app.services import standing
from app.views.public.rules_page import LIMIT_WORDS
from tests import factories
from tests.factories import NOON


def mixed_line(town, count=23):
    """Applications of every stream, submitted over some weeks in no order of streams."""
    chance = random.Random(7)
    families = []
    for n in range(count):
        family = town.family(submitted_at=NOON - dt.timedelta(days=9 * n, minutes=chance.randrange(900)))
        stream = chance.choice(list(Stream))
        if stream is not Stream.GENERAL:
            family.application.benefit_category = factories.benefit(stream)
            family.application.benefit_check = "confirmed"
            family.application.stream = stream
        families.append(family)
    return families


@pytest.fixture
def line(town, session):
    """A line of 23 with benefits, and its served order."""
    families = mixed_line(town)
    for family in families:
        session.flush()
        standing.restand(session, family.application)
    session.flush()
    rows = [Candidate(str(f.id), f.application.stream, f.application.submitted_at) for f in families]
    numbers = {str(f.id): f.application.number for f in families}
    return families, [numbers[row.number] for row in served_order(rows, Ratio()).order]


def shown_numbers(page: str) -> list[str]:
    return re.findall(r'data-l="Application">(\d+)', page)


def test_the_line_is_shown_in_served_order_page_by_page(town, line, log_in, session, monkeypatch):
    _, order = line
    monkeypatch.setattr(public_queue, "PAGE", 5)
    client = log_in(None, "en")
    seen: list[str] = []
    for first in range(1, len(order) + 1, 5):
        page = client.get(f"/queue?locality={town.locality.id}&year=2023&language=kk&from={first}").text
        seen += shown_numbers(page)
    assert seen == order


def test_the_line_names_nobody(town, line, log_in):
    families, _ = line
    page = log_in(None, "ru").get(f"/queue?locality={town.locality.id}&year=2023&language=kk").text
    for family in families:
        child = family.application.child
        for personal in (child.surname, child.given_name, child.iin, f"{child.birth_date:%d.%m.%Y}"):
            assert personal not in page


def test_an_empty_line_and_nonsense_are_answered_plainly(town, line, log_in):
    client = log_in(None)
    assert client.get(f"/queue?locality={town.locality.id}&year=2021&language=ug").status_code == 200
    assert client.get("/queue?locality=x&year=y&language=z&queue=q&from=-5").status_code == 200
    assert client.get("/queue?from=99999999").status_code == 200
    assert client.get("/queue?year=9999&locality=99999999999999999999").status_code == 200


def test_an_installation_without_anybody_is_answered_plainly(log_in, time):
    assert log_in(None).get("/queue").status_code == 200


def test_slots_are_the_served_order_from_any_place():
    chance = random.Random(3)
    for _ in range(500):
        totals = [chance.randrange(8) for _ in Stream]
        ratio = Ratio(chance.randrange(1, 3), chance.randrange(1, 4))
        position = chance.randrange(ratio.cycle)
        rows = [
            Candidate(f"{stream.value}:{rank}", stream, NOON + dt.timedelta(seconds=rank))
            for stream, total in zip(Stream, totals, strict=True)
            for rank in range(1, total + 1)
        ]
        order = [row.number for row in served_order(rows, ratio, position).order]
        first = chance.randrange(1, sum(totals) + 3)
        slots = list(served_slots(StreamTotals(*totals), ratio, position, first))
        assert [f"{slot.stream.value}:{slot.rank}" for slot in slots] == order[first - 1 :]
        assert [slot.position for slot in slots] == list(range(first, sum(totals) + 1))


def test_the_cycle_that_has_begun_is_continued(town, line, session):
    families, _ = line
    queue = session.query(Queue).filter_by(locality_id=town.locality.id, language=Language.KK).one()
    queue.cycle_position = 2
    session.flush()
    rows = [Candidate(str(f.id), f.application.stream, f.application.submitted_at) for f in families]
    numbers = {str(f.id): f.application.number for f in families}
    expected = [numbers[row.number] for row in served_order(rows, Ratio(), 2).order]
    assert [row.number for row in line_page(session, queue, Ratio(), 1).rows] == expected


def test_the_check_agrees_with_the_line(town, line, log_in):
    _, order = line
    client = log_in(None, "en")
    for place in (1, 7, len(order)):
        page = client.post("/check", data={"number": f" № {order[place - 1]} "}).text
        assert f'<p class="bignum">{place}</p>' in page
        assert f"Of {len(order)} children" in page


@pytest.mark.parametrize(("lang", "words"), [("kk", "Мұндай нөмірлі өтініш жоқ"), ("ru", "номером нет")])
def test_an_unknown_number_is_answered_plainly(town, line, log_in, lang, words):
    client = log_in(None, lang)
    for number in ("0", "999999999", "' OR 1=1 --", "Ә" * 300):
        answer = client.post("/check", data={"number": number})
        assert answer.status_code == 404
        assert words in html.unescape(answer.text)
    for nothing in ("  ", "\x00", "№"):
        assert client.post("/check", data={"number": nothing}).status_code == 422
    assert client.get("/check").status_code == 200


def test_a_known_and_an_unknown_number_cost_the_same_queries(town, line, log_in, session):
    from sqlalchemy import event

    from app.extensions import db

    _, order = line
    client = log_in(None)
    counts = []
    for number in (order[3], "999999999"):
        asked: list[str] = []

        def count(connection, cursor, statement, *rest, asked=asked):
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        client.post("/check", data={"number": number})
        event.remove(db.engine, "before_cursor_execute", count)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_trying_numbers_out_is_stopped(app, town, log_in):
    limiter = app.extensions["kezek.office"].sm.limiter
    if not limiter.enabled:
        pytest.skip("rate limits are switched off in this run")
    client = log_in(None)
    answers = [client.post("/check", data={"number": str(n)}).status_code for n in range(35)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_an_application_that_left_the_line_says_its_status(town, line, log_in, session):
    families, _ = line
    family = families[0]
    family.application.status = "referred"
    standing.leave(session, family.application)
    page = html.unescape(log_in(None, "ru").post("/check", data={"number": family.application.number}).text)
    assert "не стоит в очереди" in page


def test_the_catalogue_filters_and_pages(town, log_in, session):
    other = factories.kindergarten(
        factories.locality(name="Арыс"), name="«Ақбота»", kind=KindergartenKind.PRIVATE, languages=["ru"]
    )
    row = town.bulletin(3)
    assert row.status is BulletinStatus.OPEN
    client = log_in(None, "en")

    def shown(query: str) -> set[int]:
        page = client.get(f"/kindergartens?{query}").text
        return {one.id for one in (town.kindergarten, other) if f'/kindergartens/{one.id}"' in page}

    assert shown("") == {town.kindergarten.id, other.id}
    assert shown("words=ақбота") == {other.id}
    assert shown("kind=private") == {other.id}
    assert shown("language=ru") == {other.id}
    assert shown("free=y") == {town.kindergarten.id}
    assert shown(f"locality={town.locality.prefix}") == {town.kindergarten.id}
    assert shown("words=%25") == set()
    for broken in ("x", "~", "a~b", "\x00~1", "a~99999999999", "~" * 2000):
        assert client.get("/kindergartens", query_string={"after": broken}).status_code == 200


def test_every_kindergarten_is_on_exactly_one_page(town, log_in, session):
    made = {factories.kindergarten(town.locality, name=f"№{n % 5}").id for n in range(45)} | {town.kindergarten.id}
    client, url, seen = log_in(None), "/kindergartens", []
    for _ in range(4):
        page = client.get(url).text
        seen += [int(found) for found in re.findall(r'href="/kindergartens/(\d+)"', page)]
        link = page.partition('rel="next" href="')[2].partition('"')[0]
        if not link:
            break
        url = html.unescape(link)
    assert sorted(seen) == sorted(made)


def test_a_kindergarten_shows_its_groups_and_bulletins(town, log_in):
    row = town.bulletin(3)
    page = log_in(None).get(f"/kindergartens/{town.kindergarten.id}").text
    assert "Балапан" in page
    assert f"/bulletins/{row.id}" in page
    client = log_in(None)
    assert client.get("/kindergartens/999999").status_code == 404
    assert client.get("/kindergartens/99999999999").status_code == 404


@pytest.mark.parametrize(
    ("lang", "five", "four"),
    [
        ("kk", "5 жұмыс күні", "4 жұмыс күні"),
        ("ru", "5 рабочих дней", "4 рабочих дня"),
        ("en", "5 working days", "4 working days"),
    ],
)
def test_the_rules_page_is_made_from_the_numbers_themselves(town, log_in, monkeypatch, lang, five, four):
    client = log_in(None, lang)

    def row() -> str:
        page = html.unescape(client.get("/rules").text)
        words = {"kk": "Жолдаманың жарамдылық мерзімі", "ru": "Срок действия направления", "en": "A referral is valid"}
        return page.partition(words[lang])[2].partition("</tr>")[0]

    assert five in row()
    changed = [
        replace(one, limits=tuple(replace(li, amount=4) if li.code == "referral_validity" else li for li in one.limits))
        for one in rule_sets.ALL
    ]
    monkeypatch.setattr(rule_sets, "ALL", tuple(changed))
    assert four in row()


def test_every_limit_of_every_rule_set_has_words():
    assert {limit.code for rules in rule_sets.ALL for limit in rules.limits} <= LIMIT_WORDS.keys()
