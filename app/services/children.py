"""Children of an account: found in the register by IIN, or typed in from a document where there is no IIN.

Source: guide 003 «Балалар», guide 000 step 4, domain 1.9 A. A name is shown to an applicant only after
the register has named that applicant as the child's parent.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.gateways.person_register import RegisteredPerson, RegisterUnavailable, register
from app.models import Child, Guardianship, Person
from app.models.enums import GuardianKind, Role, Sex
from app.models.mixins import clean_name
from app.rules.eligibility import full_age_months
from app.rules.iin import contradicts, read_iin
from app.rules.verdict import RuleBroken
from app.services import messages, record
from app.services.access import Actor, Forbidden
from app.words import N_

ADULT_MONTHS = 18 * 12
_LATIN = "AaBCcEeHIiKMOoPpTXxy"
_CYRILLIC = "АаВСсЕеНІіКМОоРрТХху"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_JOINERS = frozenset(" -'’.")


class Unreadable(ValueError):
    """What was typed is no name or number; `msgid` says why, to be translated at the edge."""

    def __init__(self, msgid: str) -> None:
        super().__init__(msgid)
        self.msgid = msgid


@dataclass(frozen=True)
class TypedChild:
    """A child without an entry in the register, as the applicant typed it from the document."""

    document_number: str
    surname: str
    given_name: str
    patronymic: str | None
    birth_date: dt.date
    sex: Sex
    iin: str | None = None


def read_name(text: str) -> str:
    """A name as it is stored: composed letters of one alphabet.

    Latin letters that look like Cyrillic ones are made Cyrillic inside a Cyrillic word. Raises Unreadable for
    digits, signs, loose combining marks and words that mix two alphabets.
    """
    name = clean_name(text)
    if any(unicodedata.category(char)[0] != "L" and char not in _JOINERS for char in name):
        raise Unreadable(N_("Use letters alone, as in the document."))
    words = [_of_one_alphabet(word) for word in name.split()]
    if not any(char.isalpha() for char in name):
        raise Unreadable(N_("Use letters alone, as in the document."))
    return " ".join(words)


def read_document_number(text: str) -> str:
    """A document number as it is stored: capitals, no blanks, Latin where a letter looks the same in both alphabets."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split()).translate(_TO_LATIN)
    letters = plain.replace("-", "").replace("/", "").replace("№", "")
    if not 5 <= len(plain) <= 40 or not letters.isalnum() or not any(char.isdigit() for char in letters):
        raise Unreadable(N_("Enter the number as it stands in the document: letters and digits."))
    return plain


def find(session: Session, person: Person, number: str, today: dt.date) -> RegisteredPerson:
    """The register's entry of a child whose parent the register says `person` is.

    In: a well-formed IIN or document number. Raises RuleBroken: IIN_OWN, IIN_ADULT, IIN_NOT_FOUND,
    NOT_GUARDIAN, REGISTER_DOWN. Nothing of the entry may be shown before this has answered.
    """
    if number in (person.iin, person.document_number):
        raise RuleBroken("IIN_OWN")
    reading = read_iin(number)
    if reading.birth_date is not None and full_age_months(reading.birth_date, today) >= ADULT_MONTHS:
        raise RuleBroken("IIN_ADULT")
    found = _ask_register(number)
    if found is None or not found.is_alive:
        raise RuleBroken("IIN_NOT_FOUND")
    if full_age_months(found.birth_date, today) >= ADULT_MONTHS:
        raise RuleBroken("IIN_ADULT")
    if person.iin is None or person.iin not in found.parent_iins:
        raise RuleBroken("NOT_GUARDIAN")
    return found


def add(
    session: Session, actor: Actor, person_id: int, number: str, kind: GuardianKind, now: dt.datetime, today: dt.date
) -> Child:
    """Ties a child of the register to the applicant; a child another guardian has added is the same child.

    Adding twice changes nothing. The other guardians are told. Raises what `find` raises.
    """
    _require_parent(actor)
    person = session.get_one(Person, person_id)
    found = find(session, person, number, today)
    child = _child_of(session, found)
    if child is None:
        child = Child(
            iin=found.iin,
            document_number=found.document_number,
            surname=found.surname,
            given_name=found.given_name,
            patronymic=found.patronymic,
            birth_date=found.birth_date,
            sex=found.sex,
            nationality=found.nationality,
            created_at=now,
        )
        child = _write(session, child, lambda: _child_of(session, found))
    _tie(session, actor, child, person, kind, now, confirmed=True)
    return child


