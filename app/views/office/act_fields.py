"""What an act asks for: the fields of its form, and what the service gets from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from wtforms import BooleanField, DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app import clock
from app.extensions import db
from app.gateways.signatures import Signatory, development_signer
from app.i18n import language
from app.models import BenefitCategory, Contract, Guardianship, Locality, Person
from app.models.enums import (
    CorrectionType,
    DeclineReason,
    DischargeReason,
    DocumentKind,
    GroupType,
    Language,
    PlaceType,
    QueueType,
    RefusalReason,
)
from app.rules.verdict import RuleBroken
from app.services import voucher_rounds
from app.services.contract_decisions import Mark
from app.services.contracts import current_documents
from app.services.groups import LARGEST
from app.services.uploads import Upload
from app.views.actor import current_actor
from app.views.base import AjaxSelectField, LabelledField, LocalDateTimeField
from app.views.office.acts import Act
from app.views.office.form_fields import FORM_CONTROL, CodesField, NumbersField, ReferenceField, named

Fields = dict[str, UnboundField]
LONGEST_TEXT = 500
TEXT_BOX = {**FORM_CONTROL, "rows": 3, "maxlength": LONGEST_TEXT}
MARK = "mark_"


def stripped(text: str | None) -> str:
    """Typed text without blanks around it."""
    return (text or "").strip()


def _text(label: Any, required: bool, description: Any = "") -> UnboundField:
    checks = [InputRequired()] if required else [Optional()]
    return TextAreaField(
        label, [*checks, Length(max=LONGEST_TEXT)], description=description, filters=[stripped], render_kw=TEXT_BOX
    )


def _code(label: Any, kind: Any, required: bool = True, default: Any = None) -> UnboundField:
    return LabelledField(label, [InputRequired() if required else Optional()], kind=kind, default=default)


def _one(name: str, field: Callable[[], UnboundField]) -> Callable[[list[Any]], Fields]:
    return lambda rows: {name: field()}


def _places(rows: list[Any]) -> Fields:
    free = max(rows[0].free, 1)
    checks = [InputRequired(), NumberRange(min=1, max=free)]
    return {"places": IntegerField(_("How many places"), checks, default=free, render_kw=FORM_CONTROL)}


def _capacity(rows: list[Any]) -> Fields:
    checks = [InputRequired(), NumberRange(min=1, max=LARGEST)]
    return {"capacity": IntegerField(_("Places in all"), checks, default=rows[0].capacity, render_kw=FORM_CONTROL)}


def _birth_years(rows: list[Any]) -> Fields:
    label, words = _("Birth years"), _("The children go along: leave them as they are, or add who may join.")
    years = list(rows[0].birth_years)
    checks = [InputRequired()]
    return {"birth_years": NumbersField(label, checks, default=years, description=words, render_kw=FORM_CONTROL)}


def _round(rows: list[Locality]) -> Fields:
    """What the round would do now; the service counts again under its lock."""
    plan = voucher_rounds.preview(db.session, current_actor(), rows[0].id, clock.now())
    words = gettext(
        "Free places: %(places)s. Vouchers to be issued: %(count)s.", places=plan.free_places, count=len(plan.order)
    )
    if plan.skipped:
        names = db.session.scalars(select(Locality).where(Locality.code.in_(plan.skipped)))
        words += " " + gettext("Left out: %(names)s.", names=", ".join(sorted(one.name(language()) for one in names)))
    about = {**FORM_CONTROL, "readonly": True}
    return {"round": StringField(_("Vouchers"), default=len(plan.order), description=words, render_kw=about)}


def _marks(rows: list[Contract]) -> Fields:
    """One line per document in force: what is wrong with it, empty when it is right."""
    return {
        f"{MARK}{document.id}": StringField(
            gettext(document.kind.msgid),
            [Optional(), Length(max=LONGEST_TEXT)],
            description=gettext("What is wrong with it; leave empty when it is right. File: %(file)s", file=document),
            filters=[stripped],
            render_kw=FORM_CONTROL,
        )
        for document in current_documents(db.session, rows[0])
    }


def _signature(rows: list[Contract]) -> Fields:
    """In the demo the versions that were shown, to be signed with the demo's key; elsewhere a signature."""
    if current_app.config["DEMO"]:
        shown = ",".join(f"{row.id}:{row.latest.version if row.latest else 0}" for row in rows)
        return {"versions": HiddenField(default=shown)}
    return {"signature": _text(_("Electronic signature"), required=True)}


def _applicant(rows: list[Any]) -> Fields:
    def guardians() -> list[tuple[int, str]]:
        found = db.session.scalars(
            select(Person)
            .join(Guardianship, Guardianship.person_id == Person.id)
            .where(Guardianship.child_id == rows[0].id)
            .order_by(Person.id)
        )
        return [(person.id, person.full_name) for person in found]

    return {"applicant": ReferenceField(_("Applicant"), [InputRequired()], rows=guardians)}


def _categories() -> list[tuple[int, str]]:
    active = select(BenefitCategory).where(BenefitCategory.is_active).order_by(BenefitCategory.position)
    return named(db.session.scalars(active))


