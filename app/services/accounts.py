"""Accounts of parents: proving a phone with a code, the account itself, a forgotten password.

Source: guides 000, 001 and 003 (registration and log-in), domain 1.9 A. What a browser carries between
two steps is the token of a `Registration` row, never a phone or an IIN.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import unicodedata

import phonenumbers
from flask import current_app
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app import clock
from app.gateways.person_register import RegisteredPerson, RegisterUnavailable, register
from app.models import Account, Person, PhoneCode, Registration
from app.models.enums import Language, Role
from app.models.mixins import clean_name
from app.rules import rule_sets
from app.rules.limits import Limit
from app.rules.verdict import RuleBroken
from app.services import messages, record
from app.services.access import Actor, actor_of
from app.services.regulation import DEFAULT_RULE_SET

#: The wording of the data policy and the consent; stored with the moment somebody agreed to it.
CONSENT_VERSION = "2026-01"
REGISTER, RESET = "register", "reset"

CODE_TRIES = 5
CODES_PER_HOUR = 5
STEPS_VALID = dt.timedelta(hours=1)
PASSWORD_SHORTEST, PASSWORD_LONGEST = 8, 40  # guides 001 and 003
FEWEST_CHARACTERS = 5
# Compared against an account that does not exist, so that the answer takes as long.
_NOBODYS_HASH = generate_password_hash("nobody")
_FIRST_TRIED = ("password", "qwerty", "12345678", "87654321", "11111111", "kazakhstan", "qazaqstan", "balabaqsha")


# ── phones and numbers ──


def normal_phone(text: str) -> str:
    """A mobile phone of Kazakhstan as +77XXXXXXXXX. Raises RuleBroken PHONE_FORMAT."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), "KZ")
    except phonenumbers.NumberParseException as error:
        raise RuleBroken("PHONE_FORMAT") from error
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if not mobile or phonenumbers.region_code_for_number(number) != "KZ" or number.extension:
        raise RuleBroken("PHONE_FORMAT")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# ── a code that proves a phone ──


def begin(session: Session, purpose: str, phone: str, number: str, language: str, now: dt.datetime) -> Registration:
    """Begins a registration or a reset and sends a code to `phone`.

    A live code younger than the resend limit is not sent again: it still serves. Raises RuleBroken
    CODE_TOO_MANY. For a reset that fits no account nothing is sent, and nothing else differs.
    """
    session.execute(delete(Registration).where(Registration.begun_at < now - dt.timedelta(days=1)))
    registration = Registration(
        token=secrets.token_urlsafe(32),
        purpose=purpose,
        phone=phone,
        number=number,
        consent_version=CONSENT_VERSION,
        language=language,
        begun_at=now,
    )
    session.add(registration)
    session.flush()
    if resend_at(session, registration) <= now:
        _send_code(session, registration, now)
    return registration


def send_again(session: Session, registration: Registration, now: dt.datetime) -> None:
    """Sends a new code. Raises RuleBroken CODE_TOO_MANY before the resend limit and above the hourly number."""
    earliest = resend_at(session, registration)
    if now < earliest:
        raise RuleBroken("CODE_TOO_MANY", time=earliest)
    _send_code(session, registration, now)


def resend_at(session: Session, registration: Registration) -> dt.datetime:
    """When a new code may be asked for; the beginning of the registration when none was sent yet."""
    last = _last_code(session, registration)
    if last is None or last.used_at is not None:
        return registration.begun_at
    return last.sent_at + _duration(_limit("sms_code_resend"))


def live(session: Session, token: str | None, now: dt.datetime) -> Registration | None:
    """The registration of that token, None when there is none or it began too long ago."""
    if not token:
        return None
    return session.scalars(
        select(Registration).where(Registration.token == token, Registration.begun_at > now - STEPS_VALID)
    ).one_or_none()


def prove_phone(session: Session, registration: Registration, code: str, now: dt.datetime) -> RuleBroken | None:
    """Checks a typed code. Returns what is wrong instead of raising it, because a failed try must be counted.

    Answers CODE_EXPIRED (also when the tries are used up) or CODE_WRONG with the tries left.
    """
    row = _last_code(session, registration, lock=True)
    if row is None or row.used_at is not None or now >= row.valid_until or row.tries >= CODE_TRIES:
        return RuleBroken("CODE_EXPIRED")
    row.tries += 1
    typed = "".join(unicodedata.normalize("NFKC", code).split())
    if not hmac.compare_digest(row.code_hash, _digest(registration, typed)):
        return RuleBroken("CODE_WRONG", n=CODE_TRIES - row.tries)
    row.used_at = now
    registration.phone_proved_at = now
    return None


