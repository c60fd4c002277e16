"""The table of moves: whole, consistent, and honest about what cannot be done yet."""

from __future__ import annotations

import pytest

from app.models.enums import (
    ApplicationStatus,
    BulletinStatus,
    ClaimStatus,
    ContractStatus,
    ReferralStatus,
    Role,
    StopListStatus,
    VoucherStatus,
    WaitingListStatus,
)
from app.rules import rule_sets
from app.rules.lifecycle import MOVES, TABLE, Move, Subject, check, move, moves_of
from app.rules.rule_sets import Allocation
from app.rules.verdict import RuleBroken
from app.views.office.acts import ACTS

STATES = {
    Subject.APPLICATION: ApplicationStatus,
    Subject.BULLETIN: BulletinStatus,
    Subject.CLAIM: ClaimStatus,
    Subject.REFERRAL: ReferralStatus,
    Subject.VOUCHER: VoucherStatus,
    Subject.WAITING_LIST: WaitingListStatus,
    Subject.CONTRACT: ContractStatus,
    Subject.STOP_LIST: StopListStatus,
    Subject.GROUP: (),
}
EVERY = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.verb)


def test_a_verb_stands_once():
    assert len({row.verb for row in TABLE}) == len(TABLE)
    assert all(move(row.verb) is row for row in TABLE)


@EVERY
def test_a_row_names_states_of_its_subject_and_says_where_it_comes_from(row: Move):
    assert {*row.from_, *row.to} <= set(STATES[row.subject])
    assert row.label.strip()
    assert row.basis.strip()
    assert row.by
    assert all(set(states) <= set(ApplicationStatus) and states for states in row.application or ())


@EVERY
def test_the_clock_types_nothing_in_and_asks_nobody(row: Move):
    if row.by == {Role.SYSTEM}:
        assert not row.needs
        assert not row.danger


def test_what_can_be_made_is_what_awaits_nothing():
    assert [row for row in TABLE if row.awaits is None] == list(MOVES)
    assert all(row.awaits and not row.available for row in TABLE if row not in MOVES)
    assert {row for subject in Subject for row in moves_of(subject)} == set(MOVES)


def test_no_button_stands_for_a_move_that_cannot_be_made():
    assert all(act.move.available for act in ACTS)


#: Without these a way of offering places goes nowhere.
WAYS = {
    Allocation.BULLETIN: {"publish", "open_to_all", "claim", "activate", "expire_referral", "release_in_time"},
    Allocation.NOTIFY_THEN_OPEN: {"notify_turn", "choose_kindergarten", "lapse_turn", "expire_referral"},
    Allocation.VOUCHER: {
        *("issue_voucher", "confirm_voucher", "refuse_voucher", "annul_voucher", "restore", "escalate_stop_list"),
        *("request_enrolment", "extend_voucher", "expire_voucher"),
    },
}


@pytest.mark.parametrize("way", Allocation)
def test_a_locality_is_given_only_rules_whose_moves_can_be_made(way):
    if way in rule_sets.WORKING:
        assert {row.verb for row in MOVES} >= WAYS[way]
    assert {row.verb for row in TABLE} >= WAYS[way]


@pytest.mark.parametrize("subject", [one for one in Subject if STATES[one]])
def test_every_state_is_entered_and_left_by_some_row(subject):
    rows = [row for row in TABLE if row.subject is subject]
    entered = {state for row in rows for state in row.to}
    left = {state for row in rows for state in row.from_}
    if subject is Subject.APPLICATION:
        entered |= {state for row in TABLE for state in (row.application or ((), ()))[1]}
        left |= {state for row in TABLE for state in (row.application or ((), ()))[0]}
    entered |= OTHERWISE_ENTERED.get(subject, set())
    assert entered == set(STATES[subject])
    assert set(STATES[subject]) - left == ENDS[subject]


