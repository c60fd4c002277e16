"""Choosing a kindergarten (guide 002): what can be chosen and why not, the text that is signed, the choice itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import canonical_json
from app.gateways.signatures import Signatory, SignatureRefused, verifier
from app.models import Application, KindergartenGroup, Person, Referral, SignedChoice, Turn
from app.models.enums import ApplicationStatus, TurnStatus
from app.queries.turns import Option, as_places, free_groups, live_turn, open_places, promised
from app.rules import lifecycle
from app.rules.eligibility import is_old_enough
from app.rules.rule_sets import RuleSet
from app.rules.turns import fits, leaves_room, old_enough_on
from app.rules.verdict import RuleBroken
from app.services import access, claims, places, record, standing, turns
from app.services.access import Actor
from app.services.applications import lock_application
from app.services.open_places import at_once, take
from app.services.referrals import issue
from app.services.regulation import end_of_day, rule_set_in_force, rules_here


@dataclass(frozen=True)
class Readiness:
    """The three conditions of the button «Балабақшаны таңдау», each with what it lacks.

    old_enough_on: the first day of choice, None when the age is reached. turn: the open turn, None without one.
    options: the groups that can be chosen now, by the turn or open to all.
    """

    old_enough_on: dt.date | None
    turn: Turn | None
    options: tuple[Option, ...]

    @property
    def may_choose(self) -> bool:
        return self.old_enough_on is None and bool(self.options)


def readiness(session: Session, application: Application, now: dt.datetime) -> Readiness:
    """What of the three conditions holds now; changes nothing."""
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    born, today = application.child.birth_date, clock.local_date(now)
    young = None if is_old_enough(born, today, rules) else old_enough_on(born, rules.min_age_months)
    turn = live_turn(session, application.id)
    if turn is not None and now >= end_of_day(turn.choose_by):
        turn = None
    waits = application.status in lifecycle.move("choose_kindergarten").from_
    return Readiness(young, turn, tuple(_options(session, rules, application, turn, now)) if waits else ())


def manifest(application: Application, group: KindergartenGroup) -> str:
    """The text that is signed: who chooses which group for which child."""
    child, garden = application.child, group.kindergarten
    return canonical_json(
        {
            "act": "choose_kindergarten",
            "application": application.number,
            "child": {"iin": child.iin or child.document_number, "name": child.full_name},
            "kindergarten": {"bin": garden.bin, "name": garden.name, "group": group.name},
        }
    )


def choose(
    session: Session, actor: Actor, application_id: int, group_id: int, signature: str, now: dt.datetime
) -> Referral:
    """Chooses a group and signs it: the place is held, the referral issued, the child leaves the queue.

    Raises RuleBroken: STALE, DEADLINE_PASSED after the last day of the turn, NOT_YOUR_TURN, TOO_YOUNG,
    IN_STOP_LIST, BULLETIN_FULL when the place has gone, EDS_* for a bad signature.
    """
    access.require(session, actor, "choose_kindergarten", Application, application_id)
    locality_id = session.scalars(select(Application.locality_id).where(Application.id == application_id)).one()
    turns.lock_places(session, locality_id)
    application = lock_application(session, application_id)
    option = _option(session, application, group_id, now)
    text = manifest(application, option.group)
    _verify(session, actor, text, signature, now)
    turn = live_turn(session, application_id)
    if option.bulletin_id is not None:
        referral = take(session, actor, option.bulletin_id, application_id, now)
    else:
        referral = _choose(session, actor, application, option.group, now)
    session.add(
        SignedChoice(
            application_id=application.id,
            turn_id=turn.id if turn else None,
            referral_id=referral.id,
            group_id=option.group.id,
            manifest=text,
            signature=signature,
            signed_at=now,
        )
    )
    return referral


def _option(session: Session, application: Application, group_id: int, now: dt.datetime) -> Option:
    """The option behind a click, or the reason why there is none."""
    claims.check_waits(session, application, also_notified=True)
    turn = live_turn(session, application.id)
    if turn is not None and now >= end_of_day(turn.choose_by):
        raise RuleBroken("DEADLINE_PASSED", date=turn.choose_by)
    ready = readiness(session, application, now)
    if ready.old_enough_on is not None:
        raise RuleBroken("TOO_YOUNG", date=ready.old_enough_on)
    found = next((option for option in ready.options if option.group.id == group_id), None)
    if found is None:
        raise RuleBroken("BULLETIN_FULL" if turn is not None or ready.options else "NOT_YOUR_TURN")
    lifecycle.check("choose_kindergarten", application.status)
    return found


def _choose(
    session: Session, actor: Actor, application: Application, group: KindergartenGroup, now: dt.datetime
) -> Referral:
    turn = session.scalars(
        select(Turn)
        .where(Turn.application_id == application.id, Turn.status == TurnStatus.LIVE)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    turns.end(turn, TurnStatus.CHOSEN, now)
    application.status = ApplicationStatus.REFERRED
    session.flush()
    standing.leave(session, application)
    if places.lock_group(session, group.id).free < 1:
        raise RuleBroken("BULLETIN_FULL")
    places.move_places(session, group.id, from_="free", to="held")
    record.write_event(
        session,
        actor,
        now,
        "choose_kindergarten",
        application,
        application=application,
        kindergarten_id=group.kindergarten_id,
        before={"status": ApplicationStatus.NOTIFIED},
        after={"status": ApplicationStatus.REFERRED, "turn": turn.id, "group_id": group.id},
    )
    return issue(session, actor, application, group, now)


def _options(
    session: Session, rules: RuleSet, application: Application, turn: Turn | None, now: dt.datetime
) -> list[Option]:
    found: list[Option] = []
    if turn is not None and application.status is ApplicationStatus.NOTIFIED:
        found = _by_turn(session, rules, turn)
    known = {option.group.id for option in found}
    for bulletin in open_places(session, application):
        offered_under = rules_here(session, bulletin.rule_set, bulletin.locality_id, clock.local_date(now))
        if bulletin.group_id in known or not at_once(offered_under):
            continue
        if claims.weigh(session, bulletin, application, now).refusal is None:
            known.add(bulletin.group_id)
            found.append(Option(bulletin.group, bulletin.id))
    return found


def _by_turn(session: Session, rules: RuleSet, turn: Turn) -> list[Option]:
    """The groups of the turn's line; one is left out when others' turns would find no place without it.

    Where places were taken away and not everybody can find one any more, the first who chooses is served.
    """
    groups = free_groups(session, rules, turn.locality_id, turn.language)
    at_hand, others = as_places(groups), promised(session, turn.locality_id, turn.language, but=turn.id)
    enough = fits({**others, turn.birth_year: others.get(turn.birth_year, 0) + 1}, at_hand)
    return [
        Option(group, None)
        for group in groups
        if turn.birth_year in group.birth_years and (not enough or leaves_room(group.id, others, at_hand))
    ]


def _verify(session: Session, actor: Actor, text: str, signature: str, now: dt.datetime) -> None:
    person = session.get_one(Person, actor.person_id)
    try:
        verifier().verify(text.encode(), signature, Signatory(iin=person.iin), now)
    except SignatureRefused as refused:
        raise RuleBroken(refused.code) from refused
