"""Made-up rows by the million, set-based: queues of very different lengths, history, referrals and their effects.

Sizes follow docs/performance.md: 3,176 queues for a million children, the largest near 57,665, the child in the
middle in a queue of some 3,100; 30 % of history beside it. Names are not searched here and stay short.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from statistics import NormalDist

import psycopg

QUEUES = 3176
YEARS = 4
LANGUAGES = ("kk", "ru")
_MU, _SIGMA = 3.463, 2.14  # of the logarithm of a queue's length at a million children
WEEKS = 156
WEEK = 7 * 24 * 3600


@dataclass(frozen=True)
class Town:
    """How large a database is; ids run from 1, those in a queue first."""

    waiting: int
    archived: int
    referred: int
    due: int
    queues: int
    first_referred: int

    @property
    def last_waiting(self) -> int:
        return self.waiting


def queue_lengths(children: int, queues: int) -> list[int]:
    """Lengths that add up to `children`, largest first, spread as in a real country."""
    normal = NormalDist()
    places = [(queues - rank + 0.7) / (queues + 0.4) for rank in range(1, queues + 1)]
    weights = [math.exp(_MU + _SIGMA * normal.inv_cdf(place)) for place in places]
    scale = children / sum(weights)
    ends, total = [], 0.0
    for weight in weights:
        total += weight * scale
        ends.append(round(total))
    return [end - start for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def fill(connection: psycopg.Connection, children: int, today: dt.date) -> Town:
    """Fills an empty migrated database with `children` in queues and as many referrals. Commits.

    20,000 referrals in a million are due today, in proportion in smaller towns.
    """
    queues = min(QUEUES, max(8, children // 20 // 8 * 8))
    referred = max(60, children * 5 // 100)
    due = max(20, children * 2 // 100)
    archived = children * 3 // 10
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        _reference(cursor, queues, children, today)
        _people(cursor, children + archived + referred, today)
        _applications(cursor, children, archived, referred, today)
        _lines(cursor)
        _referrals(cursor, children, referred, due, today)
        _events(cursor)
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM (ANALYZE)")
    connection.execute("CHECKPOINT")
    return Town(children, archived, referred, due, queues, children + archived + 1)


def _run(cursor: psycopg.Cursor, statement: str, **values: object) -> None:
    """One statement; a percent sign is written twice in all of them."""
    cursor.execute(statement, values)


def _reference(cursor: psycopg.Cursor, queues: int, children: int, today: dt.date) -> None:
    localities = queues // (YEARS * len(LANGUAGES))
    _run(
        cursor,
        """
        INSERT INTO locality (id, code, prefix, level, name_kk, name_ru)
        VALUES (1, '990000000', '99', 'region', 'Сынақ облысы', 'Пробная область')
        """,
    )
    _run(
        cursor,
        """
        INSERT INTO locality (id, code, prefix, level, name_kk, name_ru, parent_id)
        SELECT n + 1, format('99%%s00000', lpad(n::text, 2, '0')), format('99%%s', lpad(n::text, 2, '0')), 'district',
               format('%%s-аудан', n), format('Район %%s', n), 1 FROM generate_series(1, 20) n
        """,
    )
    _run(
        cursor,
        """
        INSERT INTO locality (id, code, prefix, level, name_kk, name_ru, parent_id)
        SELECT 100 + n, c, c, 'settlement', format('%%s-ауыл', n), format('Село %%s', n), n %% 20 + 2
          FROM (SELECT n, format('99%%s%%s', lpad((n %% 20 + 1)::text, 2, '0'), lpad((n + 10000)::text, 5, '0')) AS c
                  FROM generate_series(1, %(localities)s) n) numbered
        """,
        localities=localities,
    )
    _run(
        cursor,
        """
        CREATE TEMPORARY TABLE line ON COMMIT DROP AS
        SELECT n AS id, 101 + (n - 1) / %(per)s AS locality_id, %(year)s - (n - 1) / 2 %% %(years)s AS birth_year,
               (ARRAY['kk', 'ru'])[(n - 1) %% 2 + 1] AS language, 0 AS length
          FROM generate_series(1, %(queues)s) n
        """,
        per=YEARS * len(LANGUAGES),
        year=today.year - 3,
        years=YEARS,
        queues=queues,
    )
    cursor.executemany(
        "UPDATE line SET length = %s WHERE id = %s",
        [(length, rank) for rank, length in enumerate(queue_lengths(children, queues), start=1)],
    )
    _run(
        cursor,
        """
        INSERT INTO queue (id, queue_type, locality_id, birth_year, language, cycle_position)
        SELECT id, 'general', locality_id, birth_year, language, id %% 4 FROM line
        """,
    )
    _kindergartens(cursor, localities, max(20, children * 12 // 1000))


def _kindergartens(cursor: psycopg.Cursor, localities: int, kindergartens: int) -> None:
    _run(
        cursor,
        """
        INSERT INTO kindergarten (id, bin, name, kind, locality_id, address, phones, languages, correction_types,
                                  is_open)
        SELECT n, lpad(n::text, 12, '0'), '№' || n, 'state', 101 + n %% %(localities)s, 'Абай к-сі',
               '{}', '{kk,ru}', '{}', true
          FROM generate_series(1, %(kindergartens)s) n
        """,
        localities=localities,
        kindergartens=kindergartens,
    )
    _run(
        cursor,
        """
        INSERT INTO kindergarten_group (id, kindergarten_id, name, age_group, birth_years, language, group_type,
                                        capacity, enrolled, held, published, free)
        SELECT n, (n - 1) / 4 + 1, 'Балапан', 'middle', ARRAY[2023], (ARRAY['kk', 'ru'])[n %% 2 + 1], 'regular',
               25, 20, 0, 0, 5
          FROM generate_series(1, (SELECT count(*) * 4 FROM kindergarten)) n
        """,
    )
    _run(
        cursor,
        """
        INSERT INTO benefit_category (id, code, stream, name_kk, name_ru, name_en, needs_document, position, is_active)
        VALUES (9001, 'bench_1', 'out_of_turn', 'a', 'a', 'a', true, 1, true),
               (9002, 'bench_2', 'first_priority', 'b', 'b', 'b', true, 2, true)
        """,
    )


def _people(cursor: psycopg.Cursor, people: int, today: dt.date) -> None:
    """A child each, and one guardian for twenty of them: whose guardian it is is looked up by the child alone."""
    _run(
        cursor,
        """
        INSERT INTO person (id, document_number, surname, given_name, birth_date, search_key, phone, message_language)
        SELECT n, 'P' || n, 'Сынақова', 'Айгүл', '1990-01-01', '', '+7700' || lpad((n %% 10000000)::text, 7, '0'), 'kk'
          FROM generate_series(1, %(people)s) n
        """,
        people=max(100, people // 20),
    )
    _run(
        cursor,
        """
        INSERT INTO child (id, document_number, surname, given_name, birth_date, search_key, created_at)
        SELECT n, 'C' || n, 'Сынақова', 'Інжу', make_date(%(year)s - 3, 6, 1), '', now()
          FROM generate_series(1, %(people)s) n
        """,
        year=today.year,
        people=people,
    )
    _run(
        cursor,
        """
        INSERT INTO guardianship (child_id, person_id, kind, confirmed_by_register, created_at)
        SELECT id, id %% (SELECT count(*) FROM person) + 1, 'parent', true, now() FROM child
        """,
    )


def _applications(cursor: psycopg.Cursor, waiting: int, archived: int, referred: int, today: dt.date) -> None:
    """In the order of submission, as time would have written them: rows of one queue lie far apart."""
    _run(
        cursor,
        """
        CREATE TEMPORARY TABLE filed ON COMMIT DROP AS
        SELECT row_number() OVER (ORDER BY at) AS id, at, line_id, second, stream FROM (
            SELECT line.id AS line_id,
                   %(now)s::timestamptz - random() * %(span)s * interval '1 second' AS at,
                   random() < 0.1 AS second,
                   CASE WHEN chance < 0.03 THEN 'out_of_turn' WHEN chance < 0.15 THEN 'first_priority'
                        ELSE 'general' END AS stream
              FROM line CROSS JOIN LATERAL generate_series(1, line.length) one
             CROSS JOIN LATERAL (SELECT random() + 0 * one AS chance) AS drawn) AS made
        """,
        now=dt.datetime.combine(today, dt.time.min, tzinfo=dt.UTC),
        span=WEEKS * WEEK,
    )
    _run(
        cursor,
        """
        INSERT INTO application (id, number, child_id, applicant_id, queue_type, locality_id, birth_year, languages,
            group_type, benefit_category_id, benefit_check, stream, status, submitted_at, interest_confirmed_at,
            missed_referrals, filed_by)
        OVERRIDING SYSTEM VALUE
        SELECT f.id, 'A' || f.id, f.id, f.id %% (SELECT count(*) FROM person) + 1, 'general', l.locality_id,
               l.birth_year, CASE WHEN f.second THEN '{kk,ru}'::varchar[] ELSE ARRAY[l.language] END, 'regular',
               CASE stream WHEN 'out_of_turn' THEN 9001 WHEN 'first_priority' THEN 9002 END,
               CASE stream WHEN 'general' THEN 'none' ELSE 'confirmed' END, stream, 'queued', at, at, 0, 'applicant'
          FROM filed f JOIN line l ON l.id = f.line_id ORDER BY f.id
        """,
    )
    for status, first, count in (("archived", waiting + 1, archived), ("referred", waiting + archived + 1, referred)):
        _run(
            cursor,
            """
            INSERT INTO application (id, number, child_id, applicant_id, queue_type, locality_id, birth_year, languages,
                group_type, benefit_check, stream, status, submitted_at, interest_confirmed_at, missed_referrals,
                filed_by, archived_at, archive_reason)
            OVERRIDING SYSTEM VALUE
            SELECT n, 'A' || n, n, n %% (SELECT count(*) FROM person) + 1, 'general',
                   101 + n %% (SELECT count(*) FROM locality WHERE level = 'settlement'), %(year)s - 3,
                   '{kk}', 'regular',
                   'none', 'general', %(status)s::text, now() - interval '400 days', now() - interval '400 days', 0,
                   'applicant', CASE WHEN %(status)s::text = 'archived' THEN now() END,
                   CASE WHEN %(status)s::text = 'archived' THEN 'withdrawn' END
              FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
            """,
            status=status,
            first=first,
            last=first + count - 1,
            year=today.year,
        )


def _lines(cursor: psycopg.Cursor) -> None:
    """Entries and counters, a second line for one child in ten."""
    _run(
        cursor,
        """
        INSERT INTO queue_entry (application_id, queue_id, stream, submitted_at, week)
        SELECT a.id, q.id, a.stream, a.submitted_at, floor(extract(epoch FROM a.submitted_at) / 604800)
          FROM application a CROSS JOIN LATERAL unnest(a.languages) AS wanted
          JOIN queue q ON q.queue_type = a.queue_type AND q.locality_id = a.locality_id
           AND q.birth_year = a.birth_year AND q.language = wanted
         WHERE a.status = 'queued' ORDER BY a.id
        """,
    )
    _run(
        cursor,
        """
        INSERT INTO queue_bucket (queue_id, week, out_of_turn, first_priority, general)
        SELECT queue_id, week, count(*) FILTER (WHERE stream = 'out_of_turn'),
               count(*) FILTER (WHERE stream = 'first_priority'), count(*) FILTER (WHERE stream = 'general')
          FROM queue_entry GROUP BY queue_id, week ORDER BY week, queue_id
        """,
    )
    _run(
        cursor,
        """
        UPDATE queue q SET out_of_turn = n.out_of_turn, first_priority = n.first_priority, general = n.general
          FROM (SELECT queue_id, sum(out_of_turn) AS out_of_turn, sum(first_priority) AS first_priority,
                       sum(general) AS general FROM queue_bucket GROUP BY queue_id) n
         WHERE n.queue_id = q.id
        """,
    )


def _referrals(cursor: psycopg.Cursor, waiting: int, referred: int, due: int, today: dt.date) -> None:
    """As many referrals as there are children: most of them history, `due` of the live ones out of date."""
    _run(
        cursor,
        """
        INSERT INTO referral (id, number, application_id, group_id, kindergarten_id, locality_id, status, issued_at,
            use_by, cancel_until, formula, contract_sent, ended_at, check_code)
        OVERRIDING SYSTEM VALUE
        SELECT r.n, 'R' || r.n, a.id, g.id, g.kindergarten_id, a.locality_id,
               CASE WHEN r.live THEN 'issued' ELSE (ARRAY['used', 'expired'])[r.n %% 2 + 1] END,
               now() - interval '8 days',
               CASE WHEN NOT r.live THEN %(today)s::date - 100 - (r.n %% 600)::integer
                    WHEN r.n <= %(due)s THEN %(today)s::date - 1 ELSE %(today)s::date + 3 END,
               now(), '{}', NOT r.live AND r.n %% 2 = 0, CASE WHEN NOT r.live THEN now() END, 'code' || r.n
          FROM (SELECT n, n <= %(live)s AS live FROM generate_series(1, %(all)s) n) r
          JOIN application a ON a.id = CASE WHEN r.live THEN %(first)s + r.n - 1
                                            ELSE %(waiting)s + 1 + r.n %% (%(first)s - %(waiting)s - 1) END
          JOIN kindergarten_group g ON g.id = 1 + r.n %% (SELECT count(*) FROM kindergarten_group)
        """,
        today=today,
        due=due,
        live=referred,
        all=waiting,
        waiting=waiting,
        first=waiting + waiting * 3 // 10 + 1,
    )
    _run(
        cursor,
        """
        UPDATE kindergarten_group g SET held = n.held, free = 5, capacity = 25 + n.held
          FROM (SELECT group_id, count(*) AS held FROM referral WHERE status = 'issued' GROUP BY group_id) n
         WHERE n.group_id = g.id
        """,
    )


def _events(cursor: psycopg.Cursor) -> None:
    """One event for each application, so that what is written meets indexes of the right size."""
    _run(
        cursor,
        """
        INSERT INTO event (at, act, subject, subject_id, actor_role, application_id, child_id, locality_id, before,
                           after)
        SELECT submitted_at, 'submit', 'application', id, 'Parent', id, child_id, locality_id, '{}',
               '{"status":"queued"}' FROM application ORDER BY id
        """,
    )
    for table in ("application", "referral"):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
