"""What the pages of one contract show: its rows of documents, its form, its facts, its sheet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app import clock
from app.models import Contract, ContractVersion, Document, Person
from app.models.enums import ContractStatus, DocumentKind, DocumentStatus
from app.rules.consequences import of_missed_placement
from app.rules.contract import OPTIONAL_TERMS, REQUIRED_TERMS
from app.rules.rule_sets import Necessity, RuleSet
from app.services.contracts import current_documents
from app.services.regulation import rule_set_in_force
from app.views.dates import counted, limit_words, long_moment, stored_deadline

#: Chip of a contract: the kind of the macro `chip`.
LOOK = {
    ContractStatus.SENT: "soon",
    ContractStatus.PARENT_SIGNED: "info",
    ContractStatus.RETURNED: "bad",
    ContractStatus.SIGNED: "ok",
    ContractStatus.REFUSED: "bad",
    ContractStatus.LAPSED: "bad",
    ContractStatus.TERMINATED: "",
}
AWAITING = (ContractStatus.SENT, ContractStatus.RETURNED)
FILL_IN = lazy_gettext("Fill in this field.")
TOO_LONG = lazy_gettext("This is too long. Write it shorter.")

TERM_WORDS = {
    "parent_document": lazy_gettext("Number of your passport or identity card"),
    "parent_address": lazy_gettext("Your address"),
    "parent_phone": lazy_gettext("Contact phone"),
    "birth_certificate": lazy_gettext("Number of the child's birth certificate"),
    "parent_workplace": lazy_gettext("Place of work"),
    "parent_position": lazy_gettext("Position"),
}


class TermsForm(FlaskForm):
    """The data guide 004 asks the parent for."""

    parent_document = StringField(
        TERM_WORDS["parent_document"], [InputRequired(FILL_IN), Length(max=40, message=TOO_LONG)]
    )
    parent_address = StringField(
        TERM_WORDS["parent_address"], [InputRequired(FILL_IN), Length(max=300, message=TOO_LONG)]
    )
    parent_phone = StringField(TERM_WORDS["parent_phone"], [InputRequired(FILL_IN), Length(max=40, message=TOO_LONG)])
    birth_certificate = StringField(
        TERM_WORDS["birth_certificate"], [InputRequired(FILL_IN), Length(max=40, message=TOO_LONG)]
    )
    parent_workplace = StringField(TERM_WORDS["parent_workplace"], [Length(max=200, message=TOO_LONG)])
    parent_position = StringField(TERM_WORDS["parent_position"], [Length(max=100, message=TOO_LONG)])

    def terms(self) -> dict[str, str]:
        """What was typed, by the names of app/rules/contract.py."""
        return {name: (self[name].data or "").strip() for name in (*REQUIRED_TERMS, *OPTIONAL_TERMS)}

    def validate(self, extra_validators: Any = None) -> bool:
        # Spaces alone are nothing; the service would refuse them too, but not at the field.
        for name in REQUIRED_TERMS:
            self[name].raw_data = [value.strip() for value in self[name].raw_data or []]
        return super().validate(extra_validators)


@dataclass(frozen=True)
class DocumentRow:
    """One kind of document: what is asked for and what is there."""

    kind: DocumentKind
    necessity: Necessity
    document: Document | None

    @property
    def state(self) -> str:
        """The state of the macro docs_row."""
        if self.document is None:
            return "missing" if self.necessity is Necessity.REQUIRED else "optional"
        return {DocumentStatus.ACCEPTED: "accepted", DocumentStatus.MARKED: "fix"}.get(self.document.status, "attached")

    @property
    def is_open(self) -> bool:
        """Whether it stands in the way of signing."""
        return self.state in ("missing", "fix")


def terms_form(contract: Contract, person: Person) -> TermsForm:
    """The form, filled with the last version or with what the profile knows."""
    known = (
        dict(contract.latest.terms)
        if contract.latest
        else {
            "parent_address": person.address,
            "parent_phone": person.phone,
            "parent_workplace": person.workplace,
            "parent_position": person.position,
        }
    )
    return TermsForm(data=known)


def document_rows(session: Session, contract: Contract, rules: RuleSet) -> list[DocumentRow]:
    """A row for every document of the rule set, in its order, then others that are attached."""
    there = {row.kind: row for row in current_documents(session, contract)}
    asked = [DocumentRow(one.kind, one.necessity, there.pop(one.kind, None)) for one in rules.required_documents]
    return asked + [DocumentRow(kind, Necessity.OPTIONAL, row) for kind, row in there.items()]


def hub(session: Session, contract: Contract, now: dt.datetime) -> dict[str, Any]:
    """The variables that every page of one contract shares."""
    rules = rule_set_in_force(session, contract.locality_id, clock.local_date(now))
    rows = document_rows(session, contract, rules)
    deadline = stored_deadline(contract.formula) if contract.status in AWAITING else None
    return {
        "contract": contract,
        "application": contract.application,
        "rules": rules,
        # What awaits a correction stands first.
        "rows": sorted(rows, key=lambda row: row.state != "fix"),
        "to_correct": [row for row in rows if row.state == "fix"],
        "missing": [row for row in rows if row.state == "missing"],
        "awaiting": contract.status in AWAITING,
        "returned": contract.status is ContractStatus.RETURNED,
        "returns_left": rules.contract_returns - contract.returns,
        "sign_limit": limit_words(rules.limit("contract_sign")),
        "otherwise": if_unsigned(contract, rules),
        "deadline_at": clock.local(deadline.at) if deadline else None,
        "counted": counted(deadline) if deadline else None,
        "is_over": deadline.is_over(now) if deadline else False,
        "look": LOOK,
        "now": clock.local(now),
    }


def if_unsigned(contract: Contract, rules: RuleSet) -> str:
    """What a contract that is not signed in time costs under these rules, as the end of a sentence."""
    cost = of_missed_placement(rules, contract.application.missed_referrals)
    if cost.limit is not None:
        return gettext("the application goes to the stop-list: %(limit)s.", limit=limit_words(rules.limit(cost.limit)))
    if contract.voucher_id is not None:
        return gettext("the voucher is annulled and the application goes to the archive.")
    return gettext("the application goes to the archive.")


def facts_of(session: Session, contract: Contract, version: ContractVersion) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that is signed, in parts: (title, rows of words and value)."""
    application = contract.application
    child = application.child
    terms = [(str(TERM_WORDS[name]), str(version.terms.get(name, ""))) for name in TERM_WORDS]
    return [
        (
            gettext("Child"),
            [
                (gettext("IIN or document number"), child.iin or child.document_number or ""),
                (gettext("Full name"), child.full_name),
                (gettext("Date of birth"), f"{child.birth_date:%d.%m.%Y}"),
                (gettext("Sex"), gettext(child.sex.msgid) if child.sex else ""),
            ],
        ),
        (gettext("Parent"), [*_parent(application.applicant), *terms]),
        (
            gettext("Kindergarten"),
            [
                (gettext("Name"), contract.kindergarten.name),
                (gettext("BIN"), contract.kindergarten.bin),
                (gettext("Address"), contract.kindergarten.address),
                (gettext("Group"), contract.group.name),
            ],
        ),
    ]


