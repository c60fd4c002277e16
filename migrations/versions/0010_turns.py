"""Turns to choose, signed choices, and requests to take an application over (rules of 2018)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"

LANGUAGES = ("kk", "ru", "uz", "ug", "tg", "en")
TURNS = ("live", "chosen", "lapsed", "cancelled")
REQUESTS = ("asked", "agreed", "refused", "lapsed", "cancelled")


def _known(table, name, column, codes):
    quoted = ", ".join(f"'{code}'" for code in codes)
    return sa.CheckConstraint(f"{column} IN ({quoted})", name=op.f(f"ck_{table}_{name}"))


def _to(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")


def _moment(name, nullable=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key():
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _turn():
    op.create_table(
        "turn",
        _key(),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        _moment("notified_at"),
        sa.Column("choose_by", sa.Date(), nullable=False),
        sa.Column("formula", JSONB(), nullable=False),
        _moment("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
        _to("turn", "application_id", "application"),
        _to("turn", "locality_id", "locality"),
        _known("turn", "language_known", "language", LANGUAGES),
        _known("turn", "turnstatus_known", "status", TURNS),
        sa.CheckConstraint("(status = 'live') = (ended_at IS NULL)", name=op.f("ck_turn_ended_has_moment")),
    )
    live = sa.text("status = 'live'")
    op.create_index("uq_turn_live_application", "turn", ["application_id"], unique=True, postgresql_where=live)
    op.create_index("ix_turn_application_id", "turn", ["application_id"])
    op.create_index("ix_turn_line_live", "turn", ["locality_id", "language", "birth_year"], postgresql_where=live)
    op.create_index("ix_turn_due", "turn", ["choose_by", "id"], postgresql_where=live)


def _signed_choice():
    op.create_table(
        "signed_choice",
        _key(),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("turn_id", sa.BigInteger(), nullable=True),
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        _moment("signed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_signed_choice"),
        _to("signed_choice", "application_id", "application"),
        _to("signed_choice", "turn_id", "turn"),
        _to("signed_choice", "referral_id", "referral"),
        _to("signed_choice", "group_id", "kindergarten_group"),
        sa.UniqueConstraint("referral_id", name="uq_signed_choice_referral_id"),
    )
    op.create_index("ix_signed_choice_application_id", "signed_choice", ["application_id"])


def _merge_request():
    op.create_table(
        "merge_request",
        _key(),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_of_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        _moment("asked_at"),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("formula", JSONB(), nullable=False),
        _moment("ended_at", nullable=True),
        sa.Column("refusal", sa.String(500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_merge_request"),
        _to("merge_request", "application_id", "application"),
        _to("merge_request", "asked_by_id", "person"),
        _to("merge_request", "asked_of_id", "person"),
        _known("merge_request", "mergestatus_known", "status", REQUESTS),
        sa.CheckConstraint("(status = 'asked') = (ended_at IS NULL)", name=op.f("ck_merge_request_ended_has_moment")),
        sa.CheckConstraint("asked_by_id <> asked_of_id", name=op.f("ck_merge_request_two_people")),
    )
    live = sa.text("status = 'asked'")
    op.create_index(
        "uq_merge_request_live_application", "merge_request", ["application_id"], unique=True, postgresql_where=live
    )
    op.create_index("ix_merge_request_application_id", "merge_request", ["application_id"])
    op.create_index("ix_merge_request_due", "merge_request", ["answer_by", "id"], postgresql_where=live)


def upgrade() -> None:
    _turn()
    _signed_choice()
    _merge_request()


def downgrade() -> None:
    for table in ("merge_request", "signed_choice", "turn"):
        op.drop_table(table)
