"""Every message: short enough for one SMS, discreet, and with all the facts it speaks of."""

from __future__ import annotations

import re

import pytest

from app.models import BenefitCategory
from app.models.enums import DeclineReason
from app.services.messages import INBOX_ONLY
from app.services.templates import TEMPLATES, render
from app.services.wording import placeholders
from tests.texts.sources import messages_told, templates_in_sql

LANGUAGES = ("kk", "ru", "en")
ONE_PART = 70
#: The longest values an SMS meets.
LONGEST = {"child": "Мұхаммедәлібек", "date": "2026-11-20", "number": 123456, "code": "123456", "n": 77}
MOMENT = "2026-11-20T13:00:00+00:00"
ALL = LONGEST | {
    "m": 10,
    "kindergarten": "«Балапан» бөбекжайы",
    "group": "Күншуақ",
    "reason": f"DeclineReason.{DeclineReason.NO_GROUP}",
    "role": "Reviewer",
    "category": "large",
    "moment": MOMENT,
    "time": MOMENT,
    "device": "Firefox",
    "name": "Серікова Айгүл",
    "field": "телефон",
    "action": "жолдаманы ұзарту",
}
SMS_FACTS = {"child", "date", "number", "code", "n"}


def named(kind, value, language):
    return f"<{value}>"


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_message_reads_whole_in_every_language(app, template):
    with app.app_context():
        texts = [render(template, ALL, language, named) for language in LANGUAGES]
    for text in texts:
        for part in filter(None, (text.sms, text.title, text.body)):
            assert not re.search(r"[{}]|%\(|\.\.|  ", part), part
        assert bool(text.title) == bool(text.body)
        assert text.sms or text.body
    assert len({text.sms for text in texts}) == (3 if texts[0].sms else 1)
    assert len({text.body for text in texts}) == (3 if texts[0].body else 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_an_sms_fits_one_part_in_the_longest_case(app, template, language):
    with app.app_context():
        sms = render(template, ALL, language, named).sms
    # UCS-2: a character outside the basic plane would count twice.
    assert sms is None or len(sms.encode("utf-16-le")) // 2 <= ONE_PART, f"{len(sms)}: {sms}"


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_an_sms_tells_no_secrets(template):
    for wording in TEMPLATES[template].sms:
        assert placeholders(wording) <= SMS_FACTS, f"{template}: {wording}"


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_an_sms_keeps_still_about_benefit_and_kindergarten(app, template):
    with app.app_context():
        for language in LANGUAGES:
            sms = render(template, ALL, language, named).sms or ""
            assert "Балапан" not in sms
            assert "large" not in sms
            assert "Серікова" not in sms
            assert "http" not in sms


def test_inbox_only_is_what_has_no_sms():
    assert {name for name, row in TEMPLATES.items() if not row.sms} == set(INBOX_ONLY)


def test_a_code_is_in_no_inbox(app):
    with app.app_context():
        text = render("A1", {"code": "042137", "n": 5}, "ru")
    assert text.sms == "Код Kezek: 042137. Никому не сообщайте. Действует 5 мин"
    assert (text.title, text.body) == ("", "")


def test_every_message_in_the_source_is_in_the_table_with_its_facts():
    told = list(messages_told())
    assert len(told) > 20
    for template, where, facts, about_child in told:
        assert template in TEMPLATES, f"{template} at {where}"
        given = facts | ({"child"} if about_child else set())
        row = TEMPLATES[template]
        for wordings in (row.sms, row.body):
            assert not wordings or any(placeholders(text) <= given for text in wordings), (
                f"{template} at {where} gives {sorted(given)}"
            )


def test_messages_written_by_sql_are_in_the_table():
    found = set(templates_in_sql())
    assert {"C1", "R5", "R6"} <= {template for template, _ in found}
    assert not [(template, where) for template, where in found if template not in TEMPLATES]


def test_the_facts_that_sql_writes_are_enough(app):
    with app.app_context():
        for language in LANGUAGES:
            assert "20" in render("R5", {"child": "Айша", "date": "2026-11-20"}, language).body
            assert render("R6", {"child": "Айша", "date": None}, language).body
            assert "Балапан" in render("C1", {"child": "Айша", "kindergarten": "«Балапан»"}, language).body


def test_a_name_is_cut_in_the_sms_and_whole_in_the_inbox(app):
    with app.app_context():
        text = render("R7", {"child": "Мұхаммедәлібек"}, "kk")
    assert text.sms == "Жолдама қайтарылды: Мұхаммедәліб. Кезек сақталды"
    assert text.body.startswith("Бала: Мұхаммедәлібек.")


def test_dates_are_short_in_the_sms_and_full_in_the_inbox(app):
    with app.app_context():
        text = render("K1", {"child": "Айша", "kindergarten": "«Балапан»", "date": "2026-11-20"}, "ru")
    assert text.sms == "Поступил договор: Айша. Подпишите по 20.11.2026 вкл."
    assert text.body.endswith("Последний день: пятница, 20 ноября 2026 г.")


def test_a_number_that_is_not_known_is_not_spoken_of(app):
    with app.app_context():
        assert render("Q1", {"child": "Айша"}, "kk").sms == "Өтініш қабылданды. Бала: Айша"
        assert "Кезек нөмірі: 7" in (render("Q1", {"child": "Айша", "number": 7}, "kk").sms or "")


def test_an_officials_words_stay_as_written_and_close_once(app):
    with app.app_context():
        body = render("R8", {"child": "Айша", "reason": "Анықтама жоқ. Resubmit {x}."}, "ru").body
    assert body.endswith("Причина: Анықтама жоқ. Resubmit {x}.")


def test_a_benefit_is_named_in_the_readers_language(session, app):
    category = session.query(BenefitCategory).first()
    facts = {"child": "Айша", "category": category.code}
    assert category.name_kk in render("Q6", facts, "kk").body
    assert category.name_ru in render("Q6", facts, "ru").body
    assert render("Q6", {"child": "Айша", "category": "gone"}, "ru").body == "Ребёнок: Айша."
