"""Guide 003 (June 2019, Kazakh): register, profile, child, application, bulletin, activation, referral, contract.

Where our word differs from the guide's, the guide's own stands in a comment; docs/guides.md has the reasons."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from app.jobs import sweeps
from app.models.enums import Role
from tests.guides import steps
from tests.guides.steps import PASSWORD, Town, Visitor, number_in, scan

BORN = dt.date(2023, 7, 20)
#: 18:00 in the country on the Thursday of the walk: every bulletin of the guide opens at this hour.
EVENING = dt.datetime(2026, 11, 12, 13, 0, tzinfo=dt.UTC)
#: The last day of the referral, Thursday a week later, in the morning.
LAST_DAY = dt.datetime(2026, 11, 19, 5, 0, tzinfo=dt.UTC)
AFTER = dt.datetime(2026, 11, 19, 19, 5, tzinfo=dt.UTC)


@pytest.fixture
def town(build: Any) -> Town:
    return build("sitcen_2019", "kk", group={"capacity": 2, "birth_years": [2023], "name": "Солнце"})


def bulletin(town: Town) -> int:
    """The head opens one place of the group; it is published at 18:00."""
    head = town.officer(Role.HEAD)
    head.send("/office/act/open_bulletin", rows=str(town.group), places="1", place_type="free")
    town.at(EVENING)
    town.run(sweeps.publish_bulletins)
    return number_in(town.visitor().open("/bulletins").link(r"/bulletins/\d+"), "bulletins")


def claimed(town: Town, parent: Visitor, application: int) -> int:
    page = parent.send(f"/bulletins/{bulletin(town)}/claim", application=str(application))
    return number_in(page.address, "claims")


def referred(town: Town, parent: Visitor, application: int) -> str:
    """The address of the referral after the kindergarten's activation."""
    claim = claimed(town, parent, application)
    town.officer(Role.METHODIST).send("/office/act/activate", rows=str(claim))
    return parent.open(f"/applications/{application}").link(r"/referrals/\d+")


def test_the_front_page_and_the_registration(town):
    visitor, who = town.visitor(), town.newcomer(BORN)
    front = visitor.open("/").says("Бос орын", "Бюллетеньдер ашылатын уақыт: 18:00", "Кезек, барлық елді мекен")
    for words in ("Бюллетеньдер", "Кезек", "Балабақшалар", "Статистика", "Тіркелу", "Кіру", "ҚАЗ", "РУС", "Елді мекен"):
        assert words in front.frame
    # Guide: four screens «SMS → Құпия сөз → Аккаунт»; the IIN is asked on the first of ours.
    visitor.open("/register").says("SMS", "Деректерді пайдалану саясатымен таныстым және қабылдаймын").offers(
        "Код сұрату"
    )
    visitor.send("/register", status=422, phone=who.phone, number=who.iin)
    code = visitor.send("/register", phone=who.phone, number=who.iin, consent="y")
    code.says("SMS-тен келген кодты енгізіңіз", who.phone, "Жаңа код берілетін уақыт: 12:01:30").offers("Растау")
    data = visitor.send("/register/code", code=town.last_code(who.phone))
    data.says("Тегі Сынақова", "Аты Айгүл", "Туған күні 25.02.1994", "8–40 таңба").offers("Сақтау")
    visitor.send("/register/account", status=422, password="жетіден", repeated="жетіден")
    inside = visitor.send("/register/account", password=PASSWORD, repeated=PASSWORD)
    assert inside.address == "/applications"
    for words in ("Профиль", "Балалар", "Менің өтініштерім", "Хабарламалар"):
        assert words in inside.frame


def test_the_profile_and_the_child(town):
    visitor, who = town.visitor(), town.newcomer(BORN)
    steps.register(town, visitor, who)
    profile = visitor.open("/profile").says("Байланыс телефоны", "Қосымша телефон", "Мекенжай", "Құпия сөзді өзгерту")
    assert {"address", "other_phone", "email", "message_language"} <= profile.fields
    visitor.open("/children").offers("Баланы қосу")
    visitor.open("/children/add").offers("ЖСН-ді тексеру")
    found = visitor.send("/children/add", iin=who.child_iin, kind="parent")
    found.says("Сынақова", "Інжу", "Сынаққызы", "Жынысы әйел", "Туған күні 20.07.2023", "Ұлты қазақ")
    # Guide «Сақтау».
    found.offers("Осы баланы қосу", "Болдырмау")
    saved = visitor.send("/children/add", iin=who.child_iin, kind="parent", save="y")
    saved.says("Бала қосылды: Сынақова Інжу Сынаққызы")


