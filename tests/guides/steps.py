"""Steps that the walks through the guides share: a visitor without JavaScript who reads pages as words and presses
what stands on them, the people of the register, the office, and the hands of the clock."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import unit_of_work
from app.extensions import db
from app.models import Delivery, Kindergarten, KindergartenGroup, Locality, Message, RegisterEntry
from app.models.enums import LocalityLevel, QueueType, Role, Sex
from tests import factories as make
from tests.samples import pdf

PASSWORD = "қызғалдақ бағы 7"
_BUTTON = re.compile(r'<button\b[^>]*>(.*?)</button>|<a class="btn[^>]*>(.*?)</a>', re.DOTALL)


def words_of(markup: str) -> str:
    """Markup as a reader sees it: no tags, no scripts, blanks made single."""
    bare = re.sub(r"<(script|style|head)\b.*?</\1>|<[^>]+>", " ", markup, flags=re.DOTALL)
    return re.sub(r"\s+([.,:;])", r"\1", " ".join(html.unescape(bare).split()))


@dataclass(frozen=True)
class Page:
    """One answer as it came: `"words" in page` asks what a reader sees."""

    address: str
    html: str

    @property
    def words(self) -> str:
        """The content, without the frame that every page has."""
        return words_of(self.html.partition('<main id="main">')[2].partition("</main>")[0] or self.html)

    @property
    def frame(self) -> str:
        """What stands around the content: menu, language, place, foot."""
        before, _, rest = self.html.partition('<main id="main">')
        return words_of(before + rest.partition("</main>")[2])

    @property
    def buttons(self) -> list[str]:
        """What can be pressed, in the order of the page."""
        return [words_of(one or other) for one, other in _BUTTON.findall(self.html)]

    @property
    def fields(self) -> set[str]:
        """Names of what can be filled in."""
        return set(re.findall(r'<(?:input|select|textarea)\b[^>]*?\bname="([^"]+)"', self.html))

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The tracker: each step's words and its state as the style sheet knows it."""
        track = re.search(r'<ol class="track.*?</ol>', self.html, re.DOTALL)
        assert track, f"no tracker on {self.address}"
        found = re.findall(r"<li([^>]*)>(.*?)</li>", track.group(), re.DOTALL)
        return [(words_of(body), re.sub(r'.*class="([^"]*)".*', r"\1", attributes)) for attributes, body in found]

    def link(self, pattern: str) -> str:
        """The first address on the page that matches; a link or the goal of a form."""
        found = re.search(rf'(?:href|action)="({pattern})"', self.html)
        assert found, f"no {pattern} on {self.address}: {self.words}"
        return html.unescape(found.group(1))

    def value(self, name: str) -> str:
        """The value that stands in the first field of that name: a choice, or what the page carries along."""
        tag = re.search(rf'<input\b[^>]*\bname="{name}"[^>]*>', self.html)
        assert tag, f"no field {name} on {self.address}: {sorted(self.fields)}"
        return html.unescape(re.search(r'\bvalue="([^"]*)"', tag.group())[1])

    def leads_to(self, pattern: str) -> bool:
        return re.search(rf'(?:href|action)="({pattern})"', self.html) is not None

    def __contains__(self, words: str) -> bool:
        return words in self.words

    def says(self, *sentences: str) -> Page:
        """Fails with the whole page when a sentence is missing."""
        for sentence in sentences:
            assert sentence in self.words, f"«{sentence}» is not on {self.address}: {self.words}"
        return self

    def offers(self, *buttons: str) -> Page:
        """Fails when a button is missing."""
        for button in buttons:
            assert any(button in one for one in self.buttons), f"no button «{button}»: {self.buttons}"
        return self

    def withholds(self, *buttons: str) -> Page:
        """Fails when a button is there."""
        for button in buttons:
            assert not any(button in one for one in self.buttons), f"button «{button}» on {self.address}"
        return self


@dataclass
class Visitor:
    """A browser without JavaScript in one language."""

    client: FlaskClient

    def open(self, address: str, /, status: int = 200) -> Page:
        answer = self.client.get(address, follow_redirects=True)
        return self._page(answer, status)

    def send(self, address: str, /, status: int = 200, **fields: Any) -> Page:
        """Sends a form and goes where it leads."""
        answer = self.client.post(
            address, data=fields, follow_redirects=True, content_type="multipart/form-data" if fields else None
        )
        return self._page(answer, status)

    def download(self, address: str) -> bytes:
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        assert answer.mimetype == "application/pdf"
        return answer.data

    def _page(self, answer: Any, status: int) -> Page:
        page = Page(answer.request.full_path.rstrip("?"), answer.get_data(as_text=True))
        assert answer.status_code == status, f"{answer.status_code} on {page.address}: {page.words}"
        return page


def scan(name: str = "scan.pdf") -> tuple[io.BytesIO, str]:
    """A file to attach."""
    return io.BytesIO(pdf()), name


@dataclass(frozen=True)
class Newcomer:
    """A family that the person register knows and Kezek does not."""

    iin: str
    child_iin: str
    phone: str = "+77000000101"


