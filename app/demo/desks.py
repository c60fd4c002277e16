"""What lies on the desks that check documents: benefits for the department, the special queue for its reviewer."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app import clock
from app.demo.families import Families, TownChild
from app.demo.places import KENTAU, Ground
from app.demo.present import Stage, paper
from app.models import Account, BenefitCategory
from app.models.enums import CorrectionType, DocumentKind, GroupType, Language, QueueType, Role
from app.services import applications, documents
from app.services.access import Actor
from app.services.applications import Wish

BENEFITS, SPECIAL = 9, 8
_STATED = {"number": "114", "issuer": "№1 ПМПК"}


def newcomers(families: Families, ground: Ground, now: dt.datetime) -> list[TownChild]:
    """Children whose applications the stage will file."""
    locality_id = ground.localities[KENTAU].id
    return [families.child(now.year - 3 - number % 2, locality_id, "kk") for number in range(BENEFITS + SPECIAL)]


def put_on(stage: Stage, children: list[TownChild], reviewer: Account, prefix: str) -> None:
    """Files the applications in the last two weeks; some of the special queue are confirmed already."""
    categories = list(stage.session.scalars(select(BenefitCategory).order_by(BenefitCategory.position)))
    actor = Actor(
        roles=frozenset({Role.REVIEWER}),
        user_id=reviewer.id,
        locality_prefix=prefix,
        review_queue=QueueType.SPECIAL,
    )
    for number, child in enumerate(children[:BENEFITS]):
        category = categories[number % len(categories)]
        wish = Wish(child.id, child.locality_id, (Language.KK,), benefit_category_id=category.id)
        _file(stage, child, wish, DocumentKind.BENEFIT_PROOF, days_ago=1 + number, confirmed_by=None)
    for number, child in enumerate(children[BENEFITS:]):
        wish = Wish(
            child.id,
            child.locality_id,
            (Language.KK,),
            QueueType.SPECIAL,
            GroupType.SPECIAL,
            correction_type=CorrectionType.SPEECH,
        )
        done = actor if number % 2 else None
        _file(stage, child, wish, DocumentKind.PMPK_CONCLUSION, days_ago=2 + number, confirmed_by=done)


def _file(
    stage: Stage, child: TownChild, wish: Wish, kind: DocumentKind, days_ago: int, confirmed_by: Actor | None
) -> None:
    parent = Actor(roles=frozenset({Role.PARENT}), person_id=child.applicant_id)

    def file_it(moment: dt.datetime) -> None:
        made = applications.submit(stage.session, parent, child.applicant_id, wish, moment)
        stated = _STATED if kind is DocumentKind.PMPK_CONCLUSION else {}
        issued_on = clock.local_date(moment) - dt.timedelta(days=10)
        documents.attach_to_application(
            stage.session, parent, made.id, kind, paper(kind), moment, issued_on=issued_on, **stated
        )
        if confirmed_by is not None:
            stage.at(
                moment + dt.timedelta(hours=20),
                lambda at: applications.confirm_documents(stage.session, confirmed_by, made.id, at),
            )

    stage.at(stage.moment(days_ago, 15), file_it)