def test_the_application_waits_for_a_place_and_can_be_taken_back(town):
    parent, who, application = steps.settle(town, child_born=BORN)
    listed = parent.open("/applications").says("Сынақова Інжу", "12.11.2026", "Келісім расталған күн")
    # Guide «Орын күтілуде».
    listed.says("Кезекте").offers("Өтініш қосу", "Ашу").says("Өтініштер мұрағаты")
    card = parent.open(f"/applications/{application}").says(
        "Кентау қ.", "Қазақ тілі, Орыс тілі", "Кезектегі нөміріңіз 1"
    )
    assert [state for _, state in card.steps] == ["now", "", "", ""]
    assert [words.split(" ", 1)[1].rsplit(" ", 1)[0] for words, _ in card.steps[1:]] == [
        "Орынға өтінім",  # guide «Бюллетеньге өтініш жіберу»
        "Жолдама",
        "Нәтиже",
    ]
    parent.open("/inbox").says("Өтініш қабылданды", "Кезектегі нөмір: 1")
    assert town.texts_to(who.phone) == ["A1", "Q1"]
    # Guide «Себет», «Растау».
    card.offers("Өтінішті қайтарып алу")
    parent.open(f"/applications/{application}/withdraw")
    parent.send(f"/applications/{application}/withdraw")
    parent.open("/applications/archive").says("Мұрағатта", "Сынақова Інжу")


def test_a_bulletin_has_its_button_only_where_everything_matches(town):
    parent, _, application = steps.settle(town, child_born=BORN)
    older, _, other = steps.settle(town, child_born=dt.date(2022, 7, 20), phone="+77000000102")
    head = town.officer(Role.HEAD)
    head.send("/office/act/open_bulletin", rows=str(town.group), places="1", place_type="free")
    before = parent.open(f"/bulletins?application={application}")
    before.says("1 бюллетень ашылады: 12 қараша, 18:00:00", "12.11.2026, 18:00")
    for column in ("Балабақша", "Топ", "Бос / барлығы", "Тіл", "Туған жылы", "Орын түрі", "Өтінім қабылдау басталады"):
        assert column in before
    town.at(EVENING)
    town.run(sweeps.publish_bulletins)
    shown = parent.open(f"/bulletins?application={application}&access=me")
    shown.says("Маған қолжетімді", "Барлығына қолжетімді", "№1 «Күншуақ»", "Солнце", "2023").offers("Өтінім жіберу")
    number = number_in(shown.link(r"/bulletins/\d+[^\"]*"), "bulletins")
    card = parent.open(f"/bulletins/{number}")
    for fact in ("Түрі мемлекеттік", "Мекенжай", "Топ Солнце", "Оқыту тілі", "Туған жылы 2023", "Орынды ашқан"):
        assert fact in card
    card.says("Өтінім қабылдау басталады 12.11.2026, 18:00").offers("Өтінім жіберу")
    withheld = older.open(f"/bulletins/{number}").withholds("Өтінім жіберу")
    withheld.says("Туған жылы сәйкес емес")
    older.send(f"/bulletins/{number}/claim", status=409, application=str(other))
    town.visitor().open(f"/bulletins/{number}").withholds("Өтінім жіберу")


def test_who_has_no_priority_waits_until_the_place_is_open_to_all(town):
    parent, who, application = steps.settle(town, child_born=BORN)
    second, _, later = steps.settle(town, child_born=BORN, phone="+77000000102")
    number = bulletin(town)
    parent.open("/inbox").says("Кезек келді", "Соңғы күн: 2026 ж. 17 қараша", "кезек сақталады")
    assert town.texts_to(who.phone)[-1] == "P1"
    second.open(f"/bulletins?application={later}&access=me").withholds("Өтінім жіберу")
    second.send(f"/bulletins/{number}/claim", status=409, application=str(later))
    town.at(dt.datetime(2026, 11, 17, 19, 5, tzinfo=dt.UTC))
    town.run(sweeps.close_priority_windows)
    second.open(f"/bulletins?application={later}&access=all").offers("Өтінім жіберу")
    second.open(f"/bulletins/{number}").says("Барлығына қолжетімді")
    parent.open(f"/applications/{application}").says("Кезектегі нөміріңіз 1")


