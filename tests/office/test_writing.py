"""Generated forms: what they refuse, what they leave in the record, what they never hold."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Account, BenefitCategory, Event, HolidayOverride, KindergartenGroup, Person
from app.models.enums import Role

GROUP = {
    "name": "Жұлдыз",
    "age_group": "senior",
    "birth_years": "2022, 2021",
    "language": "ru",
    "group_type": "regular",
    "capacity": "24",
}
# What only an act may change.
LIFECYCLE = {"status", "enrolled", "held", "published", "free", "benefit_check", "use_by", "sign_by"}


@pytest.fixture
def last_event(app):
    def read():
        with app.app_context():
            row = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
            return row.act, row.subject, json.loads(row.before), json.loads(row.after), row.kindergarten_id

    return read


def test_no_form_holds_a_column_of_the_lifecycle(app):
    for view in app.appbuilder.baseviews:
        if hasattr(view, "edit_columns") and view.endpoint != "OfficeAccountView":
            may = set(view.base_permissions)
            if "can_add" in may:
                assert not LIFECYCLE & set(view.add_columns), view.endpoint
            if "can_edit" in may:
                assert not (LIFECYCLE | {"capacity"}) & set(view.edit_columns), view.endpoint


def test_a_new_group_begins_free_and_is_recorded(enter, app, town, last_event):
    answer = enter(Role.HEAD).post("/office/groups/add", data={**GROUP, "kindergarten": town.own_kindergarten})
    assert answer.status_code == 302, answer.text
    with app.app_context():
        row = db.session.scalars(select(KindergartenGroup).where(KindergartenGroup.name == "Жұлдыз")).one()
        assert (row.capacity, row.free, row.enrolled, row.held, row.published) == (24, 24, 0, 0, 0)
        assert row.birth_years == [2021, 2022]
    act, subject, before, after, kindergarten = last_event()
    assert (act, subject, before, after["capacity"], kindergarten) == (
        "added",
        "kindergarten_group",
        {},
        24,
        town.own_kindergarten,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("birth_years", "soon"), ("birth_years", ""), ("capacity", "0"), ("capacity", "900"), ("name", "")],
)
def test_a_group_that_makes_no_sense_is_refused_at_the_field(enter, app, town, field, value):
    form = {**GROUP, "kindergarten": town.own_kindergarten, field: value}
    answer = enter(Role.HEAD).post("/office/groups/add", data=form)
    assert answer.status_code == 200
    assert "has-error" in answer.text
    with app.app_context():
        assert db.session.scalars(select(KindergartenGroup).where(KindergartenGroup.name == "Жұлдыз")).first() is None


def test_a_moved_day_is_recorded_added_changed_and_deleted(enter, app, town, last_event):
    admin = enter(Role.ADMIN)
    form = {"on": "2026-12-20", "is_working": "y", "reason": "Қаулы № 1"}
    assert admin.post("/office/holidays/add", data=form).status_code == 302
    assert last_event()[3]["on"] == "2026-12-20"
    with app.app_context():
        row_id = db.session.scalars(select(HolidayOverride.id)).one()
    changed = {**form, "reason": "Қаулы № 2"}
    assert admin.post(f"/office/holidays/edit/{row_id}", data=changed).status_code == 302
    assert last_event()[:4] == ("changed", "holiday_override", {"reason": "Қаулы № 1"}, {"reason": "Қаулы № 2"})
    assert admin.post(f"/office/holidays/delete/{row_id}").status_code == 302
    assert last_event()[0] == "deleted"


def test_a_persons_data_never_enter_the_record(enter, app, town, last_event):
    form = {"surname": "Жаңатекова", "given_name": "Сәуле", "patronymic": "", "phone": "+77000000099"}
    form |= {"message_language": "ru", "address": "Жаңа көше, 5"}
    answer = enter(Role.SUPPORT).post(f"/office/guardians/edit/{town.own_guardian}", data=form)
    assert answer.status_code == 302, answer.text
    with app.app_context():
        assert db.session.get_one(Person, town.own_guardian).search_key == "жанатекова сауле"
    act, subject, before, after, _ = last_event()
    assert (act, subject) == ("changed", "person")
    assert set(before) == set(after) == {"columns"}
    assert "surname" in after["columns"]


def test_an_iin_is_checked_against_itself_and_the_birth_date(enter, town):
    admin = enter(Role.ADMIN)
    form = {"surname": "Сынақов", "given_name": "Ерлан", "birth_date": "2022-01-02", "sex": "male"}
    wrong = admin.post("/office/children/add?lang=en", data={**form, "iin": "123456789012"})
    assert "The IIN has a mistake" in wrong.text
    none = admin.post("/office/children/add?lang=en", data=form)
    assert none.status_code == 200
    future = admin.post("/office/children/add?lang=en", data={**form, "birth_date": "2999-01-01"})
    assert "This date has not come yet" in future.text


def test_a_category_is_written_in_three_languages(enter, app, town, last_event):
    form = {"code": "FP_new", "name_kk": "Жаңа", "name_ru": "Новая", "name_en": "New", "stream": "first_priority"}
    form |= {"needs_document": "y", "position": "9", "is_active": "y", "document_valid_days": ""}
    assert enter(Role.ADMIN).post("/office/benefit-categories/add", data=form).status_code == 302
    assert last_event()[0] == "added"
    with app.app_context():
        row = db.session.scalars(select(BenefitCategory).where(BenefitCategory.code == "FP_new")).one()
        assert [row.name(language) for language in ("kk", "ru", "en")] == ["Жаңа", "Новая", "New"]
    assert enter(Role.DEPARTMENT).post("/office/benefit-categories/add", data=form).status_code == 403


def test_who_was_given_which_rights_is_recorded_and_said_in_words(enter, app, town, last_event):
    admin = enter(Role.ADMIN)
    form = {"username": "newcomer", "last_name": "Жаңа", "first_name": "Қызметкер", "email": "new@example.kz"}
    form |= {"active": "y", "roles": ["Kindergarten head"], "kindergarten": town.own_kindergarten, "review_queue": ""}
    form |= {"password": "a long enough password", "repeated": "a long enough password"}
    assert admin.post("/office/users/add", data=form).status_code == 302
    act, subject, _, after, _ = last_event()
    assert (act, subject, after["roles"]) == ("added", "ab_user", ["Kindergarten head"])
    assert after["kindergarten_id"] == town.own_kindergarten
    assert "Жаңа" not in str(after)
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.username == "newcomer")).one()
        pk, password = account.id, account.password
        assert [role.name for role in account.roles] == ["Kindergarten head"]
    edited = {name: form[name] for name in form if name not in ("password", "repeated")}
    edited["roles"] = ["Kindergarten methodist", "Auditor"]
    assert admin.post(f"/office/users/edit/{pk}", data=edited).status_code == 302
    assert last_event()[3]["roles"] == ["Auditor", "Kindergarten methodist"]
    assert "Балабақша" in admin.get("/office/users/list/?lang=kk").text
    given = {"password": "another long password", "conf_password": "another long password"}
    assert admin.post(f"/office/resetpassword/form?pk={pk}", data=given).status_code == 302
    assert last_event()[:2] == ("reset_password", "ab_user")
    with app.app_context():
        assert db.session.get_one(Account, pk).password != password


def test_the_audit_log_speaks_the_readers_language(enter, town):
    assert enter(Role.DEPARTMENT).get(f"/office/children/show/{town.own_child}").status_code == 200
    page = enter(Role.AUDITOR).get("/office/events/list/?lang=en").text
    assert "A child&#39;s file was opened" in page
    assert "Department official" in page
    assert "open_file" not in page
