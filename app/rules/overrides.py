"""Which numbers of a rule set an official may replace for a locality, within which bounds, and the result.

A key names what is replaced: a field of the rule set, or a member of one of its lists after a dot
("limits.referral_validity", "yearly_dates.age_archive", "required_documents.pmpk_conclusion"). Every
override rests on a legal act, which takes the place of the limit's own basis wherever that is shown.
The bounds are a decision of the service: they keep out slips of the pen, not decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, Final

from app.models.enums import DocumentKind
from app.rules import rule_sets
from app.rules.limits import Limit, MonthDay, Unit
from app.rules.rule_sets import Necessity, RequiredDocument, RuleSet
from app.rules.verdict import RuleBroken

LIMITS, DATES, DOCUMENTS = "limits", "yearly_dates", "required_documents"


@dataclass(frozen=True)
class Span:
    """The new length of a limit."""

    amount: int
    unit: Unit


Value = Span | MonthDay | Necessity | time | int


@dataclass(frozen=True)
class RuleOverride:
    """One number as a legal act sets it from a date on. Raises RuleBroken("LEGAL_ACT_MISSING") without the act."""

    key: str
    value: Value
    from_on: date
    legal_act: str

    def __post_init__(self) -> None:
        if not self.legal_act.strip():
            raise RuleBroken("LEGAL_ACT_MISSING")


#: Units into which a limit may be turned: one that is stored as a last day stays in days.
_KINDRED: Final[tuple[frozenset[Unit], ...]] = (
    frozenset({Unit.SECONDS, Unit.MINUTES}),
    frozenset({Unit.HOURS}),
    frozenset({Unit.CALENDAR_DAYS, Unit.WORKING_DAYS}),
    frozenset({Unit.MONTHS}),
)
_BOUNDS_OF_UNIT: Final[dict[Unit, tuple[int, int]]] = {
    Unit.SECONDS: (30, 600),
    Unit.MINUTES: (1, 30),
    Unit.HOURS: (1, 240),
    Unit.CALENDAR_DAYS: (1, 120),
    Unit.WORKING_DAYS: (1, 60),
    Unit.MONTHS: (1, 12),
}
_BOUNDS_OF_FIELD: Final[dict[str, tuple[Any, Any]]] = {
    "bulletin_opens_at": (time(6, 0), time(21, 0)),
    "strikes_to_remove": (1, 10),
    "contract_returns": (0, 5),
    "min_age_months": (12, 48),
    "max_age_years": (5, 8),
}
#: Papers of a benefit or of an extension are asked for elsewhere, not with the contract.
_OF_THE_CONTRACT: Final = frozenset(DocumentKind) - {DocumentKind.BENEFIT_PROOF, DocumentKind.EXTENSION_PROOF}


def keys_of(rule_set: RuleSet) -> tuple[str, ...]:
    """The keys that may be overridden in a rule set, in the order of its fields."""
    return (
        *(f"{LIMITS}.{code}" for code in rule_set.limit_codes()),
        *(f"{DATES}.{code}" for code in rule_set.date_codes()),
        *(field for field in _BOUNDS_OF_FIELD if getattr(rule_set, field) is not None),
        *(f"{DOCUMENTS}.{kind}" for kind in DocumentKind if kind in _OF_THE_CONTRACT),
    )


def current(rule_set: RuleSet, key: str) -> Value | None:
    """The value that stands in a rule set now, None for a document that is not asked for.

    Raises RuleBroken("OVERRIDE_UNKNOWN") for a key the rule set does not have.
    """
    if key not in keys_of(rule_set):
        raise RuleBroken("OVERRIDE_UNKNOWN", key=key)
    part, _, name = key.partition(".")
    if part == LIMITS:
        limit = rule_set.limit(name)
        return Span(limit.amount, limit.unit)
    if part == DATES:
        return rule_set.yearly_date(name).on
    if part == DOCUMENTS:
        return {str(one.kind): one.necessity for one in rule_set.required_documents}.get(name)
    value: Value = getattr(rule_set, key)
    return value


def check(key: str, value: object) -> None:
    """Whether some registered rule set could have that value under that key. Raises RuleBroken.

    OVERRIDE_UNKNOWN for a key that none has, OVERRIDE_NOT_ALLOWED for a value of another kind,
    OVERRIDE_OUT_OF_BOUNDS with the bounds for a number, a length or an hour beyond them.
    """
    having = [rule_set for rule_set in rule_sets.ALL if key in keys_of(rule_set)]
    if not having:
        raise RuleBroken("OVERRIDE_UNKNOWN", key=key)
    part, _, name = key.partition(".")
    _CHECKS[part](key, value, [rule_set.limit(name) for rule_set in having] if part == LIMITS else [])


def apply(rule_set: RuleSet, overrides: Iterable[RuleOverride]) -> RuleSet:
    """A copy of the rule set with every override in it; of two for one key the later date wins.

    Which overrides are in force is the caller's question (in_force). Raises RuleBroken as check does,
    and OVERRIDE_UNKNOWN for a key this rule set does not have.
    """
    for override in sorted(overrides, key=lambda one: one.from_on):
        if override.key not in keys_of(rule_set):
            raise RuleBroken("OVERRIDE_UNKNOWN", key=override.key)
        check(override.key, override.value)
        rule_set = _applied(rule_set, override)
    return rule_set


def in_force(overrides: Iterable[RuleOverride], on: date) -> list[RuleOverride]:
    """Those of `overrides` whose date has come on a day."""
    return [override for override in overrides if override.from_on <= on]


def to_text(value: Value) -> str:
    """A value as it is stored: "7 working_days", "10-01", "18:00", "required", "2"."""
    if isinstance(value, Span):
        return f"{value.amount} {value.unit}"
    if isinstance(value, MonthDay):
        return f"{value.month:02}-{value.day:02}"
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def from_text(key: str, text: str) -> Value:
    """The value that to_text wrote, checked as check does; text that is none is OVERRIDE_NOT_ALLOWED."""
    part = key.partition(".")[0]
    if part not in _READERS:
        raise RuleBroken("OVERRIDE_UNKNOWN", key=key)
    try:
        value = _READERS[part](text.strip())
    except ValueError as error:
        raise RuleBroken("OVERRIDE_NOT_ALLOWED") from error
    check(key, value)
    return value


def _applied(rule_set: RuleSet, override: RuleOverride) -> RuleSet:
    part, _, name = override.key.partition(".")
    value, act = override.value, override.legal_act.strip()
    if isinstance(value, Span):
        limits = tuple(
            replace(limit, amount=value.amount, unit=value.unit, basis=act) if limit.code == name else limit
            for limit in rule_set.limits
        )
        return replace(rule_set, limits=limits)
    if isinstance(value, MonthDay):
        dates = tuple(replace(one, on=value, basis=act) if one.code == name else one for one in rule_set.yearly_dates)
        return replace(rule_set, yearly_dates=dates)
    if isinstance(value, Necessity):
        asked = {one.kind: one for one in rule_set.required_documents}
        asked[DocumentKind(name)] = RequiredDocument(DocumentKind(name), value)
        return replace(rule_set, required_documents=tuple(asked.values()))
    changed: dict[str, Any] = {part: value}
    return replace(rule_set, **changed)


def _check_limit(key: str, value: object, limits: list[Limit]) -> None:
    allowed = {unit for limit in limits for kin in _KINDRED if limit.unit in kin for unit in kin}
    if not isinstance(value, Span) or value.unit not in allowed or isinstance(value.amount, bool):
        raise RuleBroken("OVERRIDE_NOT_ALLOWED", key=key, allowed=[unit for unit in Unit if unit in allowed])
    _within(key, value.amount, *_BOUNDS_OF_UNIT[value.unit])


def _check_date(key: str, value: object, limits: list[Limit]) -> None:
    if not isinstance(value, MonthDay):
        raise RuleBroken("OVERRIDE_NOT_ALLOWED")


def _check_document(key: str, value: object, limits: list[Limit]) -> None:
    if not isinstance(value, Necessity):
        raise RuleBroken("OVERRIDE_NOT_ALLOWED", key=key, allowed=list(Necessity))


def _check_field(key: str, value: object, limits: list[Limit]) -> None:
    low, high = _BOUNDS_OF_FIELD[key]
    # True is an int to Python, and no number to anybody else; an hour is stored in hours and minutes.
    if type(value) is not type(low) or (isinstance(value, time) and value != time(value.hour, value.minute)):
        raise RuleBroken("OVERRIDE_NOT_ALLOWED")
    _within(key, value, low, high)


def _within(key: str, value: Any, low: Any, high: Any) -> None:
    if not low <= value <= high:
        shown = [to_text(bound) for bound in (low, high)]
        raise RuleBroken("OVERRIDE_OUT_OF_BOUNDS", key=key, low=shown[0], high=shown[1])


_CHECKS: Final[dict[str, Callable[[str, object, list[Limit]], None]]] = {
    LIMITS: _check_limit,
    DATES: _check_date,
    DOCUMENTS: _check_document,
    **dict.fromkeys(_BOUNDS_OF_FIELD, _check_field),
}


def _read_span(text: str) -> Span:
    amount, _, unit = text.partition(" ")
    return Span(_read_number(amount), Unit(unit))


def _read_month_day(text: str) -> MonthDay:
    month, _, day = text.partition("-")
    return MonthDay(_read_number(month), _read_number(day))


def _read_hour(text: str) -> time:
    hour, _, minute = text.partition(":")
    return time(_read_number(hour), _read_number(minute))


def _read_number(text: str) -> int:
    # int() takes "1_0" and other scripts' digits too.
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(text)
    return int(text)


_READERS: Final[dict[str, Callable[[str], Value]]] = {
    LIMITS: _read_span,
    DATES: _read_month_day,
    DOCUMENTS: Necessity,
    **dict.fromkeys(_BOUNDS_OF_FIELD, _read_number),
    "bulletin_opens_at": _read_hour,
}
