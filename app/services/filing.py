"""Filing on behalf of a parent who sits in front of a support operator: who is asked for, by IIN, and the tie."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.gateways.person_register import RegisteredPerson, RegisterUnavailable, register
from app.models import Child, Person
from app.models.enums import GuardianKind, Role
from app.rules.iin import read_iin
from app.rules.verdict import RuleBroken
from app.services import children, record
from app.services.access import Actor, Forbidden


@dataclass(frozen=True)
class Family:
    """The applicant and the child an application is to be filed for."""

    applicant: Person
    child: Child


def find_family(
    session: Session, actor: Actor, applicant_iin: str, child_iin: str, phone: str, now: dt.datetime
) -> Family:
    """The applicant and the child, taken from the register where they are new, tied to each other by it.

    The register's own answer is the operator's right to see them: it names the applicant as the parent.
    Raises Forbidden for anybody but an operator; RuleBroken: IIN_CHECKSUM, IIN_NOT_FOUND, IIN_OWN,
    IIN_ADULT, NOT_GUARDIAN, REGISTER_DOWN.
    """
    if Role.SUPPORT not in actor.roles:
        raise Forbidden("file_for")
    applicant = _applicant(session, applicant_iin, phone)
    child = children.add(session, actor, applicant.id, child_iin, GuardianKind.PARENT, now, clock.local_date(now))
    record.file_opened(session, actor, now, child, "filing on behalf")
    return Family(applicant, child)


def _applicant(session: Session, iin: str, phone: str) -> Person:
    found = _ask_register(iin)
    person = session.scalars(select(Person).where(Person.iin == found.iin).with_for_update()).one_or_none()
    if person is None:
        person = Person(iin=found.iin, document_number=found.document_number)
        session.add(person)
    person.surname, person.given_name, person.patronymic = found.surname, found.given_name, found.patronymic
    person.birth_date, person.sex = found.birth_date, found.sex
    # A number the applicant has proved by a code is not replaced by one that was only said.
    person.phone = person.phone or phone or None
    session.flush()
    return person


def _ask_register(iin: str) -> RegisteredPerson:
    if not read_iin(iin).valid:
        raise RuleBroken("IIN_CHECKSUM")
    try:
        found = register().find(iin)
    except RegisterUnavailable as error:
        raise RuleBroken("REGISTER_DOWN") from error
    if found is None or not found.is_alive or found.iin is None:
        raise RuleBroken("IIN_NOT_FOUND")
    return found