def _parent(person: Person) -> list[tuple[str, str]]:
    return [
        (gettext("Full name"), person.full_name),
        (gettext("IIN or document number"), person.iin or person.document_number or ""),
    ]


def signed_bytes(version: ContractVersion) -> bytes:
    """Exactly the bytes that are signed."""
    return version.manifest.encode()


def printed(session: Session, contract: Contract, version: ContractVersion) -> dict[str, Any]:
    """The words of the printed contract in the reader's language."""
    parts = [
        {"title": title, "facts": [list(row) for row in rows if row[1]]}
        for title, rows in facts_of(session, contract, version)
    ]
    files = [[gettext(row.kind.msgid), row.file_name] for row in current_documents(session, contract)]
    signatures = [
        [gettext("Parent"), _signed(version.parent_signed_at)],
        [gettext("Kindergarten"), _signed(version.kindergarten_signed_at)],
    ]
    return {
        "title": gettext("Contract"),
        "number": contract.number,
        "parts": [
            *parts,
            {"title": gettext("Documents"), "facts": files},
            {"title": gettext("Signatures"), "facts": signatures},
        ],
        "note": gettext(
            "Version %(version)s. The signed text is kept in the system unchanged.", version=version.version
        ),
    }


def _signed(at: dt.datetime | None) -> str:
    return long_moment(at) if at else gettext("not signed yet")
