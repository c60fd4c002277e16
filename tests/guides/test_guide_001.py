"""Guide 001 (February 2025, Russian): the voucher and the special queue.

The dates are the guide's own: issued on Thursday, 6 February 2025, 16:46; to be confirmed by 10 February."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from app.jobs import sweeps, vouchers
from app.models import Application
from app.models.enums import ApplicationStatus, GroupType, Role
from tests.guides import steps
from tests.guides.steps import PASSWORD, Page, Town, Visitor, number_in, scan

ZONE = dt.timezone(dt.timedelta(hours=5))
BORN = dt.date(2022, 3, 1)
TERMS = {
    "parent_document": "012345678",
    "parent_address": "ул. Абая, 2",
    "parent_phone": "+7 700 000 00 01",
    "birth_certificate": "1234567",
}
DOCUMENTS = {
    "health_certificate_027": "027/у",
    "birth_certificate": "Свидетельство о рождении",
    "parent_id": "Удостоверение личности одного из родителей",
    "health_passport_052": "052-2/у",
    "vaccination_card": "065/у",
}
SPECIAL = {
    "queue_type": "special",
    "group_type": "special",
    "correction_type": "speech",
    "conclusion_number": "114",
    "conclusion_issuer": "ПМПК города",
    "conclusion_issued_on": "2025-02-03",
}


def moment(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of February 2025 in the country."""
    return dt.datetime(2025, 2, day, hour, minute, tzinfo=ZONE).astimezone(dt.UTC)


@pytest.fixture
def town(build: Any, hand: Any) -> Town:
    hand.at = moment(6, 16, 16)
    return build("voucher_2025", "ru", group={"capacity": 1, "birth_years": [2022], "name": "Балапан"})


@pytest.fixture
def special(build: Any, hand: Any) -> Town:
    hand.at = moment(6, 16, 16)
    group = {"capacity": 1, "birth_years": [2022], "group_type": GroupType.SPECIAL}
    return build("voucher_2025", "ru", group=group, correction_types=["speech"])


def issued(town: Town) -> tuple[Visitor, str, int, str]:
    """A family with a voucher at 16:46: visitor, phone, application, address of the voucher."""
    parent, who, application = steps.settle(town, child_born=BORN, languages=["ru"])
    town.at(moment(6, 16, 46))
    town.run(vouchers.issue_vouchers)
    answer = parent.open(f"/applications/{application}").link(r"/vouchers/\d+/answer")
    return parent, who.phone, application, answer.removesuffix("/answer")


def confirmed(town: Town) -> tuple[Visitor, str, int, str]:
    found = issued(town)
    found[0].send(f"{found[3]}/answer", answer="yes")
    return found


def enrol(town: Town, parent: Visitor, voucher: str) -> Page:
    return parent.send(f"{voucher}/kindergartens/{town.garden}", group=str(town.group))


def test_the_front_page_logging_in_and_a_forgotten_password(town):
    visitor, who = town.visitor(), town.newcomer(BORN)
    steps.register(town, visitor, who)
    stranger = town.visitor()
    front = stranger.open("/")
    for words in ("Очередь", "Детские сады", "Статистика", "Зарегистрироваться", "Войти", "РУС"):
        assert words in front.frame
    entrance = stranger.open("/login").says("ИИН или номер телефона", "Пароль").offers("Войти", "Забыли пароль?")
    assert entrance.leads_to("/forgotten")
    asked = stranger.open("/forgotten").says("Я принимаю политику использования данных").offers("Запросить код")
    assert {"phone", "number", "consent"} <= asked.fields
    town.at(moment(6, 16, 20))
    code = stranger.send("/forgotten", phone=who.phone, number=who.iin, consent="y")
    new = stranger.send(code.address, code=town.last_code(who.phone)).offers("Сохранить")
    stranger.send(new.address, password=PASSWORD + "a", repeated=PASSWORD + "a")
    stranger.send("/login", name=who.iin, password=PASSWORD + "a")
    assert "Уведомления" in stranger.open("/applications").frame
    wrong = town.visitor().send("/login", status=401, name=who.phone, password=PASSWORD)
    wrong.offers("Войти")


