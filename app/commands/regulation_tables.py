"""The tables of docs/regulation.md, made from the rule sets and the lifecycle table.

`CLAUSES` ties what the regulation says to the function that says it in code and to the test that holds it
there; tests/jobs/test_regulation.py follows every name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.models.enums import Role
from app.rules import rule_sets
from app.rules.lifecycle import MOVES
from app.rules.rule_sets import Necessity, RuleSet, UnknownLimit
from app.rules.sentences import limit_text


@dataclass(frozen=True)
class Clause:
    """What the regulation says, where in code it is said, and which test would notice if it were not."""

    words: str
    source: str
    function: str
    test: str


_RULES, _SERVICES = "tests/rules", "tests/services/test_childs_way.py"

CLAUSES: tuple[Clause, ...] = (
    Clause(
        "The day of the event is day 0; a limit in working days ends with the end of its last working day.",
        "guides 002 and 003",
        "app.rules.deadlines.deadline",
        f"{_RULES}/test_deadlines.py::test_working_days",
    ),
    Clause(
        "Public holidays and days moved by decree are not counted; an official enters what a decree changes.",
        "Law on Holidays",
        "app.rules.working_days.WorkingCalendar.walk",
        f"{_RULES}/test_deadlines.py::test_a_decree_moves_days",
    ),
    Clause(
        "Hours are counted to the second and know no holidays.",
        "guide 002",
        "app.rules.deadlines.deadline",
        f"{_RULES}/test_deadlines.py::test_durations_know_no_holidays",
    ),
    Clause(
        "Out of turn first, then one with first priority to three on general grounds, by the moment of submission.",
        "explanations of the education departments",
        "app.rules.ranking.served_order",
        f"{_RULES}/test_ranking.py::test_out_of_turn_then_one_to_three",
    ),
    Clause(
        "The alternation is remembered from one distribution to the next.",
        "explanations of the education departments",
        "app.rules.ranking.served_order",
        f"{_RULES}/test_ranking.py::test_the_next_run_continues_where_the_last_stopped",
    ),
    Clause(
        "A claim needs a bulletin of the child's birth year, language, locality and kind of group.",
        "guide 003",
        "app.rules.eligibility.match",
        f"{_RULES}/test_eligibility.py::test_a_claim_needs_year_language_locality_and_group",
    ),
    Clause(
        "A child may be placed from the minimum age on, in full months.",
        "guide 2018",
        "app.rules.eligibility.is_old_enough",
        f"{_RULES}/test_eligibility.py::test_two_full_years_are_old_enough",
    ),
    Clause(
        "Children who reach the maximum age in a calendar year leave the queue on the rule set's day.",
        "order No. 337; guide 000; D14",
        "app.rules.eligibility.has_reached_max_age",
        f"{_RULES}/test_eligibility.py::test_children_born_in_2013_leave_the_queue_in_2020",
    ),
    Clause(
        "Bulletins are published at the opening hour, and not inside the yearly pause.",
        "guide 003",
        "app.services.bulletins.next_opening",
        "tests/services/test_publication.py::test_the_next_opening_time",
    ),
    Clause(
        "At publication the first in line, as many as there are places, are told and alone may claim.",
        "domain D2",
        "app.services.bulletins.publish_if_due",
        "tests/services/test_publication.py::test_the_first_in_served_order_are_notified_and_nobody_else",
    ),
    Clause(
        "When the priority window is over, every matching child may claim.",
        "domain D2",
        "app.services.bulletins.open_to_all_if_due",
        "tests/services/test_publication.py::test_closing_the_window_opens_the_rest_to_all_and_tells_who_kept_the_turn",
    ),
    Clause(
        "A missed referral leads to the stop-list, the last strike to the archive; the submission moment is kept.",
        "guides 002 and 003; D5-D7",
        "app.services.expiry.expire_referrals",
        f"{_SERVICES}::test_a_missed_referral_means_the_stop_list_and_the_second_the_archive",
    ),
    Clause(
        "A referral is extended once, on its last day, with a document.",
        "guide 003; D8",
        "app.services.referrals.extend",
        f"{_SERVICES}::test_an_extension_needs_a_document_and_happens_once",
    ),
    Clause(
        "A parent gives a referral back within 24 hours without a strike.",
        "guide 002; D9",
        "app.services.referrals.give_back",
        f"{_SERVICES}::test_a_referral_is_given_back_within_24_hours_without_a_strike",
    ),
    Clause(
        "A contract that is not signed in time counts as a missed referral.",
        "guide 004; D12",
        "app.services.contract_decisions.lapse_if_over",
        f"{_SERVICES}::test_a_contract_not_signed_in_time_lapses_like_a_missed_referral",
    ),
    Clause(
        "A contract is returned for correction at most as often as the rule set allows.",
        "guide 004; D13",
        "app.services.contract_decisions.return_contract",
        f"{_SERVICES}::test_a_contract_is_returned_twice_and_not_a_third_time",
    ),
    Clause(
        "A click after the last day is refused, also before the sweep has run.",
        "house rule",
        "app.services.referrals.refuse_if_over",
        f"{_SERVICES}::test_the_click_after_the_last_day_is_refused_before_the_sweep_has_run",
    ),
)


def limits_table() -> str:
    """Every limit of every rule set, with its source."""
    codes = sorted({code for rules in rule_sets.ALL for code in rules.limit_codes()})
    rows = [[f"`{code}`", *(_limit(rules, code) for rules in rule_sets.ALL)] for code in codes]
    return _table(["limit", *(f"`{rules.code}`" for rules in rule_sets.ALL)], rows)


def numbers_table() -> str:
    """What else differs between the rule sets."""
    facts: tuple[tuple[str, Callable[[RuleSet], object]], ...] = (
        ("based on", lambda rules: rules.basis),
        ("allocation", lambda rules: rules.allocation.msgid),
        ("bulletins open at", lambda rules: f"{rules.bulletin_opens_at:%H:%M}" if rules.bulletin_opens_at else None),
        ("no bulletins are published", lambda rules: _pause(rules)),
        ("first priority : general", lambda rules: _ratio(rules)),
        ("strikes to the archive", lambda rules: rules.strikes_to_remove),
        ("extensions of a referral", lambda rules: rules.extensions_allowed),
        ("returns of a contract", lambda rules: rules.contract_returns),
        ("minimum age, months", lambda rules: rules.min_age_months),
        ("maximum age, years", lambda rules: rules.max_age_years),
        ("archived at the maximum age on", lambda rules: _day(rules.max_age_archive_on)),
        ("interest is confirmed by", lambda rules: _day(rules.interest_confirm_by)),
        ("leaves the queue on", lambda rules: rules.leaves_queue_on.msgid),
        ("the parent signs electronically", lambda rules: "yes" if rules.parent_signs_contract else "no"),
        ("required documents", lambda rules: _documents(rules)),
    )
    rows = [[name, *(_shown(read(rules)) for rules in rule_sets.ALL)] for name, read in facts]
    return _table(["", *(f"`{rules.code}`" for rules in rule_sets.ALL)], rows)


def moves_table() -> str:
    """The lifecycle: who may do what, from which state to which."""
    rows = [
        [
            f"`{move.verb}`",
            move.subject.msgid,
            _states(move.from_) if len(move.from_) < 8 else "any",
            _states(move.to) if len(move.to) < 8 else "the same",
            ", ".join(role.msgid for role in Role if role in move.by),
            ", ".join(move.needs) or "–",
            move.basis,
        ]
        for move in MOVES
    ]
    return _table(["move", "on", "from", "to", "by", "needs", "source"], rows)


def clauses_table() -> str:
    """Clause → function → test."""
    rows = [[one.words, one.source, f"`{one.function}`", f"`{one.test}`"] for one in CLAUSES]
    return _table(["clause", "source", "function", "test"], rows)


TABLES: dict[str, Callable[[], str]] = {
    "limits": limits_table,
    "numbers": numbers_table,
    "moves": moves_table,
    "clauses": clauses_table,
}


def renewed(page: str) -> str:
    """`page` with every table between its markers made anew. Raises ValueError when a marker is missing."""
    for name, make in TABLES.items():
        begin, end = f"<!-- table: {name} -->", f"<!-- end: {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
            raise ValueError(f"the markers {begin} and {end} are missing or out of order")
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{make()}\n{end}{rest.split(end)[1]}"
    return page


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _limit(rules: RuleSet, code: str) -> str:
    try:
        limit = rules.limit(code)
    except UnknownLimit:
        return "–"
    by_official = "" if limit.decided_by_clock else "; decided by an official"
    return f"{limit_text(limit)} ({limit.basis}{by_official})"


def _shown(value: object) -> str:
    return "–" if value is None else str(value)


def _day(day: rule_sets.MonthDay | None) -> str | None:
    return f"{day.in_year(2001):%-d %B}" if day else None


def _pause(rules: RuleSet) -> str | None:
    if rules.publication_pause is None:
        return None
    first, last = rules.publication_pause
    return f"{_day(first)} to {_day(last)}"


def _ratio(rules: RuleSet) -> str | None:
    return f"{rules.stream_ratio.first_priority} : {rules.stream_ratio.general}" if rules.stream_ratio else None


def _documents(rules: RuleSet) -> str:
    return "; ".join(
        document.kind.msgid + ("" if document.necessity is Necessity.REQUIRED else f" ({document.necessity.msgid})")
        for document in rules.required_documents
    )


def _states(states: Iterable[str]) -> str:
    return ", ".join(str(state) for state in states) or "–"
