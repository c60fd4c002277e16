"""The fifth step of the guided application: what is asked for, and the papers it rests on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from sqlalchemy import select
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, Optional, StopValidation

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.i18n import language
from app.models import BenefitCategory, Kindergarten
from app.models.enums import CorrectionType, GroupType, Language, QueueType, Stream
from app.rules.verdict import RuleBroken
from app.services import drafts, special_queues
from app.services.reasons import explain
from app.services.uploads import Upload
from app.views.actor import current_person_id
from app.views.public.fields import Choice, DayField, PublicForm, enum_choices, not_in_future

NO_BENEFIT = NONE_WISHED = "0"
PAPER_FIELDS = {"benefit": "benefit_file", "conclusion": "conclusion_file"}


class SomeLanguage:
    """Refuses a wish without a language."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data:
            raise StopValidation(explain(RuleBroken("LANGUAGES_MISSING")))


class WishForm(PublicForm):
    """Queue, group, languages, benefit. Papers are kept as soon as they arrive, whatever else is wrong."""

    blame = {
        "LANGUAGES_MISSING": "languages",
        "MATCH_GROUP": "group_type",
        "BENEFIT_UNKNOWN": "benefit",
        "DATE_IN_FUTURE": "issued_on",
        "DOC_OUTDATED": "issued_on",
        "REQUIRED": "issued_on",
        "CONCLUSION_INCOMPLETE": "conclusion_number",
        "KINDERGARTEN_UNSUITABLE": "wished_kindergarten",
    }

    queue_type = RadioField(
        lazy_gettext("Kind of queue"),
        [Choice()],
        choices=enum_choices(QueueType),
        description=lazy_gettext("The special and the sanatorium queue need a conclusion of specialists."),
    )
    group_type = RadioField(lazy_gettext("Kind of group"), [Choice()], choices=enum_choices(GroupType))
    languages = SelectMultipleField(
        lazy_gettext("Language of instruction"),
        [SomeLanguage()],
        description=lazy_gettext("You may choose several: the child stands in the queue of each language."),
    )
    correction_type = SelectField(
        lazy_gettext("Type of disorder (by the PMPK conclusion)"),
        [Optional()],
        description=lazy_gettext("For the special queue alone."),
    )
    conclusion_number = StringField(lazy_gettext("Number of the conclusion"), [Optional(), Length(max=40)])
    conclusion_issuer = StringField(
        lazy_gettext("Who issued the conclusion"),
        [Optional(), Length(max=200)],
        description=lazy_gettext("As it stands on the document, for example: the PMPK of the town."),
    )
    conclusion_issued_on = DayField(
        lazy_gettext("Date of the conclusion"), [Optional(), not_in_future], render_kw={"type": "date"}
    )
    wished_kindergarten = SelectField(
        lazy_gettext("Kindergarten you would like"),
        [Optional()],
        description=lazy_gettext("Kindergartens for the type of disorder. The wish binds nobody."),
        validate_choice=False,  # the choices follow the other answers of this very form; the rule is asked after it
    )
    conclusion_file = FileField(lazy_gettext("Conclusion for the special or the sanatorium queue"))
    benefit = SelectField(
        lazy_gettext("Benefit"),
        [Choice()],
        description=lazy_gettext("A benefit counts after the education department has confirmed its document."),
    )
    benefit_file = FileField(lazy_gettext("Document confirming the benefit"))
    issued_on = DayField(
        lazy_gettext("Date of issue of the document"), [Optional(), not_in_future], render_kw={"type": "date"}
    )


def wish_form(given: dict[str, Any]) -> WishForm:
    """The form with the choices of the chosen locality, filled from the draft."""
    form = WishForm(data=_filled(given))
    form.languages.choices = [(str(code), gettext(code.msgid)) for code in _languages(given.get("locality_id"))]
    none_chosen = [("", gettext("Not chosen"))]
    form.correction_type.choices = none_chosen + [(str(kind), gettext(kind.msgid)) for kind in CorrectionType]
    form.wished_kindergarten.choices = [(NONE_WISHED, gettext("Not chosen")), *_suiting(given)]
    form.benefit.choices = [(NO_BENEFIT, gettext("On general grounds (without a benefit)")), *benefit_choices()]
    return form


def keep_papers(form: WishForm) -> None:
    """Keeps the files that came with the form; what is wrong with one stands at its field."""
    for name, field_name in PAPER_FIELDS.items():
        given = request.files.get(field_name)
        if given is None or not given.filename:
            continue
        try:
            with unit_of_work() as session:
                upload = Upload(given.filename, given.read())
                drafts.keep_paper(session, current_person_id(), name, upload, None, clock.now())
        except RuleBroken as error:
            field = form[field_name]
            field.errors = [*field.errors, explain(error)]


