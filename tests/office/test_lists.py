"""Lists that stay fast: as many statements for fifty rows as for two, search and order through an index."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, text

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Child, Locality, Person
from app.models.enums import Role
from app.queries import office_lists
from app.views.base import OfficeModelView
from tests import factories as make
from tests.office import neighbours
from tests.office.neighbours import NOW

# One question per page would be too few to hope for; one per row would be noticed at once.
MOST_STATEMENTS = 30


@pytest.fixture
def side(app, clean, monkeypatch):
    from app.demo.guard import stamp

    monkeypatch.setattr(clock, "_source", lambda: NOW)
    with app.app_context(), unit_of_work() as session:
        stamp()
        return neighbours.build(session)


@pytest.fixture
def auditor(app, side):
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = str(side.accounts[str(Role.AUDITOR)]), True
    return client


def lists(app):
    for view in app.appbuilder.baseviews:
        if isinstance(view, OfficeModelView) and "can_list" in view.base_permissions:
            yield view


def test_a_longer_page_asks_no_more(app, auditor, statements):
    worse = []
    for view in lists(app):
        counted = []
        for size in (2, 50):
            with statements() as seen:
                answer = auditor.get(f"{view.route_base}/list/?psize_{type(view).__name__}={size}&lang=en")
            assert answer.status_code == 200
            counted.append(len(seen))
        if counted[1] > counted[0] or counted[1] > MOST_STATEMENTS:
            worse.append(f"{type(view).__name__}: {counted}")
    assert not worse


def test_the_page_of_one_row_asks_little(app, side, auditor, statements):
    for name, model in (("applications", Application), ("children", Child), ("guardians", Person)):
        with statements() as seen:
            assert auditor.get(f"/office/{name}/show/{side.own.rows[model][0]}").status_code == 200
        assert len(seen) < 60, f"{name}: {len(seen)}"


def found(client, question):
    page = client.get(f"/office/applications/list/?q={question}")
    assert page.status_code == 200
    return {int(number) for number in re.findall(r"/applications/show/(\d+)", page.text)}


def test_one_box_finds_by_number_iin_and_name(app, side, auditor):
    with app.app_context():
        row = db.session.get_one(Application, side.own.rows[Application][0])
        number, child_iin, parent_iin, pk = row.number, row.child.iin, row.applicant.iin, row.id
    assert found(auditor, number) == {pk}
    assert found(auditor, child_iin) == {pk}
    assert found(auditor, parent_iin) == {pk}
    assert found(auditor, child_iin[:-1]) == set()
    ours = set(side.own.rows[Application])
    assert pk in found(auditor, "Өзіміздікі") <= ours
    assert found(auditor, "озимиздики") == found(auditor, "ӨЗІМІЗДІКІ") == found(auditor, "Өзіміздікі")
    assert found(auditor, "%") == set()
    assert found(auditor, "%00") == found(auditor, "")


def test_an_iin_never_stands_whole_in_a_list(app, side, auditor):
    with app.app_context():
        numbers = db.session.scalars(select(Child.iin)).all() + db.session.scalars(select(Person.iin)).all()
    for name in ("children", "guardians", "applications"):
        page, file = auditor.get(f"/office/{name}/list/").text, auditor.get(f"/office/{name}/export.csv").text
        assert not [number for number in numbers if number in page or number in file], name
    assert numbers[0] in auditor.get(f"/office/children/show/{side.own.rows[Child][0]}").text


@pytest.fixture
def crowd(app, side):
    """Enough children that reading them all would be the slower way."""
    with app.app_context(), unit_of_work() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in ("person", "child"):
            moment = {"person": "message_language) SELECT {}, 'kk'", "child": "created_at) SELECT {}, now()"}[table]
            columns = "'Көп', 'Бала', '2022-01-01', md5(i::text) || ' бала', lpad((500000000000 + i)::text, 12, '0')"
            session.execute(
                text(
                    f"INSERT INTO {table} (surname, given_name, birth_date, search_key, iin, {moment.format(columns)}"
                    " FROM generate_series(1, 8000) i"
                )
            )
        session.execute(
            text(
                "INSERT INTO application (number, child_id, applicant_id, queue_type, locality_id, birth_year,"
                " languages, group_type, benefit_check, stream, status, submitted_at, interest_confirmed_at,"
                " missed_referrals, filed_by) SELECT 'X' || c.id, c.id, :person, 'general', :place, 2022,"
                " '{kk}', 'regular', 'none',"
                " 'general', 'queued', now(), now(), 0, 'applicant' FROM child c WHERE c.surname = 'Көп'"
            ),
            {"person": side.own.rows[Person][0], "place": side.own.rows[Locality][0]},
        )
        for table in ("person", "child", "application", "guardianship"):
            session.execute(text(f"ANALYZE {table}"))


def explained(condition):
    """The plan of a search; reading whole tables is priced out, as it is by size in a real town."""
    query = select(Application.id).where(condition).order_by(Application.id.desc()).limit(25)
    sql = str(query.compile(db.engine, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    return "\n".join(db.session.scalars(text("EXPLAIN " + sql.replace(":", r"\:"))).all())


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("X4711", "uq_application_number"),
        ("500000004711", "uq_child_iin"),
        ("500000004711", "uq_person_iin"),
        ("Көршінікі", "ix_child_search_key"),
        ("Кө", "ix_child_search_key"),
    ],
)
def test_a_search_uses_its_index(app, crowd, typed, index):
    with app.app_context():
        plan = explained(office_lists.applications(typed))
        db.session.rollback()
    assert index in plan
    assert "Seq Scan on child" not in plan
    assert "Seq Scan on application" not in plan


# Lists that are a few dozen rows and stay so; they may stand in the order an official gave them.
SHORT = {"PriorityCategoryView"}


def test_lists_sort_by_indexed_columns_alone(app):
    from app.views.fab.interface import is_indexed

    for view in lists(app):
        model = view.datamodel.obj
        loose = [column for column in view.order_columns if not is_indexed(model, column)]
        assert not loose, f"{type(view).__name__}: {loose}"
        assert type(view).__name__ in SHORT or is_indexed(model, view.base_order[0]), f"{type(view).__name__}"


def test_the_count_of_a_long_list_stops(app, auditor, monkeypatch):
    from app.views.base import OfficeInterface

    monkeypatch.setattr(OfficeInterface, "count_cap", 5)
    page = auditor.get("/office/applications/list/?lang=en").text
    assert "Rows: 5 or more" in page


def test_a_foreign_language_name_is_found_by_its_beginning(app, clean):
    """Two letters are too few for the trigram index; then only beginnings are compared."""
    with app.app_context(), unit_of_work():
        short = make.child(surname="Ли")
        make.child(surname="Алиев")
        pk = short.id
    with app.app_context():
        assert db.session.scalars(select(Child.id).where(office_lists.by_identity(Child, "Ли"))).all() == [pk]
