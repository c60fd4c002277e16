"""The demo's accounts: one per role, all with the same password, which is printed and worth nothing elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.demo.places import KENTAU_DISTRICT, Ground
from app.models import Account, Person
from app.models.enums import QueueType, Role

PASSWORD = "kezek-demo-town"


@dataclass(frozen=True)
class DemoAccount:
    """One line of the table: where to log in, with what, and what it may do."""

    username: str
    role: Role
    page: str
    about: str


#: Usernames of staff; parents log in with their IIN or phone as well.
ACCOUNTS = (
    DemoAccount("admin", Role.ADMIN, "/office/", "settings, users, everything to read"),
    DemoAccount("department", Role.DEPARTMENT, "/office/", "education department of Kentau"),
    DemoAccount("reviewer", Role.REVIEWER, "/office/", "documents of the special queue"),
    DemoAccount("head", Role.HEAD, "/office/", "head of kindergarten №101"),
    DemoAccount("methodist", Role.METHODIST, "/office/", "methodist of kindergarten №101"),
    DemoAccount("support", Role.SUPPORT, "/office/", "files on behalf of parents in Kentau"),
    DemoAccount("auditor", Role.AUDITOR, "/office/", "reads everything, changes nothing"),
    DemoAccount("parent", Role.PARENT, "/", "one child in the queue, one with a contract to sign"),
    DemoAccount("parent2", Role.PARENT, "/", "second guardian of the same children"),
    DemoAccount("parent3", Role.PARENT, "/", "Karnak, rules of 2018: it is this child's turn to choose"),
)
_NAMES = {
    "admin": ("Дәурен", "Бұлтбаев"),
    "department": ("Сәуле", "Самалова"),
    "reviewer": ("Гүлжан", "Шуақова"),
    "head": ("Қарлығаш", "Таңшолпанова"),
    "methodist": ("Айнұр", "Қыраубаева"),
    "support": ("Тимур", "Туманов"),
    "auditor": ("Арман", "Аязов"),
}


class Accounts:
    """Writes the accounts. One hash serves all: it is the same password."""

    def __init__(self, session: Session, now: dt.datetime) -> None:
        self._session = session
        self._created = now.replace(tzinfo=None)
        self._hash = generate_password_hash(PASSWORD)
        self._roles = {row.name: row for row in session.scalars(select(RoleRow))}

    def staff(self, ground: Ground) -> dict[str, Account]:
        """Accounts of the office by username."""
        garden, district = ground.kindergartens[0], ground.localities[KENTAU_DISTRICT]
        ties: dict[str, dict[str, Any]] = {
            "department": {"locality_id": district.id},
            "support": {"locality_id": district.id},
            "reviewer": {"locality_id": district.id, "review_queue": QueueType.SPECIAL},
            "head": {"kindergarten_id": garden.id},
            "methodist": {"kindergarten_id": garden.id},
        }
        made = {
            account.username: self._add(
                account.username, account.role, *_NAMES[account.username], **ties.get(account.username, {})
            )
            for account in ACCOUNTS
            if account.role is not Role.PARENT
        }
        self._session.flush()
        return made

    def heads(self, ground: Ground) -> dict[int, int]:
        """An account for the head of every other kindergarten; gives the accounts' ids by kindergarten."""
        made = {
            garden.id: self._add(f"head{101 + number}", Role.HEAD, "Меңгеруші", garden.name, kindergarten_id=garden.id)
            for number, garden in enumerate(ground.kindergartens)
            if number
        }
        self._session.flush()
        return {garden_id: account.id for garden_id, account in made.items()}

    def parents(self, guardians: Iterable[int]) -> None:
        """Accounts of the demo's parents, in the order of the table."""
        names = [account.username for account in ACCOUNTS if account.role is Role.PARENT]
        for username, person_id in zip(names, guardians, strict=True):
            person = self._session.get_one(Person, person_id)
            self._add(username, Role.PARENT, person.given_name, person.surname, person_id=person_id)
        self._session.flush()

    def _add(self, username: str, role: Role, given_name: str, surname: str, **ties: Any) -> Account:
        account = Account(
            username=username,
            first_name=given_name,
            last_name=surname[:64],
            email=f"{username}@demo.invalid",
            active=True,
            password=self._hash,
            created_on=self._created,
            roles=[self._roles[str(role)]],
            **ties,
        )
        self._session.add(account)
        return account
