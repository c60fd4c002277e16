"""My applications: the list, the card in every state, and what a parent may do with it."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.models import Application, Document, Event
from app.models.enums import ApplicationStatus, ArchiveReason, Role, Stream
from app.services import applications as acts
from app.services import claims
from tests import factories
from tests.public_a.conftest import BORN, log_in, text_of
from tests.samples import pdf


@pytest.fixture
def mine(client: Any, session: Any, parent: Any, place: Any) -> Application:
    """The logged-in parent's application, in English."""
    row = factories.application(place, parent, clock.now())
    session.commit()
    client.get("/lang/en")
    log_in(client, parent.iin)
    return row


def status(session: Any, row: Application) -> ApplicationStatus:
    session.rollback()
    return session.get(Application, row.id).status


def test_the_list_shows_number_child_and_status(client, mine):
    page = text_of(client.get("/applications"))
    for words in (f"Application number {mine.number}", "Сынақова Інжу", "In the queue"):
        assert words in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ("Кезекте", "Ағымдағы", "Кезектегі нөміріңіз 1")),
        ("ru", ("В очереди", "Текущий", "Ваш номер в очереди")),
        ("en", ("In the queue", "Current", "Your number in the queue")),
    ],
)
def test_the_card_says_where_the_application_stands(client, session, parent, place, language, words):
    row = factories.application(place, parent, clock.now())
    session.commit()
    client.get(f"/lang/{language}")
    log_in(client, parent.iin)
    page = text_of(client.get(f"/applications/{row.id}"))
    for wanted in words:
        assert wanted in page


def test_the_number_is_given_for_each_language_and_among_benefits(client, session, parent, place):
    from app.models.enums import Language

    first = factories.application(place, submitted_at=clock.now())
    benefit = factories.benefit(Stream.OUT_OF_TURN, needs_document=False)
    row = factories.application(
        place, parent, clock.now(), languages=(Language.KK, Language.RU), benefit_category_id=benefit.id
    )
    session.commit()
    client.get("/lang/en")
    log_in(client, parent.iin)
    page = text_of(client.get(f"/applications/{row.id}"))
    assert f"Application {first.number}" not in page
    assert page.count("Your number in the queue 1") == 2
    assert page.count("Among those with a benefit: 1.") == 2
    assert "In the queue: 2." in page


def test_every_state_has_a_card(client, session, parent, mine):
    """Whatever happens to an application, its card opens and names the state."""
    group = factories.group(factories.kindergarten(at=mine.locality))
    bulletin = factories.open_bulletin(group, 1, clock.now() - dt.timedelta(days=60))
    actor = factories.parent_actor(parent)
    claim_id = claims.claim(session, actor, bulletin.id, mine.id, clock.now())
    session.commit()
    page = text_of(client.get(f"/applications/{mine.id}"))
    assert "Claim sent" in page
    assert "The place is held for you" in page
    head = factories.staff_actor(Role.HEAD, at=group.kindergarten)
    referral = claims.activate(session, head, claim_id, clock.now())
    session.commit()
    page = text_of(client.get(f"/applications/{mine.id}"))
    assert "Referral issued" in page
    assert "Counted:" in page
    assert "the application goes to the stop-list" in page
    assert f"/referrals/{referral.id}" in client.get(f"/applications/{mine.id}").get_data(as_text=True)
    assert client.get("/applications").status_code == 200


def test_withdrawing_asks_first_and_keeps_the_application_in_the_archive(client, session, mine):
    assert "The place in the queue is lost" in text_of(client.get(f"/applications/{mine.id}/withdraw"))
    assert status(session, mine) is ApplicationStatus.QUEUED
    assert client.post(f"/applications/{mine.id}/withdraw").location == "/applications"
    assert status(session, mine) is ApplicationStatus.ARCHIVED
    link = f'href="/applications/{mine.id}"'
    assert link not in client.get("/applications").get_data(as_text=True)
    assert link in client.get("/applications/archive").get_data(as_text=True)
    card = text_of(client.get(f"/applications/{mine.id}"))
    assert "applicant's decision" in card
    assert "The application was withdrawn" in card


def test_a_second_withdrawal_is_told_that_the_page_was_old(client, session, mine):
    client.post(f"/applications/{mine.id}/withdraw")
    answer = client.post(f"/applications/{mine.id}/withdraw", follow_redirects=True)
    assert "The data changed while the page was open" in text_of(answer)
    assert session.get(Application, mine.id).archive_reason is ArchiveReason.WITHDRAWN


def test_interest_is_confirmed(client, session, mine):
    before = mine.interest_confirmed_at
    answer = client.post(f"/applications/{mine.id}/interest", follow_redirects=True)
    assert "The application stays in the queue" in text_of(answer)
    session.rollback()
    assert session.get(Application, mine.id).interest_confirmed_at > before


