"""The village under vouchers: two rounds, and families at every step between the answer and the contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.families import Families, TownChild
from app.demo.present import Stage
from app.models import Application, Kindergarten, KindergartenGroup, Locality, RuleSetAssignment, Voucher
from app.models.enums import AgeGroup, KindergartenKind, Language, Role, VoucherStatus
from app.rules.iin import make_bin
from app.services import voucher_places, voucher_rounds, vouchers
from app.services.access import SYSTEM, Actor
from app.services.applications import Wish, submit
from app.services.categories import seed_priority_categories
from app.services.regulation import end_of_day

#: Code of the classifier: a village of the same district.
KANTAGI = "612037100"
#: Days before today: the rules, the applications, the two rounds.
SINCE, FILED, FIRST, SECOND = 60, 40, 14, 1
CHILDREN = 16
_NAMES = (("№901 «Ақбота»", 6), ("№902 «Балдәурен»", 3))


def village(session: Session) -> Locality:
    """The village's row of the classifier."""
    return session.scalars(select(Locality).where(Locality.code == KANTAGI)).one()


def newcomers(families: Families, place: Locality, year: int) -> list[TownChild]:
    """Children of the village whose applications the stage will file."""
    return [families.child(year - 3, place.id, "kk") for _ in range(CHILDREN)]


class VoucherStories:
    """Puts the village on the stage."""

    def __init__(self, stage: Stage, place: Locality, children: Sequence[TownChild]) -> None:
        self.stage, self.session, self.place, self.children = stage, stage.session, place, children
        self.gardens = [self._kindergarten(number, name, places) for number, (name, places) in enumerate(_NAMES)]

    def put_on(self) -> None:
        """The families apply; the first round is answered in every way, the second is fresh."""
        stage = self.stage
        seed_priority_categories(self.session)
        self.session.add(
            RuleSetAssignment(
                locality=self.place,
                rule_set="voucher_2025",
                from_on=stage.today - dt.timedelta(days=SINCE),
                basis="Demo: decision of the village's education department",
            )
        )
        self.session.add_all(self.gardens)
        self.session.flush()
        for number, child in enumerate(self.children):
            stage.at(stage.moment(FILED - number), lambda at, of=child: self._file(of, at))
        stage.at(stage.moment(FIRST), self._first_round)
        stage.at(stage.moment(SECOND), self._second_round)

    def _file(self, child: TownChild, moment: dt.datetime) -> None:
        parent = Actor(roles=frozenset({Role.PARENT}), person_id=child.applicant_id)
        submit(self.session, parent, child.applicant_id, Wish(child.id, self.place.id, (Language.KK,)), moment)

    def _first_round(self, moment: dt.datetime) -> None:
        """Refused, not answered, confirmed and not used; the others found their kindergarten."""
        issued = self._round(moment)
        self._answer(issued[:1], moment, vouchers.refuse_voucher)
        for voucher in issued[1:3]:
            self.stage.at(
                end_of_day(voucher.confirm_by) + dt.timedelta(minutes=1),
                lambda at, of=voucher.id: vouchers.annul_if_unanswered(self.session, SYSTEM, of, at),
            )
        self._answer(issued[3:], moment, vouchers.confirm_voucher)
        self.stage.at(moment + dt.timedelta(hours=3), lambda at: self._lose_and_choose(issued[3:], at))

    def _second_round(self, moment: dt.datetime) -> None:
        """The first has confirmed, the second has chosen; the others are still asked."""
        issued = self._round(moment)
        self._answer(issued[:2], moment, vouchers.confirm_voucher)
        self.stage.at(moment + dt.timedelta(hours=3), lambda at: self._choose(issued[1:2], at))

    def _round(self, moment: dt.datetime) -> list[Voucher]:
        row = voucher_rounds.issue_round(self.session, SYSTEM, self.place.id, moment)
        found = self.session.scalars(select(Voucher).where(Voucher.round_id == row.id).order_by(Voucher.id))
        return list(found)

    def _answer(self, issued: Sequence[Voucher], moment: dt.datetime, act: object) -> None:
        for voucher in issued:
            self.stage.at(
                moment + dt.timedelta(hours=2),
                lambda at, of=voucher: act(self.session, self._parent(of), of.id, at),  # type: ignore[operator]
            )

    def _lose_and_choose(self, confirmed: Sequence[Voucher], moment: dt.datetime) -> None:
        self._choose(confirmed[:2], moment)
        for voucher in confirmed:
            if voucher.enrol_by is not None:
                self.stage.at(
                    end_of_day(voucher.enrol_by) + dt.timedelta(minutes=1),
                    lambda at, of=voucher.id: vouchers.expire_if_over(self.session, SYSTEM, of, at),
                )

    def _choose(self, confirmed: Sequence[Voucher], moment: dt.datetime) -> None:
        group = self.gardens[0].groups[0]
        for voucher in confirmed:
            if voucher.status is VoucherStatus.CONFIRMED:
                voucher_places.request_enrolment(self.session, self._parent(voucher), voucher.id, group.id, moment)

    def _parent(self, voucher: Voucher) -> Actor:
        return self.stage.parent(self.session.get_one(Application, voucher.application_id))

    def _kindergarten(self, number: int, name: str, places: int) -> Kindergarten:
        garden = Kindergarten(
            bin=_bin(number),
            name=name,
            kind=KindergartenKind.PRIVATE,
            locality=self.place,
            address=f"Бейбітшілік көшесі, {5 + number}",
            phones=[f"+770000009{number:02d}"],
            languages=["kk"],
            correction_types=[],
        )
        garden.groups.append(
            KindergartenGroup(
                name="Құлыншақ",
                age_group=AgeGroup.MIDDLE,
                birth_years=[self.stage.today.year - 3],
                language=Language.KK,
                capacity=places,
                enrolled=0,
                held=0,
                published=0,
                free=places,
            )
        )
        return garden


def _bin(number: int) -> str:
    serial = 98_000 + 100 * number
    while (made := make_bin(2020, 1, serial)) is None:
        serial += 1
    return made
