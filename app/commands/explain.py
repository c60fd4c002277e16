"""`flask explain`: shows the sum behind a deadline, an order of being served, an IIN. Needs no database.

Bad input gets one clear line on stderr and exit code 2.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.models.enums import Stream
from app.rules import rule_sets
from app.rules.deadlines import LAST_SECOND, ZONE, Deadline, deadline, formula, formula_text
from app.rules.iin import IinReason, read_iin
from app.rules.limits import Limit, YearlyDate
from app.rules.ranking import Candidate, ServedOrder, served_by_category, served_order
from app.rules.rule_sets import RuleSet, UnknownLimit, UnknownRuleSet
from app.rules.sentences import ENGLISH, limit_text
from app.rules.working_days import FIRST_YEAR, LAST_YEAR, Override, WorkingCalendar, YearOutOfRange

MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?( ?(Z|[+-][0-9]{2}(:?[0-9]{2})?))?)?"
)
WHOLE = re.compile(r"-?[0-9]{1,9}")
OVERRIDE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})=(working|off)")
COLUMNS = ("number", "stream", "submitted_at")
CATEGORY = "category"


class BadInput(click.ClickException):
    """What was asked cannot be answered: one line on stderr, exit code 2."""

    exit_code = 2

    def format_message(self) -> str:
        # Bytes of a file name that are no text must not break the line that complains about them.
        return " ".join(self.message.split()).encode("utf-8", "backslashreplace").decode()


@contextmanager
def _one_line() -> Iterator[None]:
    """Click explains a wrong option in three lines; here it is one."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise BadInput(error.format_message()) from error