def _send_code(session: Session, registration: Registration, now: dt.datetime) -> None:
    recent = select(PhoneCode.sent_at).where(
        PhoneCode.phone == registration.phone, PhoneCode.sent_at > now - dt.timedelta(hours=1)
    )
    sent = session.scalars(recent.order_by(PhoneCode.sent_at)).all()
    if len(sent) >= CODES_PER_HOUR:
        raise RuleBroken("CODE_TOO_MANY", time=sent[-CODES_PER_HOUR] + dt.timedelta(hours=1))
    code = f"{secrets.randbelow(1_000_000):06d}"
    valid = _limit("sms_code_valid")
    session.add(
        PhoneCode(
            phone=registration.phone,
            purpose=registration.purpose,
            code_hash=_digest(registration, code),
            sent_at=now,
            valid_until=now + _duration(valid),
            tries=0,
        )
    )
    if registration.purpose == RESET and _account_to_reset(session, registration) is None:
        return
    messages.send_to_phone(session, now, registration.phone, registration.language, "A1", code=code, n=valid.amount)


def _last_code(session: Session, registration: Registration, lock: bool = False) -> PhoneCode | None:
    query = (
        select(PhoneCode)
        .where(PhoneCode.phone == registration.phone, PhoneCode.purpose == registration.purpose)
        .order_by(PhoneCode.sent_at.desc(), PhoneCode.id.desc())
        .limit(1)
    )
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def _digest(registration: Registration, code: str) -> str:
    # A code alone is short enough to be tried out; keyed, its digest is worth nothing without the secret.
    words = f"{registration.purpose}|{registration.phone}|{code}"
    return hmac.new(str(current_app.secret_key).encode(), words.encode(), hashlib.sha256).hexdigest()


def _limit(code: str) -> Limit:
    return rule_sets.get(DEFAULT_RULE_SET).limit(code)


def _duration(limit: Limit) -> dt.timedelta:
    return dt.timedelta(**{limit.unit.value: limit.amount})


# ── the account ──


def registered_person(session: Session, registration: Registration) -> RegisteredPerson:
    """Whom the register names under the number of a proved registration.

    Raises RuleBroken: STALE before the phone is proved, IIN_TAKEN, IIN_NOT_FOUND, REGISTER_DOWN.
    """
    if registration.phone_proved_at is None:
        raise RuleBroken("STALE")
    if _account_of_number(session, registration.number) is not None:
        raise RuleBroken("IIN_TAKEN")
    try:
        found = register().find(registration.number)
    except RegisterUnavailable as error:
        raise RuleBroken("REGISTER_DOWN") from error
    if found is None or not found.is_alive:
        raise RuleBroken("IIN_NOT_FOUND")
    return found


def create(session: Session, registration: Registration, password: str, now: dt.datetime) -> Account:
    """The account of a parent, tied to the person of the register; ends the registration.

    Raises RuleBroken: those of registered_person, PASSWORD_LENGTH, PASSWORD_WEAK.
    """
    found = registered_person(session, registration)
    check_new_password(password, registration.number, registration.phone)
    person = _person(session, found)
    person.phone = registration.phone
    person.message_language = Language(registration.language)
    person.consent_version = registration.consent_version
    person.consented_at = registration.begun_at
    session.flush()
    account = Account(
        # Neither name tells who it is: lists and logs of the office show them.
        username=f"parent{person.id}",
        email=f"parent{person.id}@no-mail.invalid",
        first_name=person.given_name[:64],
        last_name=person.surname[:64],
        active=True,
        person_id=person.id,
        password=_hash(password),
        created_on=clock.local(now).replace(tzinfo=None),
    )
    account.roles = [session.scalars(select(RoleRow).where(RoleRow.name == str(Role.PARENT))).one()]
    session.add(account)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise RuleBroken("IIN_TAKEN") from error
    record.write_event(session, actor_of(account), now, "register_account", account)
    session.delete(registration)
    return account


def find_for_login(session: Session, name: str) -> list[Account]:
    """The accounts of parents that an IIN, a document number, a phone or a user name may mean.

    A phone may serve two parents of one household, so there can be several.
    """
    name = clean_name(name)
    clauses = [Person.iin == name, Person.document_number == name.upper(), Account.username == name]
    try:
        clauses.append(Person.phone == normal_phone(name))
    except RuleBroken:
        clauses.append(Person.iin == "".join(name.split()))
    query = select(Account).join(Person, Person.id == Account.person_id).where(or_(*clauses), Account.active.is_(True))
    return list(session.scalars(query.order_by(Account.id).limit(5)))


