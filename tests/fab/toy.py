"""A toy office: houses with rooms. Each keeper sees one house; the tests try to get past that."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from flask_appbuilder import ModelRestApi
from flask_appbuilder.actions import action
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.manager import BaseSecurityManager
from flask_login import current_user
from sqlalchemy import ColumnElement, Date, ForeignKey, String, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.db import UtcDateTime, code_of, unit_of_work
from app.models import Kindergarten, Locality
from app.rules.verdict import RuleBroken
from app.views.base import OfficeAppBuilder, OfficeModelRestApi, OfficeModelView, ScopeFilter
from app.words import Labelled

PASSWORD = "a long toy password"


class ToyBase(DeclarativeBase):
    """Apart from the product's metadata, so that Alembic never sees a toy."""


class RoomState(Labelled):
    WAITING = "waiting", "Awaiting activation"
    ACTIVATED = "activated", "Activated"


class House(ToyBase):
    __tablename__ = "toy_house"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    rooms: Mapped[list[Room]] = relationship(back_populates="house")

    def __repr__(self) -> str:
        return self.name


class Room(ToyBase):
    __tablename__ = "toy_room"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    iin: Mapped[str | None] = mapped_column(String(12))
    state: Mapped[RoomState] = mapped_column(code_of(RoomState), default=RoomState.WAITING)
    opened_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    opened_on: Mapped[dt.date | None] = mapped_column(Date)
    house_id: Mapped[int] = mapped_column(ForeignKey("toy_house.id"))
    house: Mapped[House] = relationship(back_populates="rooms")

    def __repr__(self) -> str:
        return self.name


class ToyScope(ScopeFilter):
    """keeper1 sees house 1, keeper2 house 2; the administrator sees all."""

    @staticmethod
    def predicate(model: type) -> ColumnElement[bool]:
        if current_user.username == "chief":
            return true()
        house = int(current_user.username[-1])
        return model.id == house if model is House else model.house_id == house


class HouseView(OfficeModelView):
    datamodel = SQLAInterface(House)
    scope_filter = ToyScope
    list_columns = ["name"]
    show_columns = ["name"]
    add_columns = edit_columns = ["name"]
    quick_search_columns = ["name"]


class RoomView(OfficeModelView):
    datamodel = SQLAInterface(Room)
    scope_filter = ToyScope
    record_name = "Room"
    records_name = "Rooms"
    list_columns = ["name", "iin", "state", "house.name", "opened_at", "opened_on"]
    show_columns = ["name", "iin", "state", "house", "opened_at"]
    add_columns = edit_columns = ["name", "house", "iin", "opened_on"]
    search_columns = ["name", "state", "opened_on", "house"]
    quick_search_columns = ["name"]
    order_columns = ["name"]
    ajax_columns = {"house": "HouseView"}
    changes: list[tuple[Any, ...]] = []

    @action("open", "Open", "Open the room?")
    def open_rooms(self, chosen: Any) -> None:
        ids = [room.id for room in (chosen if isinstance(chosen, list) else [chosen])]
        with unit_of_work() as session:
            for room in session.query(Room).filter(Room.id.in_(ids)):
                room.state = RoomState.ACTIVATED

    @action("single", "Single", multiple=False)
    def only_single(self, room: Room) -> None:
        """Does nothing; offered on the page of one room alone."""

    def pre_update(self, item: Room) -> None:
        if item.name == "forbidden":
            raise RuleBroken("NO_SUCH_NAME")

    def reason_of(self, broken: RuleBroken) -> str:
        return f"sentence of {broken.code}"

    def on_change(self, verb: str, item: Room, before: Any, after: Any) -> None:
        self.changes.append((verb, item.id, before, after))


class HouseWithRoomsView(OfficeModelView):
    datamodel = SQLAInterface(House)
    scope_filter = ToyScope
    list_columns = show_columns = ["name"]
    add_columns = edit_columns = ["name"]
    related_views = [RoomView]


