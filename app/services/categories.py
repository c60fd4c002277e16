"""Priority categories: to which one an application belongs, and the official's edits of the list.

Sources: guide 001 («Приоритетная категория: Дети, 3 года»); the yearly update as kindergartens tell it (D18).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, BenefitCategory, Locality, PriorityCategory
from app.models.enums import ApplicationStatus, BenefitCheck, CategorySource
from app.queries.queue_number import queue_numbers
from app.rules.eligibility import age_by_calendar_year
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import messages, record, standing
from app.services.access import Actor
from app.services.reference import BENEFIT_CATEGORIES

#: Those for whom no category of any list stands open.
REST = "everyone"
_AGES = (
    (5, "Балалар, 5 жас", "Дети, 5 лет", "Children, 5 years"),
    (4, "Балалар, 4 жас", "Дети, 4 года", "Children, 4 years"),
    (3, "Балалар, 3 жас", "Дети, 3 года", "Children, 3 years"),
    (2, "Балалар, 2 жас", "Дети, 2 года", "Children, 2 years"),
)


def assign(session: Session, application: Application, rules: RuleSet, on: dt.date) -> bool:
    """Gives the application the category it belongs to on `on`, none where the queue is not ordered by them.

    Returns whether it changed. The application must be locked or new; its line is the caller's to change.
    """
    before = application.priority_category_id
    category = category_of(session, application, on) if rules.ordered_by_category else None
    application.priority_category = category
    application.priority_category_id = category.id if category else None
    return application.priority_category_id != before


def category_of(session: Session, application: Application, on: dt.date) -> PriorityCategory:
    """The first category of the locality's list that the application belongs to; at last the one for everybody."""
    categories = list_of(session, application.locality_id)
    return next((one for one in categories if belongs(one, application, on)), None) or _rest(session)


def list_of(session: Session, locality_id: int) -> Sequence[PriorityCategory]:
    """The active categories that count in a locality, first to last: of the nearest unit that has a list."""
    here = select(Locality.prefix).where(Locality.id == locality_id).scalar_subquery()
    owner = session.execute(
        select(PriorityCategory.locality_id)
        .outerjoin(Locality, Locality.id == PriorityCategory.locality_id)
        .where(
            PriorityCategory.is_active,
            or_(PriorityCategory.locality_id.is_(None), here.startswith(Locality.prefix)),
        )
        .order_by(func.length(func.coalesce(Locality.prefix, "")).desc())
        .limit(1)
    ).first()
    own = (
        PriorityCategory.locality_id.is_(None)
        if owner is None or owner[0] is None
        else (PriorityCategory.locality_id == owner[0])
    )
    query = select(PriorityCategory).where(PriorityCategory.is_active, own)
    return session.scalars(query.order_by(PriorityCategory.position, PriorityCategory.id)).all()


def belongs(category: PriorityCategory, application: Application, on: dt.date) -> bool:
    """Whether the application belongs to a category on a day, and to every category above it."""
    if not category.is_active:
        return False
    if category.source is CategorySource.AGE:
        age = age_by_calendar_year(application.birth_year, on.year)
        own = (category.min_age or 0) <= age <= (category.max_age or 0)
    elif category.source is CategorySource.BENEFIT:
        confirmed = application.benefit_check is BenefitCheck.CONFIRMED
        own = confirmed and application.benefit_category_id == category.benefit_category_id
    else:
        own = True
    return own and (category.parent is None or belongs(category.parent, application, on))


def recategorise(
    session: Session, actor: Actor, application: Application, rules: RuleSet, now: dt.datetime, tell: bool = True
) -> bool:
    """Puts a waiting application into the category and the line it belongs to now; the moment of submission stays.

    Returns whether anything changed. The applicant is told the new number (Q8).
    """
    before = application.priority_category_id
    if not assign(session, application, rules, clock.local_date(now)):
        return False
    session.flush()
    if application.status in standing.STANDING:
        standing.restand(session, application)
    record.write_event(
        session,
        actor,
        now,
        "recategorise",
        application,
        application=application,
        before={"priority_category_id": before},
        after={"priority_category_id": application.priority_category_id},
    )
    numbers = queue_numbers(session, application.id, rules)
    if tell and numbers:
        messages.notify(session, now, application, "Q8", number=min(place.number for place in numbers))
    return True


def check_edit(session: Session, category: PriorityCategory) -> None:
    """Whether a category may be kept as it is typed. Raises RuleBroken.

    CATEGORY_CYCLE, CATEGORY_PLACE_TAKEN, CATEGORY_IN_USE (switched off while somebody waits in it or a
    category hangs on it), CATEGORY_LAST (switching off the one for everybody), CATEGORY_INCOMPLETE.
    """
    with session.no_autoflush:  # what is refused must not reach the database's own constraints first
        _check_source(category)
        _check_cycle(session, category)
        owner = _tie(category, "locality")
        same = PriorityCategory.locality_id.is_(None) if owner is None else PriorityCategory.locality_id == owner
        taken = session.scalar(
            select(PriorityCategory.id).where(
                same, PriorityCategory.position == category.position, PriorityCategory.id != (category.id or 0)
            )
        )
        if taken is not None:
            raise RuleBroken("CATEGORY_PLACE_TAKEN", n=category.position)
        if category.id is not None and not category.is_active:
            check_removal(session, category)