@dataclass
class Town:
    """One locality under the rules of a guide, one kindergarten, one group; the clock; the office."""

    app: Any
    language: str
    place: int
    garden: int
    group: int
    hand: Any
    accounts: dict[Role, int] = field(default_factory=dict)

    def visitor(self) -> Visitor:
        client = self.app.test_client()
        client.set_cookie("lang", self.language)
        return Visitor(client)

    def officer(self, role: Role) -> Visitor:
        """Somebody of the office, logged in; the entrance of the office has tests of its own."""
        visitor = self.visitor()
        with visitor.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = str(self.accounts[role]), True
        return visitor

    def at(self, moment: dt.datetime) -> None:
        self.hand.at = moment

    def run(self, *jobs: Callable[[dt.datetime], Any]) -> None:
        """The clock's own work, now."""
        with self.app.app_context():
            for job in jobs:
                job(self.hand.at)

    def rows(self, model: type[Any]) -> list[Any]:
        """All rows of a model as the database has them, loaded and detached."""
        with self.app.app_context():
            found = list(db.session.scalars(select(model).order_by(model.id)).unique())
            db.session.expunge_all()
            return found

    def last_code(self, phone: str) -> str:
        """The code of the latest SMS to that phone."""
        with self.app.app_context():
            facts = db.session.scalar(
                select(Message.facts)
                .join(Delivery, Delivery.message_id == Message.id)
                .where(Delivery.address == phone, Message.template == "A1")
                .order_by(Message.id.desc())
                .limit(1)
            )
        return str(facts["code"])

    def texts_to(self, phone: str) -> list[str]:
        """Templates of the SMS that left for that phone, the earliest first."""
        with self.app.app_context():
            query = select(Message.template).join(Delivery, Delivery.message_id == Message.id)
            return list(db.session.scalars(query.where(Delivery.address == phone).order_by(Message.id)))

    def newcomer(self, child_born: dt.date, phone: str = "+77000000101") -> Newcomer:
        """A mother and her child, in the register alone."""
        mother_born = dt.date(1994, 2, 25)
        with self.app.app_context(), unit_of_work():
            mother, child = make.iin(mother_born), make.iin(child_born)
            rows = ((mother, "Айгүл", mother_born, []), (child, "Інжу", child_born, [mother]))
            for number, name, born, parents in rows:
                make.make(
                    RegisterEntry,
                    iin=number,
                    surname="Сынақова",
                    given_name=name,
                    patronymic="Сынаққызы",
                    birth_date=born,
                    sex=Sex.FEMALE,
                    parent_iins=parents,
                    nationality="қазақ",
                )
        return Newcomer(mother, child, phone)

    def neighbour(self, at: dt.datetime, child_born: dt.date) -> int:
        """Another family's application, filed by the act itself."""
        with self.app.app_context(), unit_of_work() as session:
            guardian = make.person()
            child = make.child(guardian, birth_date=child_born)
            return make.application(session.get_one(Locality, self.place), guardian, at, of=child).id


def build(app: Any, hand: Any, rule_set: str, language: str, group: dict[str, Any], **garden: Any) -> Town:
    """A town under `rule_set` with everybody of its office."""
    from app.demo.guard import stamp

    with app.app_context(), unit_of_work() as session:
        stamp()
        place = make.locality(name="Кентау")
        place.level = LocalityLevel.SETTLEMENT
        make.assign(rule_set, place)
        home: Kindergarten = make.kindergarten(place, languages=["kk", "ru"], phones=["+77000000123"], **garden)
        room: KindergartenGroup = make.group(home, **group)
        town = Town(app, language, place.id, home.id, room.id, hand)
        ties: dict[Role, dict[str, Any]] = {
            Role.HEAD: {"kindergarten_id": home.id},
            Role.METHODIST: {"kindergarten_id": home.id},
            Role.DEPARTMENT: {"locality_id": place.id},
            Role.REVIEWER: {"locality_id": place.id, "review_queue": QueueType.SPECIAL},
        }
        for role, tie in ties.items():
            town.accounts[role] = make.account(role, **tie).id
        session.flush()
    return town


def number_in(address: str, kind: str) -> int:
    """The id in an address such as /applications/12/accepted."""
    found = re.search(rf"/{kind}/(\d+)", address)
    assert found, f"no {kind} in {address}"
    return int(found[1])


def register(town: Town, visitor: Visitor, who: Newcomer) -> Page:
    """Phone, IIN and consent; the code of the SMS; the password. What the screens say is the walks' subject."""
    visitor.send("/register", phone=who.phone, number=who.iin, consent="y")
    visitor.send("/register/code", code=town.last_code(who.phone))
    return visitor.send("/register/account", password=PASSWORD, repeated=PASSWORD)


def add_child(visitor: Visitor, who: Newcomer) -> Page:
    """The IIN, the check against the register, «Сақтау»."""
    visitor.send("/children/add", iin=who.child_iin, kind="parent")
    return visitor.send("/children/add", iin=who.child_iin, kind="parent", save="y")


def apply(town: Town, visitor: Visitor, **wish: Any) -> int:
    """The five steps of the application; its id."""
    visitor.send("/apply", policy="y", use_of_data="y")
    visitor.send("/apply/applicant", address="Абай к-сі, 2", message_language=town.language)
    child = visitor.open("/apply/child").value("child")
    visitor.send("/apply/child", child=child)
    visitor.send("/apply/place", locality_id=str(town.place))
    usual = {"queue_type": "general", "group_type": "regular", "languages": ["kk", "ru"], "benefit": "0"}
    check = visitor.send("/apply/wish", **{**usual, **wish})
    sent = visitor.send("/apply/send", child_id=check.value("child_id"))
    return number_in(sent.address, "applications")


def settle(town: Town, **wish: Any) -> tuple[Visitor, Newcomer, int]:
    """A family that has registered and applied: the visitor, who they are, the application."""
    visitor, who = town.visitor(), town.newcomer(wish.pop("child_born"), wish.pop("phone", "+77000000101"))
    register(town, visitor, who)
    add_child(visitor, who)
    return visitor, who, apply(town, visitor, **wish)
