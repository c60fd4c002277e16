"""The guided application from its first page to the number in the queue."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.models import Application, ApplicationDraft, Child, Document, Guardianship, Person
from app.models.enums import ApplicationStatus, BenefitCheck, DocumentKind, Stream
from tests import factories
from tests.public_a.conftest import PASSWORD, log_in, register, speak, text_of
from tests.samples import pdf, picture

APPLICANT = {"address": "Абай к-сі, 2", "message_language": "kk"}
WISH = {"queue_type": "general", "group_type": "regular", "languages": ["kk", "ru"], "benefit": "0"}


def file(content: bytes, name: str = "paper.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


@pytest.fixture
def ready(client: Any, session: Any, family: Any, place: Any) -> Any:
    """A parent with a child, who has come to the fifth step."""
    client.get("/lang/en")
    register(client, session, family.parent_iin)
    client.post("/children/add", data={"iin": family.child_iin, "kind": "parent", "save": "y"})
    client.post("/apply", data={"policy": "y", "use_of_data": "y"})
    client.post("/apply/applicant", data=APPLICANT)
    client.post("/apply/child", data={"child": str(child_id(session))})
    client.post("/apply/place", data={"locality_id": str(place.id)})
    return client


def child_id(session: Any) -> int:
    session.rollback()
    return int(session.scalar(select(Child.id).order_by(Child.id)) or 0)


def draft(session: Any) -> dict[str, Any]:
    session.rollback()
    return dict(session.scalar(select(ApplicationDraft.answers)) or {})


def applications(session: Any) -> list[Application]:
    session.rollback()
    return list(session.scalars(select(Application).order_by(Application.id)).unique())


@pytest.mark.parametrize(
    ("language", "number_words"),
    [("kk", "Кезектегі нөміріңіз 1"), ("ru", "Ваш номер в очереди 1"), ("en", "Your number in the queue 1")],
)
def test_the_whole_way_from_a_stranger_to_a_number(client, session, family, place, language, number_words):
    client.get(f"/lang/{language}")
    assert client.get("/apply").status_code == 200
    assert client.post("/apply", data={"policy": "y", "use_of_data": "y"}).location == "/apply/entrance"
    client.get("/register?next=/apply/applicant")
    assert register(client, session, family.parent_iin).location == "/apply/applicant"
    assert client.get("/apply/applicant").status_code == 200
    assert client.post("/apply/applicant", data=APPLICANT).location == "/apply/child"
    added = client.post(
        "/children/add?next=/apply/child", data={"iin": family.child_iin, "kind": "parent", "save": "y"}
    )
    assert added.location == "/apply/child"
    assert client.post("/apply/child", data={"child": str(child_id(session))}).location == "/apply/wish"
    assert client.get("/apply/wish").location == "/apply/place"
    assert client.get("/apply/place").status_code == 200
    assert client.post("/apply/place", data={"locality_id": str(place.id)}).location == "/apply/wish"
    assert client.get("/apply/wish").status_code == 200
    assert client.post("/apply/wish", data=WISH).location == "/apply/check"
    assert client.get("/apply/check").status_code == 200
    sent = client.post("/apply/send", data={"child_id": str(child_id(session))})
    (application,) = applications(session)
    assert sent.location == f"/applications/{application.id}/accepted"
    page = text_of(client.get(sent.location))
    assert application.number in page
    assert number_words in page
    assert application.status is ApplicationStatus.QUEUED
    assert application.languages == ["kk", "ru"]
    assert draft(session) == {}


def test_both_consents_are_needed(client):
    client.get("/lang/ru")
    answer = client.post("/apply", data={"policy": "y"})
    assert answer.status_code == 422
    assert "Заполните это поле" in text_of(answer)
    assert "checked" in answer.get_data(as_text=True)


def test_steps_that_come_too_early_lead_to_the_first_open_one(client, session, parent, place):
    assert client.get("/apply/applicant").location.startswith("/login")
    log_in(client, parent.iin)
    assert client.get("/apply/applicant").location == "/apply"
    assert client.get("/apply/wish").location == "/apply/child"
    assert client.get("/apply/check").location == "/apply/child"
    session.get(Person, parent.id).address = None
    session.commit()
    assert client.get("/apply/child").location == "/apply/applicant"


def test_the_draft_goes_on_on_another_device(app, ready, session, family):
    ready.post("/apply/wish", data={**WISH, "languages": ["ru"]})
    other = app.test_client()
    other.get("/lang/en")
    log_in(other, family.parent_iin)
    assert "You have a draft that is not sent yet" in text_of(other.get("/applications"))
    page = text_of(other.get("/apply/check"))
    assert "Russian" in page
    assert "Kazakh" not in page.split("Language of instruction")[1].split("Benefit")[0]


def test_going_back_loses_nothing(ready, session):
    ready.post("/apply/wish", data={**WISH, "languages": ["ru"]})
    page = ready.get("/apply/wish").get_data(as_text=True)
    assert 'value="ru" checked' in page
    assert 'value="kk" checked' not in page
    assert draft(session)["child_id"] == child_id(session)


def test_a_second_press_and_a_stale_tab_find_the_same_application(ready, session):
    ready.post("/apply/wish", data=WISH)
    first = ready.post("/apply/send", data={"child_id": str(child_id(session))})
    second = ready.post("/apply/send", data={"child_id": str(child_id(session))})
    assert first.location == second.location
    assert len(applications(session)) == 1


def test_the_other_guardian_is_led_to_the_application_that_stands(app, ready, session, family, place):
    ready.post("/apply/wish", data=WISH)
    first = ready.post("/apply/send", data={"child_id": str(child_id(session))})
    father = app.test_client()
    father.get("/lang/ru")
    register(father, session, family.other_parent_iin, phone="+77000000102")
    father.post("/children/add", data={"iin": family.child_iin, "kind": "parent", "save": "y"})
    father.post("/apply", data={"policy": "y", "use_of_data": "y"})
    father.post("/apply/applicant", data=APPLICANT)
    father.post("/apply/child", data={"child": str(child_id(session))})
    father.post("/apply/place", data={"locality_id": str(place.id)})
    father.post("/apply/wish", data=WISH)
    again = father.post("/apply/send", data={"child_id": str(child_id(session))})
    assert again.location == first.location
    assert len(applications(session)) == 1
    assert father.get(again.location).status_code == 200


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"languages": []}, "Choose at least one language of instruction."),
        ({"queue_type": ""}, "Choose one."),
        ({"group_type": "special"}, "The kind of group does not match."),
        ({"queue_type": "special", "group_type": "special"}, "Attach the document first"),
        ({"issued_on": "2093-01-01"}, "This date has not come yet."),
    ],
)
def test_a_wrong_wish_is_refused_at_its_field_and_the_rest_is_kept(ready, session, changed, sentence):
    answer = ready.post("/apply/wish", data={**WISH, **changed})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert draft(session)["languages"] == changed.get("languages", WISH["languages"])


def test_a_benefit_needs_its_document_and_waits_for_the_check(ready, session):
    category = factories.benefit(Stream.FIRST_PRIORITY, document_valid_days=30)
    session.commit()
    wish = {**WISH, "benefit": str(category.id)}
    without = ready.post("/apply/wish", data=wish)
    assert without.status_code == 422
    assert "Attach the document first" in text_of(without)
    today = clock.today()
    given = {**wish, "issued_on": today.isoformat(), "benefit_file": file(pdf())}
    assert ready.post("/apply/wish", data=given).location == "/apply/check"
    sent = ready.post("/apply/send", data={"child_id": str(child_id(session))})
    (application,) = applications(session)
    assert application.status is ApplicationStatus.DOCS_REVIEW
    assert application.benefit_check is BenefitCheck.PENDING
    paper = session.scalars(select(Document)).one()
    assert (paper.kind, paper.issued_on, paper.file_name) == (DocumentKind.BENEFIT_PROOF, today, "paper.pdf")
    assert "The documents are being checked" in text_of(ready.get(sent.location))


def test_a_document_that_grows_old_needs_its_date(ready, session):
    category = factories.benefit(Stream.FIRST_PRIORITY, document_valid_days=30)
    session.commit()
    answer = ready.post("/apply/wish", data={**WISH, "benefit": str(category.id), "benefit_file": file(pdf())})
    assert answer.status_code == 422
    assert "Fill in this field." in text_of(answer)
    assert ready.get("/apply/check").location == "/apply/wish"


def test_an_outdated_document_is_refused(ready, session):
    category = factories.benefit(Stream.FIRST_PRIORITY, document_valid_days=30)
    session.commit()
    long_ago = clock.today() - dt.timedelta(days=31)
    given = {**WISH, "benefit": str(category.id), "issued_on": long_ago.isoformat(), "benefit_file": file(pdf())}
    answer = ready.post("/apply/wish", data=given)
    assert answer.status_code == 422
    assert "The document is out of date" in text_of(answer)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "empty.pdf", "Файл бос."),
        (b"MZ" + b"\0" * 400, "lie.pdf", "Бұл файл түрі қабылданбайды."),
        (pdf()[:-40], "cut.pdf", "Файл ашылмайды"),
        (picture()[:200], "cut.jpg", "Файл ашылмайды"),
        (b"%PDF-1.4" + b"0" * (5 * 1024 * 1024), "big.pdf", "Файл тым үлкен"),
    ],
)
def test_a_bad_file_is_refused_and_the_answers_stay(ready, session, content, name, sentence):
    category = factories.benefit()
    session.commit()
    speak(ready, "kk")
    given = {**WISH, "benefit": str(category.id), "benefit_file": file(content, name)}
    answer = ready.post("/apply/wish", data=given)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    kept = draft(session)
    assert kept["benefit_category_id"] == category.id
    assert "benefit_paper" not in kept


def test_a_good_file_is_kept_though_another_field_is_wrong(ready, session):
    category = factories.benefit()
    session.commit()
    given = {**WISH, "languages": [], "benefit": str(category.id), "benefit_file": file(picture(), "photo.jpg")}
    answer = ready.post("/apply/wish", data=given)
    assert answer.status_code == 422
    assert "File kept: photo.jpg" in text_of(answer)
    assert ready.post("/apply/wish", data={**WISH, "benefit": str(category.id)}).location == "/apply/check"


def test_a_special_queue_takes_its_conclusion_along(ready, session):
    wish = {**WISH, "queue_type": "special", "group_type": "special", "correction_type": "speech"}
    incomplete = ready.post("/apply/wish", data={**wish, "conclusion_file": file(pdf())})
    assert incomplete.status_code == 422
    assert "The conclusion has no number, issuer or date." in text_of(incomplete)
    wish |= {"conclusion_number": "114", "conclusion_issuer": "PMPK", "conclusion_issued_on": f"{clock.today()}"}
    assert ready.post("/apply/wish", data={**wish, "conclusion_file": file(pdf())}).location == "/apply/check"
    ready.post("/apply/send", data={"child_id": str(child_id(session))})
    (application,) = applications(session)
    assert str(application.correction_type) == "speech"
    (paper,) = session.scalars(select(Document)).all()
    assert paper.kind is DocumentKind.PMPK_CONCLUSION
    assert (paper.number, paper.issuer, paper.issued_on) == ("114", "PMPK", clock.today())


def test_a_child_that_is_too_old_is_refused_with_what_to_do(ready, session):
    session.get(Child, child_id(session)).birth_date = dt.date(clock.today().year - 7, 5, 20)
    session.commit()
    ready.post("/apply/wish", data=WISH)
    answer = ready.post("/apply/send", data={"child_id": str(child_id(session))})
    assert answer.status_code == 409
    assert "over the maximum age" in text_of(answer)
    assert applications(session) == []
    assert draft(session)["child_id"]


def test_somebody_elses_child_is_not_there(ready, session):
    stranger = factories.child()
    session.commit()
    assert ready.post("/apply/child", data={"child": str(stranger.id)}).status_code == 422
    assert ready.post("/apply/send", data={"child_id": str(stranger.id)}).status_code == 404
    assert applications(session) == []


def test_a_locality_without_kindergartens_cannot_be_chosen(ready, session):
    empty = factories.locality(name="Бос")
    session.commit()
    assert ready.post("/apply/place", data={"locality_id": str(empty.id)}).status_code == 404
    assert draft(session)["locality_id"] != empty.id


def test_a_place_is_found_step_by_step_and_by_name_with_look_alike_letters(ready, session):
    region = factories.locality("61", "Түркістан облысы")
    town = factories.locality("6101", "Өзен", parent=region)
    factories.kindergarten(at=town)
    session.commit()
    assert "Түркістан" in text_of(ready.get("/apply/place"))
    assert "г. Өзен" in text_of(ready.get(f"/apply/place?under={region.id}"))
    assert f'value="{town.id}"' in ready.get("/apply/place?q=озeн").get_data(as_text=True)


def test_the_draft_can_be_thrown_away(ready, session):
    ready.post("/apply/wish", data=WISH)
    assert ready.post("/apply/forget").location == "/applications"
    assert session.scalar(select(func.count()).select_from(ApplicationDraft)) == 0


def test_a_parent_without_the_guardianship_any_more_cannot_send(ready, session):
    ready.post("/apply/wish", data=WISH)
    who = child_id(session)
    session.delete(session.scalars(select(Guardianship)).one())
    session.commit()
    assert ready.post("/apply/send", data={"child_id": str(who)}).status_code == 404
    assert applications(session) == []


def test_the_password_of_these_tests_is_a_good_one():
    from app.services.accounts import check_new_password

    check_new_password(PASSWORD, "920410400483", "+77000000101")
