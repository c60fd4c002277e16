"""Priority categories: to which one a child belongs, the number across them, the edits that are refused."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from app.db import unit_of_work
from app.extensions import db
from app.models import Application, BenefitCategory, PriorityCategory, Queue, RuleSetAssignment
from app.models.enums import CategorySource
from app.queries.public_queue import category_lines
from app.queries.queue_number import queue_numbers
from app.rules import rule_sets
from app.rules.verdict import RuleBroken
from app.services import applications, categories, standing
from app.services.access import SYSTEM
from tests import factories as make
from tests.vouchers.conftest import ISSUED, act, at, broken

RULES = rule_sets.get("voucher_2025")


def number_of(application_id):
    places = queue_numbers(db.session, application_id, RULES)
    return [(place.number, place.length) for place in places]


def code_of(application_id):
    return db.session.get_one(Application, application_id, populate_existing=True).priority_category.code


def test_age_by_the_end_of_the_year_gives_the_category(city):
    four = city.file(at("2025-02-06", "16:17"), born=dt.date(2021, 12, 31))
    one = city.file(at("2025-02-06", "16:18"), born=dt.date(2024, 1, 1))
    assert [code_of(row) for row in (city.applications[0], four, one)] == ["age_3", "age_4", "everyone"]
    # Earlier categories first, whenever they were filed.
    assert [number_of(row) for row in (four, city.applications[0], one)] == [[(1, 3)], [(2, 3)], [(3, 3)]]
    lines = category_lines(db.session, db.session.get_one(Application, one).queue_type, city.place)
    assert [(row.category.code, row.length, row.first) for row in lines] == [
        ("age_4", 1, 1),
        ("age_3", 1, 2),
        ("everyone", 1, 3),
    ]
    assert broken(ISSUED) == set()


def test_inside_a_category_the_moment_decides_also_across_weeks(city):
    late = [city.file(at(day)) for day in ("2025-02-20", "2025-03-05", "2025-02-13")]
    assert [number_of(row)[0][0] for row in (city.applications[0], *late)] == [1, 3, 4, 2]
    assert db.session.scalar(select(func.count()).select_from(Queue)) == 1


def test_a_confirmed_benefit_moves_ahead_and_a_refused_one_does_not(city):
    benefit = db.session.scalars(select(BenefitCategory).where(BenefitCategory.code == "FP_large")).one().id
    claimed = city.file(at("2025-02-06", "16:20"), benefit_category_id=benefit)
    other = city.file(at("2025-02-06", "16:21"), benefit_category_id=benefit)
    act(applications.confirm_documents, city.official, claimed, ISSUED)
    act(applications.refuse_documents, city.official, other, "unreadable", ISSUED)
    assert (code_of(claimed), code_of(other)) == ("FP_large", "age_3")
    assert [number_of(row)[0][0] for row in (claimed, city.applications[0], other)] == [1, 2, 3]
    assert broken(ISSUED) == set()


def test_a_new_year_is_a_new_category_and_the_moment_stays(city):
    row, submitted = city.applications[0], city.application().submitted_at

    def next_year(session):
        application = applications.lock_application(session, row)
        return categories.recategorise(session, SYSTEM, application, RULES, at("2026-06-30"))

    assert act(next_year)
    assert not act(next_year)
    assert (code_of(row), city.application().submitted_at) == ("age_4", submitted)
    assert number_of(row) == [(1, 1)]
    assert broken(at("2026-06-30")) == set()


def test_those_who_stood_under_other_rules_take_their_place_at_the_next_round(city):
    with unit_of_work() as session:
        assignment = session.scalars(select(RuleSetAssignment)).one()
        assignment.from_on = dt.date(2025, 3, 1)
    before = city.file(at("2025-02-07"))
    assert city.application(1).priority_category_id is None
    city.round(at("2025-03-03"))
    assert code_of(before) == "age_3"
    assert broken(at("2025-03-03")) == set()


def test_a_locality_with_a_list_of_its_own_uses_it(city):
    with unit_of_work() as session:
        make.make(
            PriorityCategory,
            code="own_all",
            locality_id=city.place,
            position=1,
            name_kk="Барлығы",
            name_ru="Все",
            name_en="All",
            source=CategorySource.EVERYONE,
            is_active=True,
        )
        session.flush()
    assert code_of(city.file(ISSUED)) == "own_all"


def test_a_category_under_another_takes_only_its_children(city):
    with unit_of_work() as session:
        three = session.scalars(select(PriorityCategory).where(PriorityCategory.code == "age_3")).one()
        large = session.scalars(select(PriorityCategory).where(PriorityCategory.code == "FP_large")).one()
        large.parent = three
        benefit = large.benefit_category_id
    older = city.file(ISSUED, born=dt.date(2021, 1, 1), benefit_category_id=benefit)
    act(applications.confirm_documents, city.official, older, ISSUED)
    assert code_of(older) == "age_4"


def edit(code, **values):
    def change(session):
        row = session.scalars(select(PriorityCategory).where(PriorityCategory.code == code)).one()
        with session.no_autoflush:
            for name, value in values.items():
                setattr(row, name, value)
        categories.check_edit(session, row)

    with pytest.raises(RuleBroken) as refused:
        act(change)
    return refused.value.code


def row_of(code):
    return db.session.scalars(select(PriorityCategory).where(PriorityCategory.code == code)).one()


def test_edits_that_would_break_the_order_are_refused_and_nothing_is_changed(city):
    assert edit("age_3", is_active=False) == "CATEGORY_IN_USE"
    assert edit("everyone", is_active=False) == "CATEGORY_LAST"
    assert edit("age_3", position=row_of("age_4").position) == "CATEGORY_PLACE_TAKEN"
    assert edit("age_3", min_age=5) == "CATEGORY_INCOMPLETE"
    assert edit("age_3", max_age=None) == "CATEGORY_INCOMPLETE"
    with unit_of_work() as session:
        three = session.scalars(select(PriorityCategory).where(PriorityCategory.code == "age_3")).one()
        session.scalars(select(PriorityCategory).where(PriorityCategory.code == "age_4")).one().parent = three
    assert edit("age_3", parent=row_of("age_4")) == "CATEGORY_CYCLE"
    assert row_of("age_3").is_active


def test_a_category_nobody_is_in_may_be_switched_off(city):
    with unit_of_work() as session:
        row = session.scalars(select(PriorityCategory).where(PriorityCategory.code == "age_5")).one()
        row.is_active = False
        categories.check_edit(session, row)
    assert code_of(city.file(ISSUED, born=dt.date(2020, 1, 1))) == "everyone"


def test_leaving_and_standing_again_keeps_the_counters(city):
    def twice(session):
        application = applications.lock_application(session, city.applications[0])
        standing.restand(session, application)
        standing.stand(session, application)

    act(twice)
    assert broken(ISSUED) == set()
    assert number_of(city.applications[0]) == [(1, 1)]


def test_the_public_page_shows_the_categories(city, app):
    city.file(ISSUED)
    client = app.test_client()
    page = client.get(f"/queue?locality={city.place}&lang=ru").text
    assert "Дети, 3 года" in page or "Балалар, 3 жас" in page
