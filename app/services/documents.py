"""Documents of an application, a referral or a contract: attach, replace, read."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import PurePosixPath

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.gateways.file_store import files
from app.models import Application, Child, Contract, Document, Referral
from app.models.enums import ContractStatus, DocumentKind, DocumentStatus
from app.models.mixins import clean_name
from app.rules import lifecycle
from app.rules.verdict import RuleBroken
from app.services import access, record
from app.services.access import Actor
from app.services.applications import lock_application
from app.services.contracts import current_documents
from app.services.uploads import Upload, accept


def attach_to_application(
    session: Session,
    actor: Actor,
    application_id: int,
    kind: DocumentKind,
    upload: Upload,
    now: dt.datetime,
    issued_on: dt.date | None = None,
    number: str | None = None,
    issuer: str | None = None,
) -> Document:
    """Attaches a document that the application rests on (a benefit, a PMPK conclusion)."""
    access.require(session, actor, "submit_document", Application, application_id)
    application = lock_application(session, application_id)
    lifecycle.check("submit_document", application.status)
    if issued_on is not None and issued_on > clock.local_date(now):
        raise RuleBroken("DATE_IN_FUTURE")
    return _store(
        session,
        actor,
        application,
        kind,
        upload,
        now,
        issued_on=issued_on,
        number=clean_name(number or "")[:40] or None,
        issuer=clean_name(issuer or "")[:200] or None,
    )


def attach_to_referral(session: Session, actor: Actor, referral_id: int, upload: Upload, now: dt.datetime) -> Document:
    """Attaches the proof that an extension of the referral asks for."""
    access.require(session, actor, "extend", Referral, referral_id)
    referral = session.get_one(Referral, referral_id)
    application = lock_application(session, referral.application_id)
    return _store(session, actor, application, DocumentKind.EXTENSION_PROOF, upload, now, referral_id=referral.id)


def attach_to_contract(
    session: Session, actor: Actor, contract_id: int, kind: DocumentKind, upload: Upload, now: dt.datetime
) -> Document:
    """Attaches or replaces one document of a contract; the former one of its kind is kept as replaced."""
    access.require(session, actor, "sign_as_parent", Contract, contract_id)
    application_id = session.scalars(select(Contract.application_id).where(Contract.id == contract_id)).one()
    application = lock_application(session, application_id)
    contract = session.get_one(Contract, contract_id, populate_existing=True)
    if contract.status not in (ContractStatus.SENT, ContractStatus.RETURNED):
        raise RuleBroken("STALE")
    for former in current_documents(session, contract):
        if former.kind is kind:
            former.status = DocumentStatus.REPLACED
    return _store(session, actor, application, kind, upload, now, contract_id=contract.id)


def read(session: Session, actor: Actor, document_id: int, now: dt.datetime) -> tuple[Document, bytes]:
    """A document and its bytes. An office person's reading is recorded in the child's history.

    Raises OutOfReach for a document of somebody else's, FileMissing when the store lost or altered it.
    """
    access.require_sight(session, actor, Document, document_id)
    document = session.get_one(Document, document_id)
    content = files().get(document.sha256)
    if actor.is_staff:
        child = session.get_one(Child, document.application.child_id)
        record.file_opened(session, actor, now, child, f"document {document.id}")
    return document, content


def _store(
    session: Session,
    actor: Actor,
    application: Application,
    kind: DocumentKind,
    upload: Upload,
    now: dt.datetime,
    *,
    contract_id: int | None = None,
    referral_id: int | None = None,
    issued_on: dt.date | None = None,
    number: str | None = None,
    issuer: str | None = None,
) -> Document:
    accepted = accept(upload, current_app.config["MAX_UPLOAD_BYTES"])
    document = Document(
        kind=kind,
        application_id=application.id,
        contract_id=contract_id,
        referral_id=referral_id,
        sha256=files().put(accepted.content),
        size=len(accepted.content),
        content_type=accepted.content_type,
        file_name=_safe_name(upload.file_name, accepted.content_type),
        number=number,
        issuer=issuer,
        issued_on=issued_on,
        status=DocumentStatus.UPLOADED,
        uploaded_at=now,
        uploaded_by_id=actor.user_id,
    )
    session.add(document)
    session.flush()
    record.write_event(
        session,
        actor,
        now,
        "attach",
        document,
        application=application,
        after=record.state(document, "kind", "sha256", "contract_id", "referral_id"),
    )
    return document


def _safe_name(name: str, content_type: str) -> str:
    """The sender's name without paths and control characters, with the ending of what it really is."""
    stem = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).stem
    visible = "".join(char for char in stem if unicodedata.category(char)[0] != "C").strip(" .") or "file"
    return visible[:120] + (".pdf" if content_type == "application/pdf" else ".jpg")