FIELDS: dict[str, Callable[[list[Any]], Fields]] = {
    "reason": _one("reason", lambda: _text(_("Reason"), True, _("The applicant will read it."))),
    "decline_reason": _one("decline_reason", lambda: _code(_("Reason"), DeclineReason)),
    "refusal_reason": _one("refusal_reason", lambda: _code(_("Reason"), RefusalReason)),
    "discharge_reason": _one("discharge_reason", lambda: _code(_("Reason"), DischargeReason)),
    "places": _places,
    "capacity": _capacity,
    "birth_years": _birth_years,
    "place_type": _one("place_type", lambda: _code(_("Kind of place"), PlaceType, default=PlaceType.FREE)),
    "publish_at": _one(
        "publish_at",
        lambda: LocalDateTimeField(
            _("Claims open at"),
            [Optional()],
            format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            description=_("Leave empty for the next opening time of the rules."),
            render_kw=FORM_CONTROL,
        ),
    ),
    "marks": _marks,
    "signature": _signature,
    "upload": _one(
        "upload",
        lambda: FileField(_("Document"), [FileRequired()], description=_("PDF, JPEG or PNG, up to 5 MB.")),
    ),
    "document_kind": _one("document_kind", lambda: _code(_("Kind of document"), DocumentKind)),
    "issued_on": _one("issued_on", lambda: DateField(_("Issued on"), [Optional()], render_kw=FORM_CONTROL)),
    "paper_number": _one(
        "paper_number",
        lambda: StringField(_("Number of the document"), [Optional(), Length(max=40)], render_kw=FORM_CONTROL),
    ),
    "issuer": _one(
        "issuer", lambda: StringField(_("Who issued it"), [Optional(), Length(max=200)], render_kw=FORM_CONTROL)
    ),
    "bulletin": _one("bulletin", lambda: AjaxSelectField(_("Bulletin"), [InputRequired()], view_name="BulletinView")),
    "round": _round,
    "group": _one("group", lambda: AjaxSelectField(_("Group"), [InputRequired()], view_name="GroupView")),
    "kindergarten": _one(
        "kindergarten", lambda: AjaxSelectField(_("Kindergarten"), [InputRequired()], view_name="KindergartenView")
    ),
    "applicant": _applicant,
    "locality": _one("locality", lambda: AjaxSelectField(_("Locality"), [InputRequired()], view_name="LocalityView")),
    "languages": _one("languages", lambda: CodesField(_("Languages of instruction"), [InputRequired()], kind=Language)),
    "queue_type": _one("queue_type", lambda: _code(_("Kind of queue"), QueueType, default=QueueType.GENERAL)),
    "group_type": _one("group_type", lambda: _code(_("Group kind"), GroupType, default=GroupType.REGULAR)),
    "correction_type": _one("correction_type", lambda: _code(_("Type of disorder"), CorrectionType, required=False)),
    "benefit_category": _one("benefit_category", lambda: ReferenceField(_("Benefit"), [Optional()], rows=_categories)),
}


def _note(act: Act) -> Fields:
    """Words beside a coded reason are for the record; without one they are what the parent reads."""
    coded = any(name.endswith("_reason") for name in act.fields)
    about = _("Needed when the reason is “other reason”.") if coded else _("The applicant will read it.")
    return {"note": _text(_("Note"), False, about)}


def form_for(act: Act, rows: list[Any], *, confirm: bool = False, **given: Any) -> FlaskForm:
    """The form of `act` on `rows`; `confirm` adds the box that a dangerous or bulk act asks to tick."""
    fields: Fields = {}
    for name in act.fields:
        fields |= _note(act) if name == "note" else FIELDS[name](rows)
    if confirm:
        fields["confirmed"] = BooleanField(_("I have checked the rows and confirm the act"), [InputRequired()])
    return type("ActForm", (FlaskForm,), fields)(**given)


def collected(form: FlaskForm, rows: list[Any]) -> dict[str, Any]:
    """What was typed, as the services want it. Raises RuleBroken("STALE") for a version that is gone."""
    data = {name: value for name, value in form.data.items() if not name.startswith(MARK)}
    marks = [(name, text) for name, text in form.data.items() if name.startswith(MARK) and text]
    data["marks"] = [Mark(int(name.removeprefix(MARK)), text) for name, text in marks]
    if "upload" in data:
        data["upload"] = Upload(data["upload"].filename or "", data["upload"].read())
    if "versions" in data:
        data["signature"] = _demo_signatures(data["versions"], rows)
    elif "signature" in data:
        data["signature"] = {row.id: data["signature"] for row in rows}
    if "languages" in data:
        data["languages"] = [Language(code) for code in data["languages"]]
    return data


def _demo_signatures(shown: str | None, rows: list[Contract]) -> dict[int, str]:
    """A signature over the very version that stood on the page: signing another than was read is refused."""
    wanted = dict(pair.split(":", 1) for pair in (shown or "").split(",") if ":" in pair)
    signatures = {}
    for row in rows:
        number = wanted.get(str(row.id), str(row.latest.version if row.latest else 0))
        version = next((each for each in row.versions if str(each.version) == number), None)
        if version is None:
            raise RuleBroken("STALE")
        signatory = Signatory(bin=row.kindergarten.bin)
        signatures[row.id] = development_signer().sign(version.manifest.encode(), signatory)
    return signatures