def check_removal(session: Session, category: PriorityCategory) -> None:
    """Whether a category may be switched off. Raises CATEGORY_LAST or CATEGORY_IN_USE."""
    if category.code == REST:
        raise RuleBroken("CATEGORY_LAST")
    ended = (ApplicationStatus.ENROLLED, ApplicationStatus.ARCHIVED)
    waiting = session.scalar(
        select(func.count())
        .select_from(Application)
        .where(Application.priority_category_id == category.id, Application.status.not_in(ended))
    )
    below = session.scalar(
        select(func.count())
        .select_from(PriorityCategory)
        .where(PriorityCategory.parent_id == category.id, PriorityCategory.is_active)
    )
    if waiting or below:
        raise RuleBroken("CATEGORY_IN_USE", n=(waiting or 0) + (below or 0))


def seed_priority_categories(session: Session) -> int:
    """The list every installation begins with: benefits, then ages from the oldest, then everybody. Officials edit it.

    The list of the ministry was not published; this one shows the two kinds that the guide shows.
    """
    benefits = {row.code: row.id for row in session.scalars(select(BenefitCategory))}
    rows: list[dict[str, object]] = [
        {
            "code": code, "position": 10 * place, "name_kk": kk, "name_ru": ru, "name_en": en,
            "source": CategorySource.BENEFIT, "benefit_category_id": benefits[code], "min_age": None, "max_age": None,
        }
        for place, (code, _, _, kk, ru, en) in enumerate(BENEFIT_CATEGORIES, start=1)
        if code in benefits
    ]  # fmt: skip
    rows += [
        {
            "code": f"age_{age}", "position": 1000 - 10 * age, "name_kk": kk, "name_ru": ru, "name_en": en,
            "source": CategorySource.AGE, "benefit_category_id": None, "min_age": age, "max_age": age,
        }
        for age, kk, ru, en in _AGES
    ]  # fmt: skip
    rows.append(_everyone())
    added = session.execute(
        insert(PriorityCategory)
        .values([{**row, "is_active": True} for row in rows])
        .on_conflict_do_nothing()
        .returning(PriorityCategory.id)
    )
    return len(added.all())


def waiting_elsewhere(session: Session, rules: RuleSet, locality_ids: Sequence[int]) -> list[int]:
    """Applications that wait in the wrong kind of line: their locality has come under other rules since."""
    wrong = (
        Application.priority_category_id.is_(None)
        if rules.ordered_by_category
        else Application.priority_category_id.is_not(None)
    )
    query = select(Application.id).where(
        Application.locality_id.in_(locality_ids), Application.status == ApplicationStatus.QUEUED, wrong
    )
    return list(session.scalars(query.order_by(Application.id)))


def _rest(session: Session) -> PriorityCategory:
    """The category for everybody; made when the installation has none."""
    found = session.scalar(select(PriorityCategory).where(PriorityCategory.code == REST))
    if found is None:
        session.execute(insert(PriorityCategory).values(**_everyone(), is_active=True).on_conflict_do_nothing())
        found = session.scalars(select(PriorityCategory).where(PriorityCategory.code == REST)).one()
    return found


def _everyone() -> dict[str, object]:
    names = {"name_kk": "Қалған балалар", "name_ru": "Остальные дети", "name_en": "Other children"}
    band = {"benefit_category_id": None, "min_age": None, "max_age": None}
    return {"code": REST, "position": 10_000, "source": CategorySource.EVERYONE, **names, **band}


def _tie(category: PriorityCategory, name: str) -> int | None:
    """The id behind a relation that a form may have set without its column yet."""
    if name in category.__dict__:
        row = category.__dict__[name]
        return row.id if row is not None else None
    found: int | None = getattr(category, f"{name}_id")
    return found


def _check_source(category: PriorityCategory) -> None:
    band = (category.min_age, category.max_age)
    has_band = None not in band
    has_benefit = _tie(category, "benefit_category") is not None
    wrong = (
        (category.source is CategorySource.AGE) != has_band
        or (category.source is CategorySource.BENEFIT) != has_benefit
        or (not has_band and band != (None, None))
    )
    if wrong or (has_band and (category.min_age or 0) > (category.max_age or 0)):
        raise RuleBroken("CATEGORY_INCOMPLETE")


def _check_cycle(session: Session, category: PriorityCategory) -> None:
    above = _tie(category, "parent")
    if above is None or category.id is None:
        return
    chain = session.execute(
        text(
            "WITH RECURSIVE above (id, parent_id) AS (SELECT id, parent_id FROM priority_category WHERE id = :start "
            "UNION SELECT p.id, p.parent_id FROM priority_category p JOIN above a ON p.id = a.parent_id) "
            "SELECT id FROM above"
        ),
        {"start": above},
    ).scalars()
    if category.id in set(chain):
        raise RuleBroken("CATEGORY_CYCLE")