def test_a_further_document_of_a_benefit_is_attached_while_it_is_checked(client, session, parent, place):
    benefit = factories.benefit()
    row = factories.application(place, parent, clock.now(), benefit_category_id=benefit.id)
    session.commit()
    client.get("/lang/ru")
    log_in(client, parent.iin)
    path = f"/applications/{row.id}/papers"
    missing = client.post(path, data={})
    assert missing.status_code == 422
    assert "Сначала приложите документ" in text_of(missing)
    future = client.post(path, data={"paper": (io.BytesIO(pdf()), "a.pdf"), "issued_on": "2093-01-01"})
    assert future.status_code == 422
    good = client.post(path, data={"paper": (io.BytesIO(pdf()), "a.pdf"), "issued_on": "2026-01-10"})
    assert good.status_code == 302
    session.rollback()
    assert session.scalars(select(Document.file_name)).all() == ["a.pdf"]


def test_a_neighbours_application_is_not_there(client, session, mine):
    other = factories.application(mine.locality, submitted_at=clock.now())
    session.commit()
    for path in ("", "/accepted", "/withdraw"):
        assert client.get(f"/applications/{other.id}{path}").status_code == 404, path
    for path in ("/withdraw", "/interest", "/papers"):
        assert client.post(f"/applications/{other.id}{path}").status_code == 404, path
    assert status(session, other) is ApplicationStatus.QUEUED


def test_both_guardians_see_the_application(app, session, parent, mine):
    from app.models import Guardianship

    father = factories.person(iin=factories.iin(BORN))
    factories.account(Role.PARENT, father, "meadow lantern 9")
    factories.make(Guardianship, child_id=mine.child_id, person_id=father.id, created_at=clock.now())
    session.commit()
    other = app.test_client()
    log_in(other, father.iin, "meadow lantern 9")
    assert other.get(f"/applications/{mine.id}").status_code == 200


def test_the_history_names_roles_and_no_people(client, session, mine, place):
    department = factories.account(Role.DEPARTMENT, locality_id=place.id)
    session.commit()
    actor = factories.staff_actor(Role.DEPARTMENT, over=place, user_id=department.id)
    benefit = factories.benefit()
    mine.status = ApplicationStatus.DOCS_REVIEW
    mine.benefit_category_id, mine.benefit_check = benefit.id, "pending"
    session.flush()
    acts.refuse_documents(session, actor, mine.id, "the stamp is missing", clock.now())
    session.commit()
    page = text_of(client.get(f"/applications/{mine.id}"))
    assert "Department official" in page
    assert "the stamp is missing" in page
    assert department.last_name not in page
    assert session.scalars(select(Event.actor_user_id).where(Event.act == "refuse_documents")).one() == department.id


def test_a_deadline_puts_an_application_on_top(client, session, parent, mine):
    group = factories.group(factories.kindergarten(at=mine.locality))
    bulletin = factories.open_bulletin(group, 1, clock.now() - dt.timedelta(days=60))
    claim_id = claims.claim(session, factories.parent_actor(parent), bulletin.id, mine.id, clock.now())
    claims.activate(session, factories.staff_actor(Role.HEAD, at=group.kindergarten), claim_id, clock.now())
    later = factories.application(mine.locality, parent, clock.now())
    session.commit()
    page = client.get("/applications").get_data(as_text=True)
    assert page.index(f"/applications/{mine.id}") < page.index(f"/applications/{later.id}")


def test_the_front_page_shows_the_place_that_was_chosen(client, session, place):
    client.get("/lang/ru")
    assert client.post("/locality?next=/", data={"locality_id": str(place.id)}).location == "/"
    page = client.get("/").get_data(as_text=True)
    assert "Очередь: г. Кентау" in page
    assert 'action="/check"' in page


def test_profile_keeps_what_is_right_and_shows_what_is_wrong(client, session, parent):
    client.get("/lang/ru")
    log_in(client, parent.iin)
    wrong = client.post("/profile", data={"address": "Абай, 5", "email": "no mail", "message_language": "ru"})
    assert wrong.status_code == 422
    assert "Проверьте адрес e-mail" in text_of(wrong)
    assert 'value="Абай, 5"' in wrong.get_data(as_text=True)
    right = {"address": "Абай, 5", "email": "a@example.kz", "message_language": "ru", "other_phone": "87000000333"}
    assert client.post("/profile", data=right).status_code == 302
    session.refresh(parent)
    assert (parent.address, parent.email, parent.other_phone) == ("Абай, 5", "a@example.kz", "+77000000333")


def test_the_password_is_changed_for_the_present_one(client, session, parent):
    client.get("/lang/en")
    log_in(client, parent.iin)
    new = "meadow lantern 9"
    wrong = client.post("/profile/password", data={"old": "guess", "password": new, "repeated": new})
    assert wrong.status_code == 422
    right = client.post("/profile/password", data={"old": "tulip garden 7", "password": new, "repeated": new})
    assert right.location == "/profile"
    assert client.get("/profile").status_code == 200


def test_every_move_of_an_application_has_words_in_the_history():
    from app.rules.lifecycle import MOVES, Subject
    from app.views.public.way import _DONE

    places = {Subject.BULLETIN, *(subject for subject in Subject if subject == "group")}
    moves = {move.verb for move in MOVES if move.subject not in places}
    assert moves <= _DONE.keys()