def test_the_queue_number_and_the_priority_category(town):
    parent, who, application = steps.settle(town, child_born=BORN, languages=["ru"])
    listed = parent.open("/applications").says("В очереди", "06.02.2025, 16:16:00", "Номер в очереди 1")
    listed.offers("Добавить заявление").says("Архив заявлений")
    card = parent.open(f"/applications/{application}").says("Дети, 3 года", "г. Кентау", "Русский")
    assert [words.split(" ", 1)[1].rsplit(" ", 1)[0] for words, _ in card.steps] == [
        "Очередь",
        "Ваучер",
        "Выбор детского сада",
        "Вид финансирования",  # guide «Тип финансирования»
        "Зачисление",
    ]
    parent.open("/inbox").says("Заявление принято", "Номер в очереди: 1")  # guide «Место в очереди»
    assert town.texts_to(who.phone)[-1] == "Q1"


def test_the_voucher_is_issued_and_asks_for_an_answer_by_the_day_of_the_guide(town):
    parent, phone, application, voucher = issued(town)
    card = parent.open(f"/applications/{application}").says("Ваучер выдан", "2 рабочих дня", "понедельник, 10 февраля")
    # Guide «Выбрать».
    card.offers("Выбрать ответ")
    message = parent.open("/inbox").says("Вам выдан ваучер", "Последний день: понедельник, 10 февраля 2025 г.")
    message.says("Без ответа ваучер аннулируется, заявление попадёт в стоп-лист")
    assert town.texts_to(phone)[-1] == "V1"
    assert "Заявки на ваучер" in card.frame
    parent.open("/vouchers").leads_to("/waiting-list")
    answer = parent.open(f"{voucher}/answer").offers("Да", "Нет")
    answer.says("Если вы нажмёте «Нет», ваше заявление будет архивировано и нужно будет встать в очередь снова")


def test_yes_the_choice_the_contract_and_the_enrolment(town):
    parent, phone, application, voucher = issued(town)
    page = parent.send(f"{voucher}/answer", answer="yes")
    page.says("5 рабочих дней", "Последний день: четверг, 13 февраля", "Очередь В архиве", "Ваучер используется")
    assert town.texts_to(phone)[-1] == "V5"
    # Guide «Выбрать ДО».
    offers = parent.open(page.offers("Выбрать детский сад").link(r"/vouchers/\d+/kindergartens"))
    offers.says("№1 «Күншуақ»").offers("Зачислиться")
    choice = parent.open(offers.link(r"/vouchers/\d+/kindergartens/\d+"))
    choice.says("Ребёнок Сынақова Інжу", "Балапан", "Вид финансирования Ваучер").offers("Подтвердить")
    chosen = enrol(town, parent, voucher).says("Заявка на зачисление успешно подана")
    assert [state for _, state in chosen.steps] == ["done", "done", "done", "done", "now"]
    chosen.says("Выбран: №1 «Күншуақ»", "Зачисление Ждите договор от детского сада")
    head, row = town.officer(Role.HEAD), str(number_in(voucher, "vouchers"))
    head.open(f"/office/vouchers/show/{row}").offers("Отправить договор")
    head.send("/office/act/send_voucher_contract", rows=row)
    contract = parent.open(f"/applications/{application}").link(r"/contracts/\d+")
    hub = parent.open(contract).says("5 рабочих дней", *DOCUMENTS.values(), "Заключение ПМПК (при наличии)")
    hub.says("ваучер аннулируется, заявление переходит в архив")
    for kind in DOCUMENTS:
        parent.send(f"{contract}/documents/{kind}", file=scan())
    preview = parent.send(f"{contract}/data", **TERMS).says("ИИН в ЭЦП")
    parent.send(f"{contract}/sign", version=preview.value("version")).says("На проверке")
    signing = str(number_in(contract, "contracts"))
    shown = head.open(f"/office/act/sign_contract?rows={signing}")
    head.send("/office/act/sign_contract", rows=signing, versions=shown.value("versions"))
    card = parent.open(f"/applications/{application}").says("Зачислен")
    assert [state for _, state in card.steps] == ["done"] * 5
    assert town.texts_to(phone)[-1] == "K6"


