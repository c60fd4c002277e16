"""Which ways the children of the town's present go: one ending of every kind, most in the first kindergarten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import cycle

from app import clock
from app.demo.places import KENTAU, TURKISTAN, Ground
from app.demo.present import Stage
from app.models import Application, Bulletin, Contract, Kindergarten, KindergartenGroup, Referral
from app.models.enums import GroupType, Role
from app.services import bulletins
from app.services.access import Actor
from app.services.regulation import deadline_of, rule_set_in_force

Ending = Callable[["Stories", Bulletin, int | None], None]

#: Days since publication of the bulletins on which the longer ways were walked.
LONG_AGO = 22


class Stories:
    """Puts the bulletins and the ways of single children on the stage."""

    def __init__(self, stage: Stage, ground: Ground, official: Actor, waiting_contract: int | None) -> None:
        self.stage, self.ground, self.official = stage, ground, official
        #: The application of the demo parent whose contract waits for a signature.
        self.waiting_contract = waiting_contract

    def put_on(self) -> None:
        """Everything, in any order: the stage sorts it by time."""
        kentau, turkistan = self.ground.at(KENTAU), self.ground.at(TURKISTAN)
        first = kentau[0]
        self._open(first, _group(first, 4, "kk"), 17, (ACTIVE + CONTRACTS), self.waiting_contract)
        self._open(first, _group(first, 3, "kk"), 12, ENDED)
        self._open(first, _group(first, 5, "kk"), 6, (waiting, extended))
        endings = cycle(
            ((waiting, signed), (live, declined), (waiting, sent), (expired, waiting), (live, parent_signed))
        )
        for garden in kentau[1:4]:
            self._open(garden, garden.groups[1], 7, next(endings))
            self._open(garden, garden.groups[2], 6, next(endings))
        for garden in turkistan[:3]:
            self._open(garden, garden.groups[1], 3, (waiting, paper))
        for garden in (*kentau[4:7], turkistan[3]):
            self.stage.publish(garden, garden.groups[1], 2, 1, lambda moment: None)
        for garden in (*kentau[6:11], *turkistan[4:6], first):
            self._schedule(garden)
        self._withdrawn(kentau[11])

    def _open(
        self,
        garden: Kindergarten,
        group: KindergartenGroup,
        places: int,
        endings: tuple[Ending, ...],
        fixed: int | None = None,
    ) -> None:
        def then(moment: dt.datetime) -> None:
            bulletin = self.stage.last_bulletin
            for ending in endings:
                ending(self, bulletin, fixed if ending is sent else None)

        self.stage.publish(garden, group, places, LONG_AGO, then)

    def _schedule(self, garden: Kindergarten) -> None:
        """A bulletin that opens at the next opening time of the rule set."""
        group = garden.groups[0]

        def open_it(moment: dt.datetime) -> None:
            if group.free:
                places = min(2, group.free)
                bulletins.open_bulletin(self.stage.session, self.stage.head(garden.id), group.id, places, moment)

        self.stage.at(self.stage.now - dt.timedelta(minutes=30), open_it)

    def _withdrawn(self, garden: Kindergarten) -> None:
        def then(moment: dt.datetime) -> None:
            bulletin = self.stage.last_bulletin
            self.stage.at(
                moment + dt.timedelta(days=3),
                lambda at: bulletins.withdraw_bulletin(
                    self.stage.session, self.stage.head(garden.id), bulletin.id, "Топ жөндеуге жабылды", at
                ),
            )

        self.stage.publish(garden, garden.groups[0], 1, LONG_AGO, then)

    # ── parts of the ways ──

    def referral(
        self,
        bulletin: Bulletin,
        claimed_days_ago: int,
        then: Callable[[Referral, Application], None],
        who: int | None = None,
    ) -> None:
        """A claim, activated the next day; the way goes on with the referral."""
        stage = self.stage

        def claimed(claim_id: int, application: Application) -> None:
            stage.activate(
                claim_id,
                bulletin.kindergarten_id,
                stage.moment(claimed_days_ago - 1, 11),
                lambda referral: then(referral, application),
            )

        stage.claim(bulletin, stage.moment(claimed_days_ago), claimed, who)

    def contract(
        self,
        bulletin: Bulletin,
        sent_days_ago: int,
        then: Callable[[Contract, Application], None],
        who: int | None = None,
    ) -> None:
        """A referral, and the contract sent two days after it."""

        def referred(referral: Referral, application: Application) -> None:
            self.stage.send_contract(
                referral, self.stage.moment(sent_days_ago, 12), lambda contract: then(contract, application)
            )

        self.referral(bulletin, sent_days_ago + 3, referred, who)

    def signed_by_parent(self, bulletin: Bulletin, days_ago: int, then: Callable[[Contract], None]) -> None:
        """A contract that the parent signed some days ago, a day after it came."""

        def sent_to(contract: Contract, application: Application) -> None:
            self.stage.parent_signs(
                contract, application, self.stage.moment(days_ago, 14), lambda moment: then(contract)
            )

        self.contract(bulletin, days_ago + 1, sent_to)


# ── endings: each puts one child on its way ──


def waiting(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """The claim awaits the kindergarten."""
    of.stage.claim(bulletin, of.stage.moment(1, 9), lambda claim_id, application: None, who)


def waiting_long(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """The claim has waited longer than the kindergarten may take."""
    of.stage.claim(bulletin, of.stage.moment(9), lambda claim_id, application: None, who)


def declined(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    of.stage.claim(
        bulletin,
        of.stage.moment(8),
        lambda claim_id, application: of.stage.decline(claim_id, bulletin.kindergarten_id, of.stage.moment(7)),
        who,
    )


def cancelled(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    of.stage.claim(
        bulletin,
        of.stage.moment(6),
        lambda claim_id, application: of.stage.cancel(claim_id, application, of.stage.moment(5)),
        who,
    )


def live(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """A referral that can be used."""
    of.referral(bulletin, 2, lambda referral, application: None, who)


def last_day(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """A referral whose last day is today: it can be extended."""
    rules = rule_set_in_force(of.stage.session, bulletin.locality_id, of.stage.today)
    for days_ago in range(5, 14):
        issued = of.stage.moment(days_ago - 1, 11)
        if deadline_of(of.stage.session, rules, "referral_validity", issued).last_day == of.stage.today:
            of.referral(bulletin, days_ago, lambda referral, application: None, who)
            return


def given_back(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    of.referral(bulletin, 10, of.stage.give_back, who)


def annulled(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    of.referral(bulletin, 11, lambda referral, application: of.stage.annul(referral, of.official), who)


def extended(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    of.referral(bulletin, 14, of.stage.extend, who)


def expired(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """Missed: the child is on the stop-list."""
    of.referral(bulletin, 13, lambda referral, application: of.stage.expire(referral), who)


def paper(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """The older rules: the contract is concluded on paper."""
    of.referral(
        bulletin, 5, lambda referral, application: of.stage.conclude_on_paper(referral, of.stage.moment(2, 15)), who
    )


def sent(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """The contract waits for the parent."""
    of.contract(bulletin, 0 if clock.local(of.stage.now).hour > 13 else 1, lambda contract, application: None, who)


def parent_signed(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """The contract waits for the kindergarten."""
    of.signed_by_parent(bulletin, 1, lambda contract: None)


def review_late(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """The kindergarten has not looked at the signed contract in time."""
    of.signed_by_parent(bulletin, 8, lambda contract: None)


def returned(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    of.signed_by_parent(bulletin, 2, lambda contract: of.stage.return_contract(contract, of.stage.moment(1, 16)))


def signed(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    of.signed_by_parent(
        bulletin, 4, lambda contract: of.stage.sign_contract(contract, of.stage.moment(3, 10), lambda moment: None)
    )


def discharged(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """Enrolled, and gone again: the family moved away."""

    def leave(contract: Contract) -> None:
        of.stage.sign_contract(
            contract, of.stage.moment(9, 10), lambda moment: of.stage.discharge(contract, of.stage.moment(2, 12))
        )

    of.signed_by_parent(bulletin, 10, leave)


def refused(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    of.signed_by_parent(bulletin, 6, lambda contract: of.stage.refuse(contract, of.stage.moment(5, 12)))


def lapsed(of: Stories, bulletin: Bulletin, who: int | None) -> None:
    """The contract was not signed in time: the child is on the stop-list."""
    of.contract(bulletin, 9, lambda contract, application: of.stage.lapse(contract), who)


ACTIVE: tuple[Ending, ...] = (waiting, waiting, live, last_day)
CONTRACTS: tuple[Ending, ...] = (sent, parent_signed, returned, review_late)
ENDED: tuple[Ending, ...] = (
    *(waiting_long, declined, cancelled, given_back, annulled, expired),
    *(signed, discharged, refused, lapsed),
)
ELSEWHERE: tuple[tuple[Ending, ...], ...] = (
    (waiting, signed),
    (live, declined),
    (waiting, sent),
    (expired, waiting),
    (live, parent_signed),
)


def _group(garden: Kindergarten, age: int, language: str) -> KindergartenGroup:
    """The regular group of that age and language."""
    ages = {2: "junior", 3: "middle", 4: "senior", 5: "preschool"}
    return next(
        group
        for group in garden.groups
        if group.age_group.value == ages[age]
        and group.language.value == language
        and group.group_type is GroupType.REGULAR
    )


def official_of(prefix: str, user_id: int) -> Actor:
    """The department official of the town."""
    return Actor(roles=frozenset({Role.DEPARTMENT}), user_id=user_id, locality_prefix=prefix)
