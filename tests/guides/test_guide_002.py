"""Guide 002 (2018, Kazakh): the place in a private kindergarten under state order, for those whose turn has come."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from app.jobs import sweeps, turns
from app.models import Application, BenefitCategory, SignedChoice
from app.models.enums import ApplicationStatus, KindergartenKind, Role, Stream
from tests.factories import NOON
from tests.guides import steps
from tests.guides.steps import Page, Town, Visitor, scan

BORN = dt.date(2023, 7, 20)
#: Three working days after the Thursday are over on Tuesday; this is five minutes into Wednesday.
TURN_OVER = dt.datetime(2026, 11, 17, 19, 5, tzinfo=dt.UTC)
#: Five working days are over on Thursday, 19 November.
REFERRAL_OVER = dt.datetime(2026, 11, 19, 19, 5, tzinfo=dt.UTC)
SECOND_OVER = dt.datetime(2026, 12, 25, 19, 5, tzinfo=dt.UTC)


@pytest.fixture
def town(build: Any) -> Town:
    group = {"capacity": 1, "birth_years": [2023], "name": "Балапан"}
    return build("indigo_2018", "kk", group=group, kind=KindergartenKind.PRIVATE_STATE_ORDER)


def minute(town: Town) -> None:
    """What the clock does every minute."""
    town.run(turns.lapse_turns, turns.notify_turns)


def choose(town: Town, parent: Visitor, application: int) -> Page:
    """«Қол қойып, жіберу»: the development signer signs; the referral's page."""
    return parent.send(f"/applications/{application}/choose/{town.group}")


def test_the_journal_shows_number_status_and_what_can_be_changed(town):
    parent, who, application = steps.settle(town, child_born=BORN, languages=["kk"])
    number = town.rows(Application)[0].number
    assert re.fullmatch(r"УО\.2026\.\d{6}\.1", number)  # guide УО.2018.000024.1
    listed = parent.open("/applications").says(number, "12.11.2026, 12:00:00", "Кезекте", "Кезектегі нөмір 1")
    listed.offers("Ашу")
    card = parent.open(f"/applications/{application}").says("жеңілдіксіз", "Кезектегі нөміріңіз 1", "Өзгерістер тарихы")
    # Guide «Изменить льготность», «Снять с очереди».
    card.offers("Жеңілдікті өзгерту", "Өтінішті қайтарып алу")
    assert [words.split(" ", 1)[1].rsplit(" ", 1)[0] for words, _ in card.steps[1:]] == [
        "Балабақшаны таңдау",
        "Жолдама",
        "Нәтиже",
    ]
    for paper in ("registration", "receipt", "register", "card"):
        assert parent.download(f"/applications/{application}/documents/{paper}.pdf").startswith(b"%PDF")
    assert town.texts_to(who.phone)[-1] == "Q1"


def test_the_choice_stands_under_three_conditions_and_each_is_explained(town):
    first, _, own = steps.settle(town, child_born=BORN, languages=["kk"])
    second, _, other = steps.settle(town, child_born=dt.date(2023, 1, 9), languages=["kk"], phone="+77000000102")
    waiting = first.open(f"/applications/{own}/choose").withholds("Таңдау:")
    waiting.says("Баланың жасы таңдауға жетеді", "Кезегіңіз әлі келген жоқ")
    minute(town)
    first.open(f"/applications/{own}/choose").offers("Таңдау:").says("Кезегіңіз келді", "бос орындар бар")
    second.open(f"/applications/{other}/choose").withholds("Таңдау:").says("Кезегіңіз әлі келген жоқ")
    second.send(f"/applications/{other}/choose/{town.group}", status=409)


def test_a_child_below_the_age_does_not_choose(town):
    parent, _, application = steps.settle(town, child_born=dt.date(2023, 11, 20), languages=["kk"])
    minute(town)
    page = parent.open(f"/applications/{application}/choose").withholds("Таңдау:")
    page.says("2026 ж. 20 қараша")


def test_the_turn_comes_is_told_and_the_signed_choice_takes_the_child_off_the_queue(town):
    parent, who, application = steps.settle(town, child_born=BORN, languages=["kk"])
    town.neighbour(NOON + dt.timedelta(minutes=5), BORN)
    minute(town)
    # Guide «Хабарлама жіберілді»: the status says what it means.
    card = parent.open(f"/applications/{application}").says("Кезек келді", "3 жұмыс күні", "Соңғы күн: 17 қараша")
    card.says("орын сол жылы туған барлық балаға ашылады; кезектегі орныңыз сақталады").offers("Балабақшаны таңдау")
    assert [state for _, state in card.steps] == ["done", "now", "", ""]
    parent.open("/inbox").says("Кезек келді", "балабақшаны таңдаңыз", "2026 ж. 17 қараша")
    assert town.texts_to(who.phone)[-1] == "P1"
    page = parent.open(f"/applications/{application}/choose")
    page.says("Таңдаған кезде өтініш кезектен алынады", "Жаңа өтінішті бала балабақшаға қабылданып")
    page.says("Оқыту тілі", "№1 «Күншуақ»", "+77000000123", "балабақшаның орналасқан жеріне назар аударыңыз")
    asked = parent.open(page.link(rf"/applications/{application}/choose/\d+"))
    asked.says("Сынақова Інжу", "Балапан", "ЭЦҚ-дағы ЖСН аккаунттағы ЖСН-мен бірдей болуы тиіс")
    asked.offers("Қол қойып, жіберу", "Басқасын таңдау")
    referral = choose(town, parent, application).says("Балабақша таңдалды, жолдама берілді", "5 жұмыс күні", "Жарамды")
    assert town.rows(SignedChoice)[0].signature
    assert parent.download(referral.link(r"/referrals/\d+/referral\.pdf")).startswith(b"%PDF")
    parent.open(f"/applications/{application}").says("Жолдама берілді").withholds("Өтінішті қайтарып алу")
    parent.open("/inbox").says("Жолдама берілді", "10 жұмыс күніне стоп-тізімге")
    # A new application only once the child attends: until then a second one leads to the first.
    assert steps.apply(town, parent, languages=["kk"]) == application
    assert len(town.rows(Application)) == 2