def test_no_archives_the_application_after_one_more_question(town):
    parent, phone, application, voucher = issued(town)
    parent.send(f"{voucher}/answer", answer="no").says("Отказаться от ваучера").offers("Отказаться от ваучера")
    parent.open(f"/applications/{application}").says("Ваучер выдан")
    parent.send(f"{voucher}/answer", answer="no", sure="yes")
    parent.open("/applications/archive").says("В архиве", "Сынақова Інжу")
    parent.open(f"/applications/{application}").says("отказ от ваучера").offers("Подать заявление снова")
    assert town.texts_to(phone)[-1] == "V4"


def test_silence_annuls_the_voucher_and_leads_into_the_stop_list_with_one_way_back(town):
    parent, phone, application, voucher = issued(town)
    town.at(moment(11, 0, 5))
    parent.send(f"{voucher}/answer", status=409, answer="yes")  # refused before the clock has run
    town.run(vouchers.annul_unanswered_vouchers)
    card = parent.open(f"/applications/{application}").says("В стоп-листе", "28 календарных дней")
    assert town.texts_to(phone)[-1] == "V3"
    back = card.link(r"/stop-list/\d+/restore")
    parent.open(back).says("Это возможно один раз").offers("Восстановить заявление")
    parent.send(back)
    parent.open(f"/applications/{application}").says("В очереди", "06.02.2025, 16:16:00")


def test_on_the_fifth_day_two_more_are_offered_and_then_the_voucher_is_lost(town):
    parent, phone, application, voucher = confirmed(town)
    parent.open(voucher).withholds("Продлить ваучер").says("Ваучер можно продлить один раз")
    parent.send(f"{voucher}/extend", status=409)
    town.at(moment(13, 10))
    parent.open(voucher).offers("Продлить ваучер").says("2 рабочих дня", "понедельник, 17 февраля")
    parent.send(f"{voucher}/extend").says("Ваучер продлён")
    assert town.texts_to(phone)[-1] == "V7"
    parent.open(voucher).withholds("Продлить ваучер")
    town.at(moment(18, 0, 5))
    parent.send(f"{voucher}/kindergartens/{town.garden}", status=409, group=str(town.group))
    town.run(vouchers.expire_vouchers)
    parent.open(f"/applications/{application}").says("В архиве", "ваучер не использован в срок")
    assert town.texts_to(phone)[-1] == "V8"


def test_a_voucher_that_is_not_used_in_five_days_is_lost_without_an_extension(town):
    parent, phone, application, voucher = confirmed(town)
    enrol(town, parent, voucher)
    town.at(moment(14, 0, 5))
    town.run(sweeps.lapse_contracts, vouchers.expire_vouchers)
    parent.open(f"/applications/{application}").says("В архиве")
    assert town.rows(Application)[0].status is ApplicationStatus.ARCHIVED
    assert town.texts_to(phone)[-1] == "V8"


def special_wish(town: Town) -> dict[str, Any]:
    return {**SPECIAL, "languages": ["ru"], "conclusion_file": scan(), "wished_kindergarten": str(town.garden)}