class RoomApi(OfficeModelRestApi):
    datamodel = SQLAInterface(Room)
    resource_name = "room"
    scope_filter = ToyScope
    list_columns = ["id", "name", "iin", "state", "house.name"]
    show_columns = ["id", "name", "house.name"]
    add_columns = edit_columns = ["name", "house"]
    search_columns = ["name", "opened_on", "id"]

    def reason_of(self, broken: RuleBroken) -> str:
        return broken.code


class PlainRoomView(OfficeModelView):
    """With FAB's shared filters, to show that the test of ours can fail."""

    _filters = None
    datamodel = SQLAInterface(Room)
    scope_filter = ToyScope
    add_columns = edit_columns = ["name"]
    list_columns = ["name"]
    search_columns = ["name"]


class PlainRoomApi(ModelRestApi):
    """FAB as it comes."""

    datamodel = SQLAInterface(Room)
    resource_name = "plainroom"
    list_columns = ["name"]
    search_columns = ["name"]


class KindergartenView(OfficeModelView):
    """Offered by the form of accounts."""

    datamodel = SQLAInterface(Kindergarten)
    base_permissions = ["can_list"]
    list_columns = ["name"]


class LocalityView(OfficeModelView):
    """Offered by the form of accounts."""

    datamodel = SQLAInterface(Locality)
    base_permissions = ["can_list"]
    list_columns = ["name_kk"]


VIEWS = (KindergartenView, LocalityView, HouseView, RoomView, HouseWithRoomsView, PlainRoomView)
APIS = (RoomApi, PlainRoomApi)


def make_toy(database_url: str, redis_url: str, **more: Any) -> Flask:
    """The toy application on a real database; its tables must exist already."""
    from app import security
    from app.extensions import csrf, db
    from config import settings

    app = Flask("app")
    app.config.update(settings(TESTING=True, DEMO=True, SQLALCHEMY_DATABASE_URI=database_url, REDIS_URL=redis_url))
    app.config.update({"WTF_CSRF_ENABLED": False, "BABEL_DEFAULT_LOCALE": "en", "KEZEK_RATE_LIMITS": False, **more})
    db.init_app(app)
    csrf.init_app(app)
    security.init_app(app)
    app.add_url_rule("/public", view_func=lambda: "a page of parents")
    with app.app_context():
        office = OfficeAppBuilder(app, db.session)
        for view in VIEWS:
            office.add_view(view, view.__name__, category="Toys")
        for api in APIS:
            office.add_api(api)
    return app


def fill_toy(app: Flask) -> None:
    """Roles, accounts (chief, keeper1, keeper2, parent1), two houses with three rooms each."""
    from app.extensions import db

    with app.app_context():
        office = app.extensions["appbuilder"]
        BaseSecurityManager.create_db(office.sm)
        office.add_permissions(update_perms=True)
        chief, keeper = office.sm.find_role("Admin"), office.sm.add_role("Kindergarten head")
        for name in (*(view.__name__ for view in (*VIEWS, *APIS)), "Toys"):
            for link in office.sm.find_permissions_view_menu(office.sm.find_view_menu(name)):
                office.sm.add_permission_role(keeper, link)
        for link in db.session.query(office.sm.permissionview_model):
            office.sm.add_permission_role(chief, link)
        parent = office.sm.add_role("Parent")
        people = {"chief": chief, "keeper1": keeper, "keeper2": keeper, "parent1": parent}
        for username, role in people.items():
            office.sm.add_user(username, username, "Toy", f"{username}@example.org", role, password=PASSWORD)


def refill_houses(app: Flask) -> None:
    """Puts houses and rooms back to what the tests expect."""
    from app.extensions import db

    with app.app_context(), unit_of_work() as session:
        session.query(Room).delete()
        session.query(House).delete()
        for number in (1, 2):
            session.add(House(id=number, name=f"House {number}"))
        for number in range(1, 7):
            session.add(
                Room(
                    id=number,
                    name=f"room {number}",
                    iin="060413500123",
                    house_id=1 if number <= 3 else 2,
                    opened_at=dt.datetime(2026, 11, 20, 13, 0, tzinfo=dt.UTC),
                    opened_on=dt.date(2026, 11, 20),
                )
            )
        session.flush()
        session.execute(db.text("SELECT setval('toy_room_id_seq', 100), setval('toy_house_id_seq', 100)"))
