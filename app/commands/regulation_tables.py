"""The tables of docs/regulation.md, made from the rule sets and the lifecycle table.

`CLAUSES` ties what the regulation says to the function that says it in code and to the test that holds it
there; tests/jobs/test_regulation.py follows every name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.commands.regulation_annex import annex_table
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
        "A voucher that nobody answers leads to the stop-list, from which the applicant restores it once.",
        "guide 001; ministry; D3, D4",
        "app.rules.consequences.of_unanswered_voucher",
        f"{_RULES}/test_consequences.py::test_silence_about_a_voucher_costs_the_stop_list_once",
    ),
    Clause(
        "A voucher that is refused, or confirmed and not used in time, costs the place in line.",
        "guide 001; D10, D11",
        "app.rules.consequences.of_missed_placement",
        f"{_RULES}/test_consequences.py::test_a_confirmed_voucher_that_is_not_used_costs_the_place_in_line",
    ),
    Clause(
        "Vouchers are issued by category, then by the moment of submission; a city is one round, a district one "
        "round over its localities, and those without free places are left out.",
        "amendment of 23 September 2025",
        "app.rules.vouchers.issue_round",
        f"{_RULES}/test_vouchers.py::test_a_district_gives_each_locality_its_own_places_and_names_those_without",
    ),
    Clause(
        "An application whose interest nobody confirmed in the year before the date is lost.",
        "an education department; D17",
        "app.rules.eligibility.interest_is_lost",
        f"{_RULES}/test_eligibility.py::test_interest_is_confirmed_once_between_two_dates",
    ),
    Clause(
        "A workplace certificate counts for a month from its date, or as long as its category says.",
        "list of documents of the public service; D19",
        "app.rules.eligibility.certificate_valid_until",
        f"{_RULES}/test_eligibility.py::test_a_workplace_certificate_is_valid_for_a_month_or_as_its_category_says",
    ),
    Clause(
        "An official replaces a number of a rule set only within its bounds, and only with a legal act.",
        "decision of the service",
        "app.rules.overrides.check",
        f"{_RULES}/test_overrides.py::test_beyond_the_bounds",
    ),
    Clause(
        "A click after the last day is refused, also before the sweep has run.",
        "house rule",
        "app.services.referrals.refuse_if_over",
        f"{_SERVICES}::test_the_click_after_the_last_day_is_refused_before_the_sweep_has_run",
    ),
)


def limits_table() -> str:
    """Every limit and every yearly date of every rule set, with its source."""
    codes = sorted({code for rules in rule_sets.ALL for code in (*rules.limit_codes(), *rules.date_codes())})
    rows = [[f"`{code}`", *(_limit(rules, code) for rules in rule_sets.ALL)] for code in codes]
    return _table(["limit", *(f"`{rules.code}`" for rules in rule_sets.ALL)], rows)


def numbers_table() -> str:
    """What else differs between the rule sets."""
    facts: tuple[tuple[str, Callable[[RuleSet], object]], ...] = (
        ("based on", lambda rules: rules.basis),
        ("allocation", lambda rules: rules.allocation.msgid),
        ("bulletins open at", lambda rules: f"{rules.bulletin_opens_at:%H:%M}" if rules.bulletin_opens_at else None),
        ("no bulletins are published", lambda rules: _pause(rules)),
        ("ordered by", lambda rules: "categories" if rules.ordered_by_category else f"streams, {_ratio(rules)}"),
        ("not used in time leads to", lambda rules: rules.final_expiry.msgid),
        ("strikes to the archive", lambda rules: rules.strikes_to_remove),
        ("restorations by the applicant", lambda rules: rules.restores_allowed or None),
        ("if the place is not wanted", lambda rules: rules.refusal.msgid),
        ("extensions", lambda rules: _extensions(rules)),
        ("returns of a contract", lambda rules: rules.contract_returns),
        ("minimum age, months", lambda rules: rules.min_age_months),
        ("maximum age, years", lambda rules: rules.max_age_years),
        ("groups are promoted", lambda rules: " to ".join(str(_day(day)) for day in rules.promotion)),
        ("kindergartens offered", lambda rules: ", ".join(kind.msgid for kind in rules.offered_kinds)),
        ("a round of vouchers goes", lambda rules: _rounds(rules)),
        (
            "documents are checked by",
            lambda rules: ", ".join(f"{queue}: {who.msgid}" for queue, who in rules.reviewers),
        ),
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


def deadlines_table() -> str:
    """The annex: every deadline from the rule to the letter after it."""
    heads, *rows = annex_table()
    return _table(heads, rows)


TABLES: dict[str, Callable[[], str]] = {
    "deadlines": deadlines_table,
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
    if code in rules.date_codes():
        yearly = rules.yearly_date(code)
        return f"{_day(yearly.on)} ({yearly.basis})"
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


def _ratio(rules: RuleSet) -> str:
    return f"{rules.stream_ratio.first_priority} : {rules.stream_ratio.general}"


def _extensions(rules: RuleSet) -> str:
    when = "on the last day" if rules.extension_on_last_day_only else "on any day"
    return f"{rules.extensions_allowed}, {when}, {'with' if rules.extension_needs_documents else 'without'} a document"


def _rounds(rules: RuleSet) -> str | None:
    return "; ".join(f"{level}: {scope.msgid}" for level, scope in rules.round_scopes) or None


def _documents(rules: RuleSet) -> str:
    return "; ".join(
        document.kind.msgid + ("" if document.necessity is Necessity.REQUIRED else f" ({document.necessity.msgid})")
        for document in rules.required_documents
    )


def _states(states: Iterable[str]) -> str:
    return ", ".join(str(state) for state in states) or "–"