def test_the_special_queue_asks_for_disorder_conclusion_and_kindergarten(special):
    town, visitor = special, special.visitor()
    who = town.newcomer(BORN)
    steps.register(town, visitor, who)
    # Guide: step by step in the menu «Мои дети».
    visitor.open("/children").offers("Добавить ребёнка")
    steps.add_child(visitor, who).says("Ребёнок добавлен")
    application = steps.apply(town, visitor, **special_wish(town))
    wish = visitor.open(f"/applications/{application}").says("Специальная очередь", "специальная группа")
    # Guide «Ожидание подтверждения документов».
    wish.says("Документы на проверке", "5 рабочих дней", "четверг, 13 февраля 2025 г.")
    visitor.open("/inbox").says("Документы на проверке", "Мы сообщим о результате")
    assert town.texts_to(who.phone)[-1] == "Q2"


def test_without_a_conclusion_or_with_a_kindergarten_of_another_disorder_nothing_is_sent(special):
    town, visitor = special, special.visitor()
    who = town.newcomer(BORN)
    steps.register(town, visitor, who)
    steps.add_child(visitor, who)
    visitor.send("/apply", policy="y", use_of_data="y")
    visitor.send("/apply/applicant", address="ул. Абая, 2", message_language="ru")
    visitor.send("/apply/child", child=visitor.open("/apply/child").value("child"))
    visitor.send("/apply/place", locality_id=str(town.place))
    # Guide «Тип коррекции».
    form = visitor.open("/apply/wish").says("Вид нарушения (по заключению ПМПК)", "Желаемый детский сад")
    assert {"correction_type", "conclusion_number", "conclusion_file", "wished_kindergarten"} <= form.fields
    asked = {"languages": ["ru"], "benefit": "0", "wished_kindergarten": str(town.garden)}
    visitor.send("/apply/wish", status=422, **SPECIAL, **asked)
    wrong = {**SPECIAL, "correction_type": "hearing", "conclusion_file": scan()}
    visitor.send("/apply/wish", status=422, **wrong, **asked)
    assert not town.rows(Application)


def test_the_specialist_confirms_and_the_place_in_the_queue_is_told(special):
    town = special
    parent, who, application = steps.settle(town, child_born=BORN, **special_wish(town))
    desk = town.officer(Role.REVIEWER).open("/office/review/")
    desk.says("специалист ПМПК", "Сынақова Інжу", "№ 114, ПМПК города", "тяжёлые нарушения речи", "№1 «Күншуақ»")
    desk.offers("Подтвердить документы", "Не подтверждать документы")
    town.officer(Role.REVIEWER).send("/office/act/confirm_documents", rows=str(application))
    # Guide: «Ваша заявка на получение ваучера подтверждена. Место в очереди: _».
    parent.open("/inbox").says("Заявление подтверждено", "Номер в очереди: 1")
    parent.open(f"/applications/{application}").says("В очереди", "Ваш номер в очереди 1")
    assert town.texts_to(who.phone)[-1] == "Q3"
    town.run(vouchers.issue_vouchers)
    parent.open(f"/applications/{application}").says("Ваучер выдан")


def test_the_specialist_rejects_with_a_reason_and_the_application_is_archived(special):
    town = special
    parent, who, application = steps.settle(town, child_born=BORN, **special_wish(town))
    reviewer = town.officer(Role.REVIEWER)
    reviewer.send("/office/act/refuse_documents", status=422, rows=str(application), confirmed="y", reason="")
    reviewer.send("/office/act/refuse_documents", rows=str(application), confirmed="y", reason="Нет подписи комиссии")
    # Guide: names the employee and makes him a phthisiatrician; ours names the role of the queue and the reason.
    shown = parent.open("/inbox").says("Заявление не подтверждено", "Причина: Нет подписи комиссии")
    shown.says("Решение принял: специалист ПМПК", "можно подать новое")
    parent.open("/applications/archive").says("В архиве", "Сынақова Інжу")
    parent.open(f"/applications/{application}").says("документы не подтверждены")
    assert town.texts_to(who.phone)[-1] == "Q4"
