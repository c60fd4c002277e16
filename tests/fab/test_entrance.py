"""Who gets in: staff alone, slowed guessing (defect D), nobody locked out for long; and the browser's rules."""

from __future__ import annotations

import re

import pytest
from flask_appbuilder.exceptions import PasswordComplexityValidationError

from app.security.limits import storage_uri
from app.security.passwords import check_password
from tests.fab.toy import PASSWORD

LOGIN = "/office/login/"
REST_LOGIN = "/api/v1/security/login"
WRONG = "wrong password"


def attempt(client, username="keeper1", password=WRONG, address="198.51.100.1"):
    return client.post(LOGIN, data={"username": username, "password": password}, environ_base={"REMOTE_ADDR": address})


def rest_attempt(client, password=WRONG, address="198.51.100.1"):
    body = {"username": "keeper1", "password": password, "provider": "db"}
    return client.post(REST_LOGIN, json=body, environ_base={"REMOTE_ADDR": address})


@pytest.fixture
def guarded(toy_with_limits):
    """Limits in force, CSRF tokens not demanded."""
    toy_with_limits.config["WTF_CSRF_ENABLED"] = False
    return toy_with_limits


def test_everything_lies_under_office_but_the_rest_interface(toy):
    for rule in toy.url_map.iter_rules():
        assert rule.rule.startswith(("/office/", "/api/v1/", "/static/", "/public")), rule.rule


def test_login_leads_to_the_office_and_logout_out_of_it(as_user):
    client = as_user("keeper1")
    assert client.get("/office/").status_code == 200
    assert client.get("/office/logout/").status_code == 405
    assert client.post("/office/logout/").location == LOGIN
    assert client.get("/office/").location == LOGIN
    assert client.get("/office/roomview/list/").status_code == 302


def test_parent_is_not_let_in_and_a_parents_session_is_worth_nothing(toy):
    client = toy.test_client()
    assert attempt(client, "parent1", PASSWORD).status_code == 403
    with toy.app_context():
        parent = toy.extensions["appbuilder"].sm.find_user("parent1").id
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = str(parent), True
    assert client.get("/office/").status_code == 403
    assert client.get("/office/roomview/list/").status_code == 403
    assert client.get("/public").status_code == 200


def test_rest_login_is_for_staff(toy, token_of):
    body = {"username": "parent1", "password": PASSWORD, "provider": "db"}
    assert toy.test_client().post(REST_LOGIN, json=body).status_code == 403
    assert token_of("keeper1")


def test_anonymous_callers_have_nothing_and_the_answer_is_not_remembered(toy, token_of):
    client = toy.test_client()
    assert client.get("/api/v1/room/").status_code == 401
    assert client.get("/api/v1/room/", headers=token_of("keeper1")).status_code == 200
    with toy.test_request_context("/office/"):
        sm = toy.extensions["appbuilder"].sm
        assert sm.has_access("can_list", "RoomView") is False
        assert sm.is_item_public("can_list", "RoomView") is False


def test_guessing_on_the_page_is_stopped(guarded):
    client = guarded.test_client()
    answers = [attempt(client).status_code for _ in range(10)]
    assert answers == [401] * 8 + [429] * 2
    assert attempt(client, password=PASSWORD).status_code == 429


