"""The electronic contract: documents, the parent's data, preview, signature; correction after a return."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.gateways.signatures import Signatory, development_signer
from app.models import Contract, ContractVersion, Person
from app.models.enums import ContractStatus, DocumentKind
from app.queries.contracts import Tab, contract_counts, contracts_of
from app.rules.verdict import RuleBroken
from app.services import contracts, documents
from app.services.access import require_sight, visible
from app.services.printing import contract_pdf
from app.services.reasons import explain
from app.views.actor import current_actor, current_person_id
from app.views.public import bp
from app.views.public.contract_pages import AWAITING, LOOK, TermsForm, facts_of, hub, printed, signed_bytes, terms_form
from app.views.public.documents import given_file, send_safely
from app.views.public.entrance import parents_only


@bp.get("/contracts", endpoint="contracts")
@parents_only
def contracts_list() -> str:
    """The reader's contracts under three tabs: in progress, signed, archive."""
    given = request.args.get("tab", "")
    tab = Tab(given) if given in set(Tab) else Tab.IN_PROGRESS
    return render_template(
        "public/contracts/list.html",
        contracts=contracts_of(db.session, visible(current_actor(), Contract), tab),
        tab=tab,
        tabs=_tabs(tab),
        look=LOOK,
    )


@bp.get("/contracts/<int:contract_id>")
@parents_only
def contract(contract_id: int) -> str:
    """Where the contract stands; while it awaits the parent: the documents to attach."""
    return _hub(contract_id)


@bp.post("/contracts/<int:contract_id>/documents/<kind>")
@parents_only
def attach_document(contract_id: int, kind: str) -> Any:
    """Attaches or replaces one document; a file that is refused says so at its row."""
    _own(contract_id)
    if kind not in set(DocumentKind):
        abort(404)
    try:
        with unit_of_work() as session:
            documents.attach_to_contract(
                session, current_actor(), contract_id, DocumentKind(kind), given_file("file"), clock.now()
            )
    except RuleBroken as refusal:
        if refusal.code == "STALE":
            return _stale(contract_id, refusal)
        return _hub(contract_id, {kind: explain(refusal)}), 422
    flash(gettext("The file is attached: %(document)s", document=gettext(DocumentKind(kind).msgid)), "success")
    return redirect(url_for("public.contract", contract_id=contract_id, _anchor=kind), 303)


@bp.route("/contracts/<int:contract_id>/data", methods=["GET", "POST"])
@parents_only
def contract_data(contract_id: int) -> Any:
    """The parent's data of the contract; filled in, they become the version to sign."""
    found = _own(contract_id)
    if found.status not in AWAITING:
        return redirect(url_for("public.contract", contract_id=contract_id))
    form = terms_form(found, db.session.get_one(Person, current_person_id()))
    if not form.validate_on_submit():
        return _data_page(contract_id, form), 422 if form.errors else 200
    try:
        with unit_of_work() as session:
            contracts.fill_in(session, current_actor(), contract_id, form.terms(), clock.now())
    except RuleBroken as refusal:
        if refusal.code == "STALE":
            return _stale(contract_id, refusal)
        form.form_errors.append(explain(refusal))
        return _data_page(contract_id, form), 409
    return redirect(url_for("public.contract_preview", contract_id=contract_id), 303)


@bp.get("/contracts/<int:contract_id>/preview")
@parents_only
def contract_preview(contract_id: int) -> Any:
    """Everything that will be signed, to be read once more."""
    found = _own(contract_id)
    if found.latest is None:
        return redirect(url_for("public.contract", contract_id=contract_id))
    return _preview(found, found.latest)


@bp.post("/contracts/<int:contract_id>/sign")
@parents_only
def sign(contract_id: int) -> Any:
    """Signs the version that was shown and sends it to the kindergarten."""
    given = request.form.get("version", "")
    shown = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
    found = _own(contract_id)
    if found.status is ContractStatus.PARENT_SIGNED and found.latest and found.latest.version == shown:
        # The second click of a double one: what was signed stays signed.
        return redirect(url_for("public.contract", contract_id=contract_id), 303)
    try:
        signature = _signature(found, shown)
        with unit_of_work() as session:
            contracts.sign_as_parent(session, current_actor(), contract_id, shown, signature, clock.now())
    except RuleBroken as refusal:
        return _sign_refused(contract_id, refusal)
    flash(gettext("The contract is signed and sent. The kindergarten checks the documents now."), "success")
    return redirect(url_for("public.contract", contract_id=contract_id), 303)


@bp.get("/contracts/<int:contract_id>/contract.pdf")
@parents_only
def contract_sheet(contract_id: int) -> Response:
    """The latest version of the contract for printing."""
    found = _own(contract_id)
    if found.latest is None:
        abort(404)
    content = contract_pdf(printed(db.session, found, found.latest))
    return send_safely(content, "application/pdf", f"{found.number}.pdf")


def _own(contract_id: int) -> Contract:
    require_sight(db.session, current_actor(), Contract, contract_id)
    return db.session.get_one(Contract, contract_id)


def _signature(found: Contract, shown: int) -> str:
    """The signature over the version shown. In the demo the development signer makes it; elsewhere the reader's
    own program does and sends it along."""
    latest = found.latest
    if latest is None or latest.version != shown:
        raise RuleBroken("STALE")
    if not current_app.config["DEMO"]:
        return request.form.get("signature", "")
    person = db.session.get_one(Person, current_person_id())
    return development_signer().sign(signed_bytes(latest), Signatory(iin=person.iin))


def _sign_refused(contract_id: int, refusal: RuleBroken) -> Any:
    if refusal.code == "STALE" or refusal.code == "DEADLINE_PASSED":
        return _stale(contract_id, refusal)
    found = _own(contract_id)
    if found.latest is None:
        return _stale(contract_id, refusal)
    return _preview(found, found.latest, explain(refusal)), 409


def _stale(contract_id: int, refusal: RuleBroken) -> tuple[str, int]:
    """A page that was overtaken: the sentence, and the page as it stands now."""
    flash(explain(refusal), "danger")
    return _hub(contract_id), 409


def _hub(contract_id: int, wrong: dict[str, str] | None = None) -> str:
    found = _own(contract_id)
    return render_template("public/contracts/contract.html", **hub(db.session, found, clock.now()), wrong=wrong or {})


def _data_page(contract_id: int, form: TermsForm) -> str:
    found = _own(contract_id)
    return render_template("public/contracts/data.html", form=form, **hub(db.session, found, clock.now()))


def _preview(found: Contract, version: ContractVersion, wrong: str | None = None) -> str:
    return render_template(
        "public/contracts/preview.html",
        version=version,
        parts=facts_of(db.session, found, version),
        can_sign=current_app.config["DEMO"],
        wrong=wrong,
        form=FlaskForm(),
        **hub(db.session, found, clock.now()),
    )


def _tabs(current: Tab) -> list[tuple[str, str, bool, int]]:
    counts = contract_counts(db.session, visible(current_actor(), Contract))
    return [
        (
            gettext(tab.msgid),
            url_for("public.contracts", tab=tab.value),
            tab is current,
            counts[tab] if tab is Tab.IN_PROGRESS else 0,
        )
        for tab in Tab
    ]
