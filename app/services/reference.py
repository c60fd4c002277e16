"""Reference data every installation begins with: the benefit categories. Officials may change them afterwards.

Source: explanations of the education departments to the service rules; guide 000 («мәртебелі қолжетімділік»).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import BenefitCategory
from app.models.enums import Stream

#: code, stream, days a document stays valid, name in kk, ru, en; in the order in which they are offered.
BENEFIT_CATEGORIES: tuple[tuple[str, Stream, int | None, str, str, str], ...] = (
    (
        "OT_military",
        Stream.OUT_OF_TURN,
        None,
        "әскери қызметшілердің балалары, оның ішінде қызмет өткеру кезінде қаза тапқан, қайтыс болған немесе "
        "хабарсыз кеткендердің балалары",
        "дети военнослужащих, в том числе погибших, умерших или пропавших без вести во время прохождения службы",
        "children of servicemen, including those killed, deceased or missing in service",
    ),
    (
        "OT_special",
        Stream.OUT_OF_TURN,
        None,
        "арнаулы мемлекеттік органдар қызметкерлерінің балалары, оның ішінде қызмет өткеру кезінде қаза тапқан, "
        "қайтыс болған немесе хабарсыз кеткендердің балалары",
        "дети сотрудников специальных государственных органов, в том числе погибших, умерших или пропавших без "
        "вести во время прохождения службы",
        "children of employees of special state bodies, including those killed, deceased or missing in service",
    ),
    (
        "FP_guardian_disab",
        Stream.FIRST_PRIORITY,
        None,
        "заңды өкілінің мүгедектігі бар балалар",
        "дети, законные представители которых имеют инвалидность",
        "children whose guardian has a disability",
    ),
    (
        "FP_child_disab",
        Stream.FIRST_PRIORITY,
        None,
        "мүгедектігі бар балалар; мүгедектігі бар бала тәрбиелеп отырған отбасының балалары",
        "дети с инвалидностью; дети из семей, воспитывающих ребёнка с инвалидностью",
        "children with a disability; children of families raising one",
    ),
    (
        "FP_orphan",
        Stream.FIRST_PRIORITY,
        None,
        "жетім балалар; ата-ана қамқорлығынсыз қалған балалар",
        "дети-сироты; дети, оставшиеся без попечения родителей",
        "orphans; children without parental care",
    ),
    (
        "FP_large",
        Stream.FIRST_PRIORITY,
        None,
        "көпбалалы отбасылардың балалары",
        "дети из многодетных семей",
        "children of large families",
    ),
    (
        "FP_sen",
        Stream.FIRST_PRIORITY,
        None,
        "ерекше білім беру қажеттіліктері бар балалар",
        "дети с особыми образовательными потребностями",
        "children with special educational needs",
    ),
    # The certificate of the workplace is valid for one month (gov.kz/services/3042).
    ("FP_teacher", Stream.FIRST_PRIORITY, 30, "педагогтердің балалары", "дети педагогов", "children of teachers"),
)


def seed_benefit_categories(session: Session) -> int:
    """Adds the categories that are not there yet; what an official has changed stays. Returns how many were added."""
    rows: list[dict[str, Any]] = [
        {
            "code": code,
            "stream": stream,
            "document_valid_days": valid_days,
            "name_kk": kk,
            "name_ru": ru,
            "name_en": en,
            "needs_document": True,
            "is_active": True,
            "position": position,
        }
        for position, (code, stream, valid_days, kk, ru, en) in enumerate(BENEFIT_CATEGORIES, start=1)
    ]
    added = session.execute(
        insert(BenefitCategory)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(BenefitCategory.id)
    )
    return len(added.all())