#: States that come with a move on something else, or with no move at all.
OTHERWISE_ENTERED = {
    Subject.APPLICATION: {ApplicationStatus.DRAFT},
    Subject.BULLETIN: {BulletinStatus.DRAFT, BulletinStatus.FILLED, BulletinStatus.CLOSED},
    Subject.CLAIM: {ClaimStatus.LAPSED},
    Subject.REFERRAL: {ReferralStatus.ISSUED, ReferralStatus.USED},
    Subject.VOUCHER: {VoucherStatus.IN_USE},
    Subject.STOP_LIST: {StopListStatus.ACTIVE},
}
ENDS = {
    Subject.APPLICATION: {ApplicationStatus.DRAFT, ApplicationStatus.ARCHIVED},
    Subject.BULLETIN: set(BulletinStatus) - {BulletinStatus.SCHEDULED, BulletinStatus.PRIORITY, BulletinStatus.OPEN},
    Subject.CLAIM: set(ClaimStatus) - {ClaimStatus.WAITING},
    Subject.REFERRAL: set(ReferralStatus) - {ReferralStatus.ISSUED, ReferralStatus.EXTENDED},
    Subject.VOUCHER: {VoucherStatus.ANNULLED},
    Subject.WAITING_LIST: {WaitingListStatus.ACCEPTED, WaitingListStatus.LAPSED, WaitingListStatus.LEFT},
    Subject.CONTRACT: {ContractStatus.REFUSED, ContractStatus.LAPSED, ContractStatus.TERMINATED},
    Subject.STOP_LIST: set(StopListStatus) - {StopListStatus.ACTIVE},
}

#: verb, states it starts in, states it ends in, application before and after, who.
NEW_GENERATIONS = [
    ("notify_turn", "queued", "notified", "", "", "System"),
    ("choose_kindergarten", "notified queued", "referred", "", "", "Parent"),
    ("lapse_turn", "notified", "queued", "", "", "System"),
    ("issue_voucher", "", "issued", "queued", "voucher_issued", "System Department official"),
    ("confirm_voucher", "issued", "confirmed", "voucher_issued", "voucher_confirmed", "Parent Support operator"),
    ("refuse_voucher", "issued", "annulled", "voucher_issued", "archived", "Parent"),
    ("annul_voucher", "issued", "annulled", "voucher_issued", "stop_listed archived", "System"),
    ("restore", "active", "restored", "stop_listed", "queued", "Parent"),
    ("escalate_stop_list", "active", "escalated", "stop_listed", "archived", "System"),
    (
        "request_enrolment",
        "confirmed extended",
        "attached extended",
        "voucher_confirmed",
        "kindergarten_chosen",
        "Parent Support operator",
    ),
    (
        "expire_voucher",
        "confirmed attached extended",
        "annulled",
        "voucher_confirmed kindergarten_chosen contracting rework",
        "archived",
        "System",
    ),
    ("accept_offer", "offered", "accepted", "voucher_confirmed", "kindergarten_chosen", "Parent Support operator"),
    ("lapse_offer", "offered", "lapsed", "voucher_confirmed", "voucher_confirmed", "System"),
    ("archive_uninterested", "queued", "archived", "", "", "System"),
]


@pytest.mark.parametrize(("verb", "from_", "to", "before", "after", "by"), NEW_GENERATIONS)
def test_the_way_of_a_notice_and_of_a_voucher(verb, from_, to, before, after, by):
    row = move(verb)
    assert (" ".join(row.from_), " ".join(row.to)) == (from_, to)
    assert tuple(" ".join(states) for states in row.application or ((), ())) == (before, after)
    assert row.by == {role for role in Role if role in by}


def test_what_costs_the_place_in_line_is_called_dangerous():
    assert move("refuse_voucher").danger
    assert move("revoke_voucher").danger
    assert not move("confirm_voucher").danger


def test_a_move_starts_in_its_own_states_alone():
    assert check("activate", "waiting", "claimed") is move("activate")
    assert check("send_contract", "", "referred").verb == "send_contract"
    for status, application in (("activated", "claimed"), ("waiting", "queued")):
        with pytest.raises(RuleBroken) as refused:
            check("activate", status, application)
        assert refused.value.code == "STALE"
    with pytest.raises(KeyError):
        move("explode")


def test_moves_are_found_by_role_and_state():
    waiting = {row.verb for row in moves_of(Subject.CLAIM, frozenset({Role.HEAD}), "waiting")}
    assert waiting == {"activate", "decline"}
    assert moves_of(Subject.CLAIM, frozenset({Role.AUDITOR})) == ()