class ExplainGroup(AppGroup):
    """A command group whose usage errors take one line."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with _one_line():
            return super().invoke(ctx)


explain = ExplainGroup("explain", help="Show how a rule comes to its answer. Needs no database.")


@explain.command("deadline", with_appcontext=False)
@click.argument("rule_set")
@click.argument("limit", required=False)
@click.argument("moment", required=False)
@click.option("--list", "list_limits", is_flag=True, help="List the limits and yearly dates of RULE_SET.")
@click.option("--override", "overrides", multiple=True, metavar="DATE=working|off", help="A day moved by decree.")
def explain_deadline(
    rule_set: str, limit: str | None, moment: str | None, list_limits: bool, overrides: tuple[str, ...]
) -> None:
    """When LIMIT of RULE_SET ends, counted from MOMENT ("2025-02-06 16:46", Asia/Almaty unless it says otherwise).

    For a date of every year: the first such date that is not before MOMENT.
    """
    rules = _rule_set(rule_set)
    if list_limits:
        if limit is not None or overrides:
            raise BadInput("--list takes the rule set alone")
        _print_json(
            {
                "rule_set": rules.code,
                "limits": [_limit_facts(one) for one in rules.limits],
                "yearly_dates": [_yearly_facts(one) for one in rules.yearly_dates],
            }
        )
        return
    if limit is None or moment is None:
        raise BadInput("a limit and a moment are needed: explain deadline RULE_SET LIMIT MOMENT")
    try:
        if limit in rules.date_codes():
            _calendar(overrides)
            _print_json({"rule_set": rules.code, **_next_date_facts(rules.yearly_date(limit), _moment(moment))})
            return
        found = deadline(rules.limit(limit), _moment(moment), _calendar(overrides))
    except (UnknownLimit, YearOutOfRange) as error:
        raise BadInput(str(error)) from error
    _print_json({"rule_set": rules.code, **_deadline_facts(found)})


@explain.command("ranking", with_appcontext=False)
@click.argument("rule_set")
@click.argument("file")
@click.option("--cycle-position", type=int, default=0, help="Where the last run stopped in the cycle; 0 at first.")
def explain_ranking(rule_set: str, file: str, cycle_position: int) -> None:
    """The served order of FILE (CSV: number, stream, submitted_at; "-" reads standard input) as CSV.

    A column "category" (whole numbers) comes first where RULE_SET orders its queue by categories.
    """
    rules = _rule_set(rule_set)
    order = served_by_category if rules.ordered_by_category else served_order
    table = _read_table(_text_of(file), by_category=rules.ordered_by_category)
    try:
        served = order(table.candidates, rules.stream_ratio, cycle_position)
    except ValueError as error:
        raise BadInput(str(error)) from error
    click.echo(_as_csv(table, served), nl=False)


@explain.command("iin", with_appcontext=False)
@click.argument("number")
def explain_iin(number: str) -> None:
    """What the twelve digits of NUMBER say, and whether they can be an IIN."""
    reading = read_iin(number)
    if reading.reason is IinReason.FORMAT:
        raise BadInput(f"an IIN has 12 digits: {_shown(number)}")
    _print_json(
        {
            "valid": reading.valid,
            "reason": reading.reason,
            "birth_date": reading.birth_date.isoformat() if reading.birth_date else None,
            "sex": reading.sex,
        }
    )


@dataclass(frozen=True)
class Table:
    """A candidates file: its header, and its rows by number, extra columns kept."""

    header: list[str]
    rows: dict[str, list[str]]
    candidates: list[Candidate]


def _rule_set(code: str) -> RuleSet:
    try:
        return rule_sets.get(code)
    except UnknownRuleSet as error:
        raise BadInput(str(error)) from error


def _moment(text: str) -> datetime:
    """A moment with its zone. Raises BadInput for what is not one or is outside the working calendar."""
    plain = text.strip().upper()
    try:
        if not MOMENT.fullmatch(plain):
            raise ValueError(plain)
        moment = datetime.fromisoformat(plain.replace(" ", "T", 1).replace(" ", ""))
    except ValueError as error:
        raise BadInput(f"not a moment: {_shown(text)}; write it as 2025-02-06 16:46") from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadInput(f"the year {moment.year} is outside {FIRST_YEAR}-{LAST_YEAR}")
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _calendar(overrides: Iterable[str]) -> WorkingCalendar:
    found = []
    for text in overrides:
        parts = OVERRIDE.fullmatch(text.strip())
        try:
            if parts is None:
                raise ValueError(text)
            found.append(Override(date.fromisoformat(parts[1]), is_working=parts[2] == "working"))
        except ValueError as error:
            raise BadInput(f"not an override: {_shown(text)}; write it as 2026-03-20=working or =off") from error
    try:
        return WorkingCalendar(found)
    except ValueError as error:
        raise BadInput(str(error)) from error


def _limit_facts(limit: Limit) -> dict[str, Any]:
    return {
        "code": limit.code,
        "amount": limit.amount,
        "unit": limit.unit,
        "words": limit_text(limit),
        "decided_by_clock": limit.decided_by_clock,
        "basis": limit.basis,
    }


def _yearly_facts(yearly: YearlyDate) -> dict[str, Any]:
    return {
        "code": yearly.code,
        "month": yearly.on.month,
        "day": yearly.on.day,
        "words": ENGLISH.day_of_year(yearly.on),
        "decided_by_clock": yearly.decided_by_clock,
        "basis": yearly.basis,
    }


def _next_date_facts(yearly: YearlyDate, moment: datetime) -> dict[str, Any]:
    start = moment.astimezone(ZONE)
    day = yearly.next_from(start.date())
    end = datetime.combine(day, LAST_SECOND, tzinfo=ZONE)
    return {
        "limit": yearly.code,
        "start": start.isoformat(),
        "deadline": end.isoformat(),
        "last_day": day.isoformat(),
        "formula": f"Every year: {ENGLISH.day_of_year(yearly.on)}. The next: {ENGLISH.weekday_date(day)}.",
        "basis": yearly.basis,
    }


def _deadline_facts(found: Deadline) -> dict[str, Any]:
    told = formula(found)
    return {
        "limit": found.limit.code,
        "amount": found.limit.amount,
        "unit": found.limit.unit,
        "start": told.start_at.isoformat(),
        "deadline": told.ends_at.isoformat(),
        "last_day": told.last_day.isoformat(),
        "formula": formula_text(told),
        "counted": [day.isoformat() for day in told.counted],
        "skipped": [
            {"first": days.first.isoformat(), "last": days.last.isoformat(), "reason": days.reason.name}
            for days in told.skipped
        ],
        "basis": found.limit.basis,
    }


def _text_of(file: str) -> str:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise BadInput(f"cannot read {_shown(file)}: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{_shown(file)} is not a text file in UTF-8") from error
    if "\0" in text:
        raise BadInput(f"{_shown(file)} is not a text file in UTF-8")
    if not text.strip():
        raise BadInput(f"{_shown(file)} is empty; the first line names the columns {', '.join(COLUMNS)}")
    return text


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV text, blank lines left out, each with the line it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInput(f"line {line}: not CSV: {error}") from error
        if any(field.strip() for field in record):
            yield line, record


def _read_table(text: str, by_category: bool = False) -> Table:
    records = _records(text)
    line, first = next(records)
    header = [name.strip() for name in first]
    columns = (*COLUMNS, CATEGORY) if by_category and CATEGORY in header else COLUMNS
    for column in columns:
        if header.count(column) != 1:
            problem = "is missing" if column not in header else "is there twice"
            raise BadInput(f"line {line}: the column {column} {problem}")
    places = [header.index(column) for column in columns]
    table = Table(header, {}, [])
    lines: dict[str, int] = {}
    for line, record in records:
        try:
            if len(record) != len(header):
                raise BadInput(f"{len(record)} fields where the header has {len(header)}")
            candidate = _candidate(*(record[place].strip() for place in places))
            if candidate.number in lines:
                raise BadInput(f"the number {_shown(candidate.number)} is on line {lines[candidate.number]} too")
        except BadInput as error:
            raise BadInput(f"line {line}: {error.message}") from error
        lines[candidate.number] = line
        table.rows[candidate.number] = record
        table.candidates.append(candidate)
    return table


def _candidate(number: str, stream: str, submitted_at: str, category: str = "0") -> Candidate:
    if not number:
        raise BadInput("the number is empty")
    if stream not in set(Stream):
        raise BadInput(f"unknown stream {_shown(stream)}; known: {', '.join(Stream)}")
    if not WHOLE.fullmatch(category):
        raise BadInput(f"the category is a whole number, not {_shown(category)}")
    return Candidate(number, Stream(stream), _moment(submitted_at), int(category))


def _as_csv(table: Table, served: ServedOrder) -> str:
    """The table in served order, the number first, every other column as it came."""
    number = table.header.index("number")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for row in (table.header, *(table.rows[candidate.number] for candidate in served.order)):
        writer.writerow([row[number].strip(), *row[:number], *row[number + 1 :]])
    return out.getvalue()


def _shown(text: str) -> str:
    """A piece of the input as it can be quoted in one line."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _print_json(facts: dict[str, Any]) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
