"""The public page and the office's: whole numbers to those who may see them, no small group to anybody else."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from flask import g
from sqlalchemy import event, select, text

from app.extensions import db
from app.models import Application, Locality
from app.models.enums import Role
from app.models.statistics import DeadlineKind
from app.queries import statistics as rows
from tests import factories as make
from tests.statistics.conftest import NOW, refresh


@pytest.fixture
def browse(client: Any, session: Any) -> Any:
    """Opens pages as an account (None: a stranger), in English unless told otherwise."""

    def open_page(path: str, account: Any = None, lang: str = "en") -> Any:
        for key in list(g):
            g.pop(key)
        with client.session_transaction() as browser:
            browser.clear()
            if account is not None:
                browser["_user_id"], browser["_fresh"] = str(account.id), True
        client.set_cookie("lang", lang)
        return client.get(path)

    return open_page


@pytest.fixture
def two_towns(session: Any) -> dict[str, Any]:
    """A region with a large town, a small one and one of four children; staff of the large one."""
    region = make.locality(prefix="61", name="Түркістан облысы")
    large, small, tiny = (
        make.locality(f"61{n}0", name, region) for n, name in ((2, "Кентау"), (3, "Арыс"), (4, "Сарыағаш"))
    )
    gardens = {place: make.kindergarten(place, name=f"№{n}") for n, place in enumerate((large, small, tiny), start=1)}
    for place, children in ((large, 31), (small, 12), (tiny, 4)):
        make.group(gardens[place], capacity=children + 5, enrolled=children, free=5)
        for n in range(children):
            born = dt.date(2023 if n % 3 else 2022, 5, 20)
            guardian = make.person()
            make.application(place, guardian, of=make.child(guardian, birth_date=born))
    head = make.account(Role.HEAD, kindergarten=gardens[small])
    official = make.account(Role.DEPARTMENT, locality=large)
    auditor = make.account(Role.AUDITOR)
    parent = make.account(Role.PARENT, make.person())
    from flask import current_app

    from app.views.office.permissions import write_permissions

    session.commit()
    write_permissions(current_app.extensions["kezek.office"])
    refresh()
    return {
        "region": region,
        "large": large,
        "small": small,
        "tiny": tiny,
        "gardens": gardens,
        "head": head,
        "official": official,
        "auditor": auditor,
        "parent": parent,
    }


def table(page: str, chart: str) -> list[list[str]]:
    """The cells of the table under a chart."""
    figure = re.search(rf'<figure class="chart" id="{chart}".*?</figure>', page, re.S)
    assert figure, f"{chart} is not shown"
    lines = re.findall(r"<tr>(.*?)</tr>", figure[0], re.S)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.S) for line in lines]


# -- for everybody ------------------------------------------------------------------------------------------


def test_a_town_of_four_children_is_never_named(browse, two_towns):
    page = browse("/statistics").text
    names = {line[0] for line in table(page, "queue")[1:]}
    assert names == {"г. Кентау", "Others together"}, "the four joined the twelve: else the total would tell them"
    totals = {line[0]: line[-1] for line in table(page, "queue")[1:]}
    assert totals == {"г. Кентау": "31", "Others together": "16"}
    assert {line[0] for line in table(page, "places")[1:]} == {"г. Кентау", "Others together"}
    assert "Сарыағаш" not in page


@pytest.mark.parametrize("area", ["", "?area=0"])
def test_no_published_number_of_children_is_small(browse, two_towns, area):
    page = browse(f"/statistics{area}").text
    numbers = [int(cell) for line in table(page, "queue")[1:] for cell in line[1:]]
    numbers += [int(line[1]) for line in table(page, "places")[1:]]
    assert numbers
    assert not [number for number in numbers if 0 < number < 10]


def test_the_country_shows_regions_without_years(browse, two_towns):
    lines = table(browse("/statistics?area=0").text, "queue")
    assert lines == [["Locality", "Children"], ["г. Түркістан облысы", "47"]]


@pytest.mark.parametrize("which", ["large", "small", "tiny"])
def test_a_town_has_no_public_page_of_its_own(browse, two_towns, which):
    """With pages for single towns the small one would be the region less the others."""
    asked = table(browse(f"/statistics?area={two_towns[which].id}").text, "queue")
    assert asked == table(browse("/statistics?area=0").text, "queue")


def test_a_region_of_few_children_is_not_offered(browse, two_towns):
    few = make.locality(prefix="71", name="Алыс")
    for _ in range(3):
        make.application(few)
    refresh()
    assert few.id not in {area.id for area in rows.public_areas(db.session)}
    page = browse(f"/statistics?area={few.id}").text
    assert "Алыс" not in page
    # Three alone would be the country less the other region: the two are one number, and nothing can be subtracted.
    assert [line[1] for line in table(page, "queue")[1:]] == ["50"]


def test_months_of_few_enrolments_and_rare_deadlines_are_left_out(session):
    place = make.locality()
    for month, children in ((9, 12), (10, 3)):
        for _ in range(children):
            row = make.application(place, submitted_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
            row.status, row.enrolled_at = "enrolled", dt.datetime(2026, month, 10, tzinfo=dt.UTC)
    refresh()
    waiting = rows.public_waiting(db.session, None)
    assert [(row.month.month, row.median_days is None) for row in waiting] == [(9, False), (10, True)]
    assert {row.enrolled for row in waiting} == {None}
    db.session.execute(
        text("INSERT INTO deadline_summary (kind, met, missed) VALUES ('referral', 5, 4), ('contract', 97, 3)")
    )
    assert [(row.kind, row.kept_percent) for row in rows.public_deadlines(db.session, None)] == [
        (DeadlineKind.CONTRACT, 97)
    ]


def test_before_the_first_count_the_page_says_so(browse, session):
    page = browse("/statistics")
    assert (page.status_code, "There are no numbers yet" in page.text) == (200, True)


@pytest.mark.parametrize(
    ("lang", "words"), [("kk", "Деректер уақыты"), ("ru", "Данные на 20 ноября 2026, 12:00"), ("en", "As of")]
)
def test_the_page_says_how_old_its_numbers_are(browse, two_towns, lang, words):
    assert words in browse("/statistics", lang=lang).text


def test_the_file_holds_what_the_table_shows(browse, two_towns):
    answer = browse("/statistics/queue.csv")
    lines = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert lines == table(browse("/statistics").text, "queue")
    assert answer.mimetype == "text/csv"
    assert browse("/statistics/nothing.csv").status_code == 404


def test_the_page_costs_the_same_whatever_the_queue(browse, two_towns):
    def statements() -> int:
        seen: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            browse("/statistics")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert not [one for one in seen if re.search(r"\bFROM (application|referral|queue_entry|claim)\b", one)]
        return len([one for one in seen if re.search(r"_summary|locality", one)])

    before = statements()
    for _ in range(20):
        make.application(two_towns["small"])
    refresh()
    assert statements() == before


# -- for the office -----------------------------------------------------------------------------------------


def test_an_official_sees_the_own_town_to_the_last_child_and_no_other(browse, two_towns):
    page = browse("/office/statistics/", two_towns["official"]).text
    assert table(page, "queue")[1:] == [["г. Кентау", "11", "20", "31"]]
    assert table(page, "places")[1:] == [["№1", "31", "0", "0", "5", "36", "86"]]
    assert "Арыс" not in page


@pytest.mark.parametrize("which", ["small", "tiny", "region"])
@pytest.mark.parametrize("path", ["/office/statistics/", "/office/statistics/queue.csv"])
def test_an_official_cannot_ask_for_another_town_or_the_region(browse, two_towns, which, path):
    assert browse(f"{path}?area={two_towns[which].id}", two_towns["official"]).status_code == 404


def test_a_head_sees_the_own_groups_and_the_queue_as_everybody_does(browse, two_towns):
    page = browse("/office/statistics/", two_towns["head"]).text
    assert [line[0] for line in table(page, "places")[1:]] == ["Балапан"]
    assert table(page, "places")[1:] == [["Балапан", "12", "0", "0", "5", "17", "71"]]
    assert {line[0] for line in table(page, "queue")[1:]} == {"г. Кентау", "Others together"}
    for place in ("large", "small", "region"):
        assert browse(f"/office/statistics/?area={two_towns[place].id}", two_towns["head"]).status_code == 404


def test_the_auditor_goes_down_from_the_country(browse, two_towns):
    page = browse("/office/statistics/", two_towns["auditor"]).text
    assert table(page, "queue")[1:] == [["г. Түркістан облысы", "17", "30", "47"]]
    below = browse(f"/office/statistics/?area={two_towns['region'].id}", two_towns["auditor"]).text
    assert [(line[0], line[-1]) for line in table(below, "queue")[1:]] == [
        ("г. Кентау", "31"),
        ("г. Арыс", "12"),
        ("г. Сарыағаш", "4"),
    ]


def test_a_file_of_the_office_is_scoped_like_the_page(browse, two_towns):
    answer = browse("/office/statistics/places.csv", two_towns["official"])
    lines = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert [line[0] for line in lines[1:]] == ["№1"]


@pytest.mark.parametrize("path", ["/office/statistics/", "/office/statistics/queue.csv"])
def test_strangers_and_parents_do_not_come_in(browse, two_towns, path):
    assert browse(path).status_code in (302, 401)
    assert browse(path, two_towns["parent"]).status_code in (302, 403)


def test_what_belongs_to_no_part_is_shown_as_the_rest(session, browse):
    region = make.locality(prefix="61")
    town = make.locality(prefix="6120", parent=region)
    for place, children in ((region, 11), (town, 13)):
        for _ in range(children):
            make.application(place)
    refresh()
    found = {row.place.id: row.children for row in rows.public_queue(db.session, region) if row.place}
    assert found == {region.id: 11, town.id: 13}


def test_many_kindergartens_become_one_bar_after_the_thirtieth(session):
    town = make.locality()
    for n in range(rows.MOST_BARS + 5):
        make.group(make.kindergarten(town, name=f"№{n}"), capacity=20 + n)
    refresh()
    actor = make.staff_actor(Role.DEPARTMENT, over=town)
    found = rows.places(db.session, actor, town)
    assert len(found) == rows.MOST_BARS + 1
    assert (found[-1].place, found[-1].capacity) == (None, 20 + 21 + 22 + 23 + 24)
    assert sum(row.capacity for row in found) == sum(20 + n for n in range(rows.MOST_BARS + 5))


def test_a_country_filled_by_the_thousand_is_published_without_small_cells(country):
    region = country.scalars(select(Locality).where(Locality.level == "region")).one()
    for area in (None, region):
        found = rows.public_queue(country, area)
        assert sum(row.children for row in found) == country.query(Application).filter_by(status="queued").count()
        assert not [n for row in found for n in row.by_year.values() if 0 < n < 10]
    assert rows.counted_at(country) == NOW