def keep_answers(form: WishForm) -> dict[str, Any]:
    """Keeps what the form holds, right or wrong, so that nothing chosen is lost; returns the whole draft."""
    known = {str(code) for code in Language}
    with unit_of_work() as session:
        return drafts.keep(
            session,
            current_person_id(),
            clock.now(),
            queue_type=_one_of(form.queue_type.data, QueueType),
            group_type=_one_of(form.group_type.data, GroupType),
            languages=[code for code in form.languages.data or [] if code in known],
            correction_type=_one_of(form.correction_type.data, CorrectionType),
            benefit_category_id=_number(form.benefit.data),
            issued_on=form.issued_on.data.isoformat() if form.issued_on.data else None,
            conclusion_number=(form.conclusion_number.data or "").strip() or None,
            conclusion_issuer=(form.conclusion_issuer.data or "").strip() or None,
            conclusion_issued_on=form.conclusion_issued_on.data.isoformat() if form.conclusion_issued_on.data else None,
            wished_kindergarten_id=_number(form.wished_kindergarten.data),
        )


def check(form: WishForm, given: dict[str, Any]) -> bool:
    """Whether the answers can be sent; a refusal stands at its field."""
    if given.get("queue_type") == QueueType.SPECIAL and not given.get("correction_type"):
        form.correction_type.errors = [gettext("Choose one.")]
    try:
        drafts.check(db.session, given, clock.now())
    except RuleBroken as error:
        if error.code == "DOCUMENT_MISSING":
            wants_conclusion = given.get("queue_type") != QueueType.GENERAL and "conclusion_paper" not in given
            field = form.conclusion_file if wants_conclusion else form.benefit_file
            field.errors = [*field.errors, explain(error)] if not field.errors else field.errors
        else:
            form.refuse(error)
    return not form.errors


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "queue_type": given.get("queue_type", str(QueueType.GENERAL)),
        "group_type": given.get("group_type", str(GroupType.REGULAR)),
        "languages": given.get("languages", []),
        "correction_type": given.get("correction_type", ""),
        "benefit": str(given.get("benefit_category_id", NO_BENEFIT)),
        "issued_on": dt.date.fromisoformat(given["issued_on"]) if given.get("issued_on") else None,
        "conclusion_number": given.get("conclusion_number", ""),
        "conclusion_issuer": given.get("conclusion_issuer", ""),
        "conclusion_issued_on": _day(given.get("conclusion_issued_on")),
        "wished_kindergarten": str(given.get("wished_kindergarten_id", NONE_WISHED)),
    }


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _suiting(given: dict[str, Any]) -> list[tuple[str, str]]:
    """The kindergartens that may be wished for by the answers so far; before a queue is chosen, those of both."""
    if given.get("locality_id") is None:
        return []
    chosen = QueueType(given.get("queue_type", QueueType.GENERAL))
    queues = (QueueType.SPECIAL, QueueType.SANATORIUM) if chosen is QueueType.GENERAL else (chosen,)
    disorder = CorrectionType(given["correction_type"]) if given.get("correction_type") else None
    found = {
        one.id: f"{one.name} – {code_words(one.correction_types)}" if one.correction_types else one.name
        for queue in queues
        for one in special_queues.kindergartens_for(db.session, given["locality_id"], queue, disorder)
    }
    return [(str(key), words) for key, words in found.items()]


def code_words(codes: list[str]) -> str:
    """Types of disorder as a reader reads them."""
    return ", ".join(gettext(CorrectionType(code).msgid) for code in codes)


def _languages(locality_id: int | None) -> list[Language]:
    """The languages taught in the locality, Kazakh and Russian always."""
    taught = {Language.KK, Language.RU}
    if locality_id is not None:
        rows = db.session.scalars(
            select(Kindergarten.languages).where(Kindergarten.locality_id == locality_id, Kindergarten.is_open)
        )
        taught |= {Language(code) for languages in rows for code in languages}
    return [code for code in Language if code in taught]


def benefit_choices() -> list[tuple[str, str]]:
    """The benefits on the list, each with its stream."""
    rows = db.session.scalars(
        select(BenefitCategory)
        .where(BenefitCategory.is_active, BenefitCategory.stream != Stream.GENERAL)
        .order_by(BenefitCategory.position, BenefitCategory.id)
    )
    return [(str(row.id), f"{gettext(row.stream.msgid)}: {row.name(language())}") for row in rows]


def _one_of(value: str | None, members: Any) -> str | None:
    return value if value in {str(member) for member in members} else None


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdigit() and value != NO_BENEFIT else None