def test_an_unused_turn_opens_the_place_to_all_and_the_applicant_stays(town):
    parent, who, application = steps.settle(town, child_born=BORN, languages=["kk"])
    second, _, other = steps.settle(town, child_born=BORN, languages=["kk"], phone="+77000000102")
    minute(town)
    town.at(TURN_OVER)
    parent.send(f"/applications/{application}/choose/{town.group}", status=409)  # before the clock has run
    minute(town)
    parent.open(f"/applications/{application}").says("Кезекте", "Кезектегі нөміріңіз 1")
    assert town.texts_to(who.phone)[-1] == "P3"
    second.open(f"/applications/{other}/choose").offers("Таңдау:").says("Орын сол жылы туған барлық балаға ашық")
    choose(town, second, other).says("Жарамды")


def test_the_referral_is_given_back_within_24_hours_and_not_later(town):
    parent, who, application = steps.settle(town, child_born=BORN, languages=["kk"])
    minute(town)
    referral = choose(town, parent, application).address
    parent.open(referral).says("Жолдаманы қайтару мерзімі: 2026 ж. 13 қараша, жұма, 12:00").offers("Жолдаманы қайтару")
    town.at(NOON + dt.timedelta(hours=24, seconds=1))
    late = parent.send(f"{referral}/give-back", status=409)
    late.says("24 сағат өтті")
    town.at(NOON + dt.timedelta(hours=24, seconds=-1))
    parent.send(f"{referral}/give-back").says("Жолдаманы өзіңіз қайтардыңыз")
    parent.open(f"/applications/{application}").says("Кезекте", "Кезектегі нөміріңіз 1")
    assert town.texts_to(who.phone)[-1] == "R7"


def test_the_referral_is_extended_once_by_thirty_days(town):
    parent, who, application = steps.settle(town, child_born=BORN, languages=["kk"])
    minute(town)
    referral = choose(town, parent, application).offers("Жолдаманы ұзарту").says("30 күнтізбелік күн").address
    parent.send(f"{referral}/extend", proof=scan()).says("Жаңа соңғы күн: 2026 ж. 19 желтоқсан")
    parent.open(referral).withholds("Жолдаманы ұзарту")
    assert town.texts_to(who.phone)[-1] == "R3"


def test_a_missed_referral_stops_the_choice_and_the_second_removes_the_child(town):
    parent, who, application = steps.settle(town, child_born=BORN, languages=["kk"])
    minute(town)
    choose(town, parent, application)
    town.at(REFERRAL_OVER)
    town.run(sweeps.expire_referrals)
    minute(town)
    parent.open(f"/applications/{application}").says("Стоп-тізімде", "10 жұмыс күні", "Соңғы күн: 4 желтоқсан")
    parent.open(f"/applications/{application}/choose").withholds("Таңдау:").says("Өтініш стоп-тізімде")
    parent.send(f"/applications/{application}/choose/{town.group}", status=409)
    town.at(dt.datetime(2026, 12, 4, 19, 5, tzinfo=dt.UTC))
    town.run(sweeps.release_stop_list)
    minute(town)
    choose(town, parent, application).says("Жарамды")
    town.at(SECOND_OVER)
    town.run(sweeps.expire_referrals)
    parent.open(f"/applications/{application}").says("Мұрағатта", "жолдама екі рет пайдаланылмады")
    assert town.texts_to(who.phone)[-1] == "R6"
    assert town.rows(Application)[0].status is ApplicationStatus.ARCHIVED


def test_the_benefit_is_changed_in_the_queue_and_checked(town):
    parent, _, application = steps.settle(town, child_born=BORN, languages=["kk"])
    right = next(row for row in town.rows(BenefitCategory) if row.stream is Stream.FIRST_PRIORITY)
    page = parent.open(f"/applications/{application}/benefit").offers("Жеңілдікті өзгерту")
    assert {"benefit", "paper", "issued_on"} <= page.fields
    parent.send(f"/applications/{application}/benefit", status=422, benefit=str(right.id))
    answers = {"benefit": str(right.id), "paper": scan(), "issued_on": "2026-11-10"}
    parent.send(f"/applications/{application}/benefit", **answers)
    parent.open(f"/applications/{application}").says("Құжаттар тексерілуде", "12.11.2026, 12:00:00")
    town.officer(Role.DEPARTMENT).send("/office/act/confirm_documents", rows=str(application))
    parent.open(f"/applications/{application}").says("Кезекте", "Жеңілдігі барлар арасында: 1")


def test_the_child_is_removed_from_the_queue_by_the_parent(town):
    parent, who, application = steps.settle(town, child_born=BORN, languages=["kk"])
    parent.open(f"/applications/{application}/withdraw").offers("Өтінішті қайтарып алу")
    parent.send(f"/applications/{application}/withdraw")
    parent.open("/applications/archive").says("Мұрағатта")
    assert town.texts_to(who.phone)[-1] == "Q11"