def log_in(session: Session, name: str, password: str, now: dt.datetime) -> Account | None:
    """The account that `name` and `password` open, None when they open none; counts the visit."""
    wanted = _normal_password(password)
    candidates = find_for_login(session, name)
    opened = [account for account in candidates if check_password_hash(account.password or "", wanted)]
    if not candidates:
        check_password_hash(_NOBODYS_HASH, wanted)
    for account in opened[:1]:
        account.last_login = clock.local(now).replace(tzinfo=None)
        account.login_count = (account.login_count or 0) + 1
        return account
    return None


def set_password(session: Session, registration: Registration, password: str, now: dt.datetime) -> Account:
    """A new password for a forgotten one, after the code; ends the reset and tells the owner.

    Raises RuleBroken: STALE before the code or without a fitting account, PASSWORD_LENGTH, PASSWORD_WEAK.
    """
    account = _account_to_reset(session, registration)
    if registration.phone_proved_at is None or account is None:
        raise RuleBroken("STALE")
    check_new_password(password, registration.number, registration.phone)
    _change(session, account, password, actor_of(account), now, "reset_password")
    session.delete(registration)
    return account


def change_password(session: Session, actor: Actor, old: str, new: str, now: dt.datetime) -> Account:
    """A new password for a known one. Raises RuleBroken: LOGIN_WRONG, PASSWORD_LENGTH, PASSWORD_WEAK."""
    account = session.get_one(Account, actor.user_id)
    if not check_password_hash(account.password or "", _normal_password(old)):
        raise RuleBroken("LOGIN_WRONG")
    person = session.get_one(Person, account.person_id)
    check_new_password(new, person.iin or person.document_number or "", person.phone or "")
    _change(session, account, new, actor, now, "change_password")
    return account


def check_new_password(password: str, number: str, phone: str) -> None:
    """Raises RuleBroken PASSWORD_LENGTH or PASSWORD_WEAK. Length and variety, no recipe of signs."""
    text = _normal_password(password)
    if not PASSWORD_SHORTEST <= len(text) <= PASSWORD_LONGEST:
        raise RuleBroken("PASSWORD_LENGTH")
    folded = text.casefold()
    own = [known for known in (number, phone.removeprefix("+"), phone.removeprefix("+7")) if known]
    if len(set(text)) < FEWEST_CHARACTERS or any(known in folded for known in (*_FIRST_TRIED, *own)):
        raise RuleBroken("PASSWORD_WEAK")


def password_mark(account: Account) -> str:
    """A short digest of the stored password: sessions that carry an older one are over."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"{account.id}|{account.password}".encode(), hashlib.sha256).hexdigest()[:16]


def _change(session: Session, account: Account, password: str, actor: Actor, now: dt.datetime, act: str) -> None:
    account.password = _hash(password)
    person = session.get_one(Person, account.person_id)
    messages.notify_person(session, now, person, "A2", date=clock.local_date(now), time=now)
    record.write_event(session, actor, now, act, account)


def _person(session: Session, found: RegisteredPerson) -> Person:
    """The person's row: the one an operator has already made, or a new one with the register's data."""
    key = Person.iin == found.iin if found.iin else Person.document_number == found.document_number
    person = session.scalars(select(Person).where(key).with_for_update()).one_or_none()
    if person is None:
        person = Person(iin=found.iin, document_number=found.document_number)
        session.add(person)
    person.surname, person.given_name, person.patronymic = found.surname, found.given_name, found.patronymic
    person.birth_date, person.sex = found.birth_date, found.sex
    return person


def _account_of_number(session: Session, number: str) -> Account | None:
    return session.scalars(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(or_(Person.iin == number, Person.document_number == number))
    ).first()


def _account_to_reset(session: Session, registration: Registration) -> Account | None:
    account = _account_of_number(session, registration.number)
    if account is None or not account.active:
        return None
    phone = session.scalar(select(Person.phone).where(Person.id == account.person_id))
    return account if phone == registration.phone else None


def _normal_password(password: str) -> str:
    # The same keys give composed letters on one device and combining ones on another.
    return unicodedata.normalize("NFKC", password)


def _hash(password: str) -> str:
    method = current_app.config.get("FAB_PASSWORD_HASH_METHOD", "scrypt")
    return generate_password_hash(_normal_password(password), method=method)
