"""Registration, log-in and a forgotten password, with everything that can be typed wrongly."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.models import Account, Delivery, Message, Person, PhoneCode, Registration
from app.models.enums import Role
from tests import factories
from tests.public_a.conftest import PASSWORD, PHONE, code_sent_to, log_in, register, text_of

WRONG_CHECK_DIGIT = "920410400001"


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "Менің өтініштерім"), ("ru", "Мои заявления"), ("en", "My applications")],
)
def test_three_steps_make_an_account_and_log_in(client, session, family, language, words):
    client.get(f"/lang/{language}?next=/register")
    answer = register(client, session, family.parent_iin)
    assert answer.status_code == 302, text_of(answer)
    assert answer.location == "/applications"
    page = client.get("/applications")
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.get_data(as_text=True)
    assert words in text_of(page)
    person = session.scalars(select(Person).where(Person.iin == family.parent_iin)).one()
    account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
    assert [role.name for role in account.roles] == [str(Role.PARENT)]
    assert (person.surname, person.phone, str(person.message_language)) == ("Сынақова", PHONE, language)
    assert person.consent_version
    assert person.consented_at
    assert session.scalar(select(func.count()).select_from(Registration)) == 0


def test_no_iin_in_addresses_cookies_or_account_names(client, session, family):
    client.post("/register", data={"phone": PHONE, "number": family.parent_iin, "consent": "y"})
    cookie = client.get_cookie("session")
    assert cookie is not None
    serializer = client.application.session_interface.get_signing_serializer(client.application)
    held = serializer.loads(cookie.value)
    assert family.parent_iin not in str(held)
    assert PHONE not in str(held)
    register(client, session, family.parent_iin)
    account = session.scalars(select(Account).where(Account.person_id.is_not(None))).one()
    assert family.parent_iin not in account.username + (account.email or "")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("phone", "", "Бұл өрісті толтырыңыз."),
        ("phone", "+7 916 123 45 67", "Нөмірді +7 7XX XXX XX XX түрінде енгізіңіз."),
        ("phone", "12", "Нөмірді +7 7XX XXX XX XX түрінде енгізіңіз."),
        ("number", WRONG_CHECK_DIGIT, "бақылау цифры сәйкес емес"),
        ("number", "92041040000", "ЖСН 12 цифрдан тұрады."),
        ("consent", "", "Бұл өрісті толтырыңыз."),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(client, session, family, field, value, sentence):
    client.get("/lang/kk")
    typed = {"phone": PHONE, "number": family.parent_iin, "consent": "y", field: value}
    answer = client.post("/register", data={key: text for key, text in typed.items() if text})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)
    other = "phone" if field != "phone" else "number"
    assert f'value="{typed[other]}"' in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(PhoneCode)) == 0


def test_the_code_is_stored_as_a_digest_and_sent_once_within_ninety_seconds(client, session, family):
    form = {"phone": PHONE, "number": family.parent_iin, "consent": "y"}
    client.post("/register", data=form)
    client.post("/register", data=form)
    code = code_sent_to(session, PHONE)
    rows = session.scalars(select(PhoneCode)).all()
    assert len(rows) == 1
    assert code not in rows[0].code_hash
    again = client.post("/register/code", data={"again": "y"})
    assert again.status_code == 422
    assert session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_after_ninety_seconds_a_new_code_replaces_the_old_one(client, session, family, monkeypatch):
    client.post("/register", data={"phone": PHONE, "number": family.parent_iin, "consent": "y"})
    first = code_sent_to(session, PHONE)
    later = clock.now() + dt.timedelta(seconds=91)
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert client.post("/register/code", data={"again": "y"}).status_code == 302
    second = code_sent_to(session, PHONE)
    if first != second:
        assert client.post("/register/code", data={"code": first}).status_code == 422
    assert client.post("/register/code", data={"code": second}).location == "/register/account"


def test_five_wrong_codes_use_a_code_up(client, session, family):
    client.get("/lang/ru")
    client.post("/register", data={"phone": PHONE, "number": family.parent_iin, "consent": "y"})
    code = code_sent_to(session, PHONE)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    answers = [text_of(client.post("/register/code", data={"code": wrong})) for _ in range(5)]
    assert "Осталось попыток: 4" in answers[0]
    assert "Осталось попыток: 0" in answers[4]
    late = client.post("/register/code", data={"code": code})
    assert late.status_code == 422
    assert "Срок действия кода истёк" in text_of(late)


def test_a_code_is_over_after_five_minutes(client, session, family, monkeypatch):
    client.get("/lang/en")
    client.post("/register", data={"phone": PHONE, "number": family.parent_iin, "consent": "y"})
    code = code_sent_to(session, PHONE)
    later = clock.now() + dt.timedelta(minutes=5)
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert "The code has expired" in text_of(client.post("/register/code", data={"code": code}))


def test_a_sixth_code_within_an_hour_is_refused(client, session, family, monkeypatch):
    started = clock.now()
    for number in range(6):
        monkeypatch.setattr(clock, "_source", lambda n=number: started + dt.timedelta(seconds=100 * n))
        answer = client.post("/register", data={"phone": PHONE, "number": family.parent_iin, "consent": "y"})
        assert answer.status_code == (302 if number < 5 else 422)
    assert session.scalar(select(func.count()).select_from(Delivery)) == 5


def test_that_an_iin_is_taken_is_told_only_after_the_code(client, session, family, parent):
    client.get("/lang/en")
    before = client.post("/register", data={"phone": "+77000000222", "number": parent.iin, "consent": "y"})
    assert before.location == "/register/code"
    client.post("/register/code", data={"code": code_sent_to(session, "+77000000222")})
    after = client.get("/register/account")
    assert after.status_code == 409
    assert "There is already an account with this IIN" in text_of(after)


def test_an_iin_the_register_does_not_know_makes_no_account(client, session):
    unknown = factories.iin(dt.date(1988, 1, 1))
    client.get("/lang/ru")
    client.post("/register", data={"phone": PHONE, "number": unknown, "consent": "y"})
    client.post("/register/code", data={"code": code_sent_to(session, PHONE)})
    answer = client.post("/register/account", data={"password": PASSWORD, "repeated": PASSWORD})
    assert "ИИН не найден в реестре" in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize(
    ("password", "repeated", "sentence"),
    [
        ("short 7", "short 7", "The password must have 8–40 characters."),
        ("a very long phrase that nobody could remember", None, "The password must have 8–40 characters."),
        ("aaaaaaaaaa", None, "This password is easy to guess."),
        ("my qwerty word", None, "This password is easy to guess."),
        (PASSWORD, "tulip garden 8", "The passwords differ."),
    ],
)
def test_a_weak_password_is_refused_at_its_field(client, session, family, password, repeated, sentence):
    client.get("/lang/en")
    client.post("/register", data={"phone": PHONE, "number": family.parent_iin, "consent": "y"})
    client.post("/register/code", data={"code": code_sent_to(session, PHONE)})
    answer = client.post("/register/account", data={"password": password, "repeated": repeated or password})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_a_second_press_of_the_last_step_makes_no_second_account(client, session, family):
    register(client, session, family.parent_iin)
    again = client.post("/register/account", data={"password": PASSWORD, "repeated": PASSWORD})
    assert again.status_code == 302
    assert session.scalar(select(func.count()).select_from(Account)) == 1


def test_steps_cannot_be_skipped(client):
    assert client.get("/register/code").location == "/register"
    assert client.get("/register/account").location == "/register"
    assert client.get("/forgotten/password").location == "/forgotten"


@pytest.mark.parametrize("name", ["iin", "phone", "spaced phone"])
def test_log_in_by_iin_or_phone(client, parent, name):
    given = {"iin": parent.iin, "phone": parent.phone, "spaced phone": "8 (700) 000-01-01"}[name]
    assert log_in(client, given).location == "/applications"
    assert client.get("/applications").status_code == 200


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(client, parent):
    client.get("/lang/en")
    known = log_in(client, parent.iin, "not the password")
    unknown = log_in(client, factories.iin(dt.date(1985, 5, 5)), "not the password")
    assert known.status_code == unknown.status_code == 401
    assert text_of(known).replace(parent.iin, "") == text_of(unknown)
    assert "Wrong data or password" in text_of(known)


def test_composed_and_combining_letters_are_one_password(client, session, family):
    register(client, session, family.parent_iin, password="Йогурт ёлка 7")
    client.post("/logout")
    assert log_in(client, family.parent_iin, "И\u0306огурт е\u0308лка 7").status_code == 302


def test_too_many_failures_close_the_door_for_a_while(app, client, parent, monkeypatch):
    monkeypatch.setattr(app.extensions["kezek.office"].sm.limiter, "enabled", True)
    client.get("/lang/en")
    answers = [log_in(client, name, "wrong") for name in [parent.iin] * 5 + [parent.phone] * 4]
    assert answers[7].status_code == 401
    assert answers[8].status_code == 429
    assert "Log-in opens at" in text_of(answers[8])


def test_too_many_registrations_from_one_address_are_refused(app, client, session, family, monkeypatch):
    monkeypatch.setattr(app.extensions["kezek.office"].sm.limiter, "enabled", True)
    codes = [
        client.post("/register", data={"phone": f"+7700000{n:04d}", "number": family.parent_iin, "consent": "y"})
        for n in range(11)
    ]
    assert [answer.status_code for answer in codes] == [302] * 10 + [422]


def test_logging_in_returns_to_the_page_that_was_asked_for_and_nowhere_else(client, parent):
    assert client.get("/children").location == "/login?next=/children"
    client.get("/login?next=/children")
    assert log_in(client, parent.iin).location == "/children"
    client.post("/logout")
    for evil in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        client.get("/login", query_string={"next": evil})
        assert log_in(client, parent.iin).location == "/applications"
        client.post("/logout")


def test_log_out_takes_a_post_and_ends_the_session(client, parent):
    log_in(client, parent.iin)
    assert client.get("/logout").status_code == 405
    client.post("/logout")
    assert client.get("/applications").location.startswith("/login")


def test_the_session_outlives_the_browser_for_thirty_days(client, parent):
    answer = log_in(client, parent.iin)
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("session="))
    assert "Expires=" in cookie
    assert "HttpOnly" in cookie


def test_a_forgotten_password_is_replaced_and_older_sessions_end(app, client, session, parent):
    older = app.test_client()
    log_in(older, parent.iin)
    client.post("/forgotten", data={"phone": PHONE, "number": parent.iin, "consent": "y"})
    client.post("/forgotten/code", data={"code": code_sent_to(session, PHONE)})
    new = "meadow lantern 9"
    assert client.post("/forgotten/password", data={"password": new, "repeated": new}).location == "/applications"
    assert older.get("/applications").location.startswith("/login")
    client.post("/logout")
    assert log_in(client, parent.iin).status_code == 401
    assert log_in(client, parent.iin, new).status_code == 302
    assert session.scalar(select(func.count()).select_from(Message).where(Message.template == "A2")) == 1


def test_asking_for_a_forgotten_password_tells_nobody_whether_there_is_an_account(client, session, parent):
    client.get("/lang/en")
    pages = []
    for phone in (PHONE, "+77000000999"):
        client.post("/forgotten", data={"phone": phone, "number": parent.iin, "consent": "y"})
        wrong = client.post("/forgotten/code", data={"code": "abcdef"})
        pages.append(text_of(wrong).replace(phone, "").split("Demonstration:")[0])
    assert pages[0][:400] == pages[1][:400]
    assert session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_characters_no_database_holds_are_no_failure(client, parent, place):
    assert log_in(client, "\0" + parent.iin).status_code == 302
    typed = {"address": "Абай\0 к-сі,\u200b 5", "message_language": "kk"}
    assert client.post("/profile", data=typed).status_code == 302
    assert 'value="Абай к-сі, 5"' in client.get("/profile").get_data(as_text=True)
    assert client.get("/locality?q=%00%00кент").status_code == 200
    assert client.post("/children/add", data={"iin": "\0" * 12, "kind": "parent"}).status_code == 422


def test_an_account_that_was_switched_off_stays_out(client, session, parent):
    session.scalars(select(Account).where(Account.person_id == parent.id)).one().active = False
    session.commit()
    assert log_in(client, parent.iin).status_code == 401


def test_forms_ask_for_their_token(app, family, client):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert client.post("/register", data={"phone": PHONE, "number": family.parent_iin}).status_code == 400
        assert client.post("/logout").status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_pages_without_login_answer(client: Any, place: Any) -> None:
    for path in ("/", "/register", "/login", "/forgotten", "/locality", "/apply"):
        assert client.get(path).status_code == 200, path