def test_the_claim_is_activated_and_the_referral_issued(town):
    parent, who, application = steps.settle(town, child_born=BORN)
    number = bulletin(town)
    asked = parent.open(f"/bulletins/{number}/claim?application={application}")
    asked.says("Сынақова Інжу Сынаққызы", "№1 «Күншуақ»").offers("Өтінімді жіберу", "Болдырмау")
    sent = parent.send(f"/bulletins/{number}/claim", application=str(application))
    sent.says("Белсендіру күтілуде", "Балабақша өтінімді белсендіргенше күтіңіз")
    parent.open("/inbox").says("Орынға өтінім жіберілді")
    methodist = town.officer(Role.METHODIST)
    claim = number_in(sent.address, "claims")
    methodist.open(f"/office/claims/show/{claim}").offers("Белсендіру", "Қабылдамау")
    methodist.send("/office/act/activate", rows=str(claim))
    card = parent.open(f"/applications/{application}").says("Жолдама берілді", "5 жұмыс күні", "10 жұмыс күні")
    assert [state for _, state in card.steps] == ["done", "done", "now", ""]
    message = parent.open("/inbox")
    message.says("Жолдама берілді", "медициналық анықтаманы тапсырыңыз", "(5 жұмыс күні)")
    message.says("өтініш 10 жұмыс күніне стоп-тізімге енгізіледі")  # guide «тоқтатым парағы»
    assert town.texts_to(who.phone)[-1] == "R1"
    referral = card.link(r"/referrals/\d+")
    parent.open(referral).says("Жарамды", "Соңғы күн 19.11.2026").offers("Жолдаманы жүктеу").withholds(
        "Жолдаманы ұзарту"
    )
    assert parent.download(f"{referral}/referral.pdf").startswith(b"%PDF")


def test_the_referral_is_extended_once_on_its_last_day_with_a_document(town):
    parent, who, application = steps.settle(town, child_born=BORN)
    referral = referred(town, parent, application)
    early = parent.send(f"{referral}/extend", status=409, proof=scan())
    early.says("Ұзарту соңғы күні ашылады")
    town.at(LAST_DAY)
    parent.open(referral).says("Бүгін жолдаманы бір рет ұзартуға болады: 30 күнтізбелік күн").offers("Жолдаманы ұзарту")
    without = parent.client.post(f"{referral}/extend")
    assert without.status_code in (409, 422)
    parent.send(f"{referral}/extend", proof=scan()).says("Жаңа соңғы күн: 2026 ж. 19 желтоқсан")
    parent.open(referral).says("Ұзартылды", "екінші рет ұзартылмайды").withholds("Жолдаманы ұзарту")
    assert town.texts_to(who.phone)[-1] == "R3"


def test_a_referral_that_is_not_used_puts_the_application_into_the_stop_list(town):
    parent, who, application = steps.settle(town, child_born=BORN)
    referral = referred(town, parent, application)
    town.at(AFTER)
    parent.send(f"{referral}/extend", status=409, proof=scan())  # refused before the clock has run
    town.run(sweeps.expire_referrals)
    card = parent.open(f"/applications/{application}").says(
        "Стоп-тізімде", "10 жұмыс күні", "Өтініш берілген уақыт сақталады"
    )
    assert card.steps[0][1] == "stopped"
    assert town.texts_to(who.phone)[-1] == "R5"
    town.at(dt.datetime(2026, 12, 4, 19, 5, tzinfo=dt.UTC))
    town.run(sweeps.release_stop_list)
    parent.open(f"/applications/{application}").says("Кезекте", "Кезектегі нөміріңіз 1")


def test_the_contract_is_concluded_in_the_kindergarten(town):
    parent, who, application = steps.settle(town, child_born=BORN)
    referral = referred(town, parent, application)
    head = town.officer(Role.HEAD)
    row = number_in(referral, "referrals")
    head.open(f"/office/referrals/show/{row}").offers("Қағаз")
    head.send("/office/act/conclude_on_paper", rows=str(row), confirmed="y")
    card = parent.open(f"/applications/{application}").says("Қабылданды", "№1 «Күншуақ», топ: Солнце")
    assert [state for _, state in card.steps] == ["done"] * 4
    # Guide: the contract signed, the child «тіркелді» in the kindergarten; ours «қабылданды».
    parent.open("/inbox").says("Бала балабақшаға қабылданды", "Шартқа екі тарап қол қойды", "Топ: Солнце")
    assert town.texts_to(who.phone)[-1] == "K6"
    log = parent.open("/inbox/log").says("Әрекеттер журналы")  # guide «Пайдаланушы журналы»
    log.says("Өтінішті жіберу", "Өтінім жіберу", "Бала қосылды")