def test_guessing_through_rest_is_stopped(guarded):
    client = guarded.test_client()
    answers = [rest_attempt(client) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [401] * 8 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 300


def test_unknown_names_are_counted_like_known_ones(guarded):
    client = guarded.test_client()
    assert [attempt(client, "nobody").status_code for _ in range(9)] == [401] * 8 + [429]


def test_one_address_cannot_try_all_accounts(guarded):
    client = guarded.test_client()
    answers = [attempt(client, f"nobody{number}").status_code for number in range(31)]
    assert answers == [401] * 30 + [429]


def test_an_attacker_cannot_lock_the_owner_out(guarded):
    """The owner's own browser has its own count, however many strangers fail from wherever."""
    owner = guarded.test_client()
    assert attempt(owner, password=PASSWORD, address="192.0.2.7").status_code == 302
    owner.post("/office/logout/")
    stranger = guarded.test_client()
    for number in range(12):
        attempt(stranger, address=f"198.51.100.{number}")
    assert attempt(stranger, password=PASSWORD, address="203.0.113.9").status_code == 429
    assert attempt(owner, password=PASSWORD, address="192.0.2.7").status_code == 302


def test_a_device_mark_of_another_account_or_a_forged_one_helps_nobody(guarded):
    stranger = guarded.test_client()
    assert attempt(stranger, "keeper2", PASSWORD).status_code == 302
    stranger.post("/office/logout/")
    assert [attempt(stranger).status_code for _ in range(9)] == [401] * 8 + [429]
    forger = guarded.test_client()
    forger.set_cookie("kezek_device", "WyJhIiwiYiJd.forged")
    assert attempt(forger).status_code == 429


def test_the_wait_ends_by_itself(guarded):
    from app.security import login_guard

    assert (
        max(
            window.get_expiry()
            for window in (login_guard.ACCOUNT_WINDOW, login_guard.DEVICE_WINDOW, login_guard.ADDRESS_WINDOW)
        )
        <= 600
    )


def test_counting_goes_on_while_the_broker_is_away(toy_database, toy):
    from tests.fab.toy import make_toy

    app = make_toy(toy_database, "unix:///nonexistent/broker.sock?db=0", KEZEK_RATE_LIMITS=True)
    client = app.test_client()
    answers = [attempt(client, "lonely", address="192.0.2.99").status_code for _ in range(9)]
    assert answers == [401] * 8 + [429]
    assert attempt(client, "keeper1", PASSWORD, "192.0.2.98").status_code == 302


def test_login_returns_only_to_our_own_pages(toy):
    client = toy.test_client()
    data = {"username": "keeper1", "password": PASSWORD}
    assert client.post(f"{LOGIN}?next=https://elsewhere.example/", data=data).location == "/office/"
    client.post("/office/logout/")
    assert client.post(f"{LOGIN}?next=/office/roomview/list/", data=data).location == "/office/roomview/list/"


def test_language_switch_keeps_the_page(toy):
    client = toy.test_client()
    assert client.get("/office/lang/ru?next=/office/login/").location == LOGIN
    assert client.get("/office/lang/ru?next=//elsewhere.example").location == "/office/"
    assert client.get("/office/lang/xx").status_code == 404


def test_forms_without_a_token_are_refused(toy_with_limits):
    toy_with_limits.config["WTF_CSRF_ENABLED"] = True
    client = toy_with_limits.test_client()
    assert client.post("/office/logout/").status_code == 400
    assert client.post("/office/roomview/action/open/1").status_code == 400
    body = {"username": "keeper1", "password": PASSWORD, "provider": "db"}
    assert client.post(REST_LOGIN, json=body).status_code == 200


PAGES = [
    "/office/login/",
    "/office/",
    "/office/roomview/list/",
    "/office/roomview/show/1",
    "/office/roomview/edit/1",
    "/office/roomview/add",
    "/office/housewithroomsview/show/1",
    "/office/users/list/",
    "/office/users/add",
    "/office/users/userinfo/",
    "/office/roles/list/",
    "/office/roles/show/1",
    "/office/resetmypassword/form",
]


def page_of(as_user, toy, path):
    answer = (toy.test_client() if path == LOGIN else as_user("chief")).get(path)
    assert answer.status_code == 200, path
    return answer


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_no_other_host_and_hold_no_inline_script_or_style(as_user, toy, path):
    text = page_of(as_user, toy, path).text
    assert re.search(r'<html lang="(en|kk|ru)">', text)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', text)
    assert not re.findall(r"<script(?![^>]*\bsrc=)", text)
    assert not re.findall(r'\s(?:style|on\w+)="', text)


@pytest.mark.parametrize("path", ["/office/login/", "/public"])
def test_headers(toy, path):
    first, second = (toy.test_client().get(path) for _ in range(2))
    policy = first.headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'self'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", rules["script-src"])
    assert ("unsafe-inline" in rules["style-src"]) == path.startswith("/office/")
    assert policy != second.headers["Content-Security-Policy"]
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert {"Referrer-Policy", "Permissions-Policy"} <= set(first.headers.keys())


def test_scripts_carry_the_nonce_of_their_own_answer(toy):
    answer = toy.test_client().get(LOGIN)
    nonce = re.search(r"nonce-([\w-]+)", answer.headers["Content-Security-Policy"])[1]
    assert set(re.findall(r'nonce="([\w-]+)"', answer.text)) == {nonce}


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "x" * 201])
def test_weak_passwords(toy, password):
    with toy.test_request_context(), pytest.raises(PasswordComplexityValidationError):
        check_password(password)


def test_a_good_password_passes():
    check_password("four plain words here")


def test_storage_addresses():
    assert storage_uri("unix:///run/broker.sock?db=1") == "redis+unix:///run/broker.sock?db=1"
    assert storage_uri("redis://broker:6379/0") == "redis://broker:6379/0"
    assert storage_uri("") == "memory://"