def add_typed(
    session: Session,
    actor: Actor,
    person_id: int,
    typed: TypedChild,
    kind: GuardianKind,
    now: dt.datetime,
    today: dt.date,
) -> Child:
    """Adds a child from a document. A child the register knows is taken from the register instead.

    Raises RuleBroken: DATE_IN_FUTURE, IIN_ADULT, IIN_BIRTH, IIN_SEX, CHILD_OTHER_ACCOUNT, and what `find` raises.
    """
    _require_parent(actor)
    _check_typed(typed, today)
    if typed.iin is not None:
        return add(session, actor, person_id, typed.iin, kind, now, today)
    if _ask_register(typed.document_number) is not None:
        return add(session, actor, person_id, typed.document_number, kind, now, today)
    person = session.get_one(Person, person_id)
    child = session.scalars(select(Child).where(Child.document_number == typed.document_number)).one_or_none()
    if child is not None:
        if not _is_tied(session, child, person):
            raise RuleBroken("CHILD_OTHER_ACCOUNT")
        return child
    child = Child(
        document_number=typed.document_number,
        surname=typed.surname,
        given_name=typed.given_name,
        patronymic=typed.patronymic,
        birth_date=typed.birth_date,
        sex=typed.sex,
        created_at=now,
    )
    session.add(child)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise RuleBroken("CHILD_OTHER_ACCOUNT") from error
    _tie(session, actor, child, person, kind, now, confirmed=False)
    return child


def _check_typed(typed: TypedChild, today: dt.date) -> None:
    if typed.birth_date > today:
        raise RuleBroken("DATE_IN_FUTURE")
    if full_age_months(typed.birth_date, today) >= ADULT_MONTHS:
        raise RuleBroken("IIN_ADULT")
    if typed.iin is None:
        return
    if contradicts(typed.iin, typed.birth_date):
        raise RuleBroken("IIN_BIRTH")
    if contradicts(typed.iin, typed.birth_date, typed.sex):
        raise RuleBroken("IIN_SEX")


def _require_parent(actor: Actor) -> None:
    """The parent, or the operator who files on a parent's behalf (app/services/filing.py)."""
    if not actor.roles & {Role.PARENT, Role.SUPPORT}:
        raise Forbidden("add_child")


def _ask_register(number: str) -> RegisteredPerson | None:
    try:
        return register().find(number)
    except RegisterUnavailable as error:
        raise RuleBroken("REGISTER_DOWN") from error


def _child_of(session: Session, found: RegisteredPerson) -> Child | None:
    keys = [Child.iin == found.iin] if found.iin else []
    if found.document_number:
        keys.append(Child.document_number == found.document_number)
    return session.scalars(select(Child).where(or_(*keys)).order_by(Child.id)).first()


def _write(session: Session, child: Child, again: Callable[[], Child | None]) -> Child:
    """Writes the child; when the other guardian was faster, takes theirs."""
    try:
        with session.begin_nested():
            session.add(child)
            session.flush()
    except IntegrityError:
        existing = again()
        if existing is None:
            raise
        return existing
    return child


def _is_tied(session: Session, child: Child, person: Person) -> bool:
    query = select(Guardianship.id).where(Guardianship.child_id == child.id, Guardianship.person_id == person.id)
    return session.scalar(query) is not None


def _tie(
    session: Session, actor: Actor, child: Child, person: Person, kind: GuardianKind, now: dt.datetime, confirmed: bool
) -> None:
    others = session.scalars(
        select(Person)
        .join(Guardianship, Guardianship.person_id == Person.id)
        .where(Guardianship.child_id == child.id, Person.id != person.id)
    ).all()
    tied = session.execute(
        insert(Guardianship)
        .values(child_id=child.id, person_id=person.id, kind=kind, confirmed_by_register=confirmed, created_at=now)
        .on_conflict_do_nothing()
        .returning(Guardianship.id)
    ).scalar()
    if tied is None:
        return
    record.write_event(
        session, actor, now, "add_child", child, child_id=child.id, after={"kind": kind, "confirmed": confirmed}
    )
    for other in others:
        messages.notify_person(session, now, other, "G2", child=child.given_name, name=person.full_name)


def _of_one_alphabet(word: str) -> str:
    """The word with its look-alike letters in the alphabet of the others."""
    scripts = {unicodedata.name(char, "?").split()[0] for char in word if char.isalpha()}
    if scripts <= {"LATIN"} or scripts <= {"CYRILLIC"}:
        return word
    if scripts == {"LATIN", "CYRILLIC"}:
        mended = word.translate(_TO_CYRILLIC)
        if not any(unicodedata.name(char, "?").startswith("LATIN") for char in mended):
            return mended
    raise Unreadable(N_("The word mixes letters of two alphabets. Type it again with one keyboard."))
