"""Counted rows behind the statistics, so that no page counts a million applications."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KINDS = "('claim_activation', 'document_check', 'referral', 'contract')"


def _goes_with(table, owner):
    """A counted row must not keep its locality or kindergarten from being deleted."""
    name = op.f(f"fk_{table}_{owner}_id_{owner}")
    return sa.ForeignKeyConstraint([f"{owner}_id"], [f"{owner}.id"], name=name, ondelete="CASCADE")


def _of_scope(table, *columns, key=()):
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("kindergarten_id", sa.Integer(), nullable=True),
        *columns,
        sa.CheckConstraint("num_nonnulls(locality_id, kindergarten_id) <= 1", name=op.f(f"ck_{table}_one_scope")),
        _goes_with(table, "locality"),
        _goes_with(table, "kindergarten"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        f"uq_{table}_scope",
        table,
        ["locality_id", "kindergarten_id", *key],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(f"ix_{table}_kindergarten_id", table, ["kindergarten_id"])


def _numbers(*names):
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "queue_summary",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("queue_type", sa.String(32), nullable=False),
        *_numbers("birth_year", "waiting", "under_review", "stop_listed"),
        sa.CheckConstraint(
            "queue_type IN ('general', 'special', 'sanatorium')", name=op.f("ck_queue_summary_queuetype_known")
        ),
        _goes_with("queue_summary", "locality"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_summary")),
    )
    op.create_index(
        "uq_queue_summary_scope",
        "queue_summary",
        ["locality_id", "queue_type", "birth_year"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    _of_scope("places_summary", *_numbers("kindergartens", "capacity", "enrolled", "held", "published", "free"))
    _of_scope(
        "waiting_summary",
        sa.Column("month", sa.Date(), nullable=False),
        *_numbers("enrolled", "median_days", "p90_days"),
        key=("month",),
    )
    _of_scope(
        "deadline_summary",
        sa.Column("kind", sa.String(32), nullable=False),
        *_numbers("met", "missed"),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_deadline_summary_deadlinekind_known")),
        key=("kind",),
    )
    op.create_index(
        "ix_event_documents_checked",
        "event",
        ["at"],
        postgresql_where=sa.text("act IN ('confirm_documents', 'refuse_documents')"),
    )


def downgrade() -> None:
    op.drop_index("ix_event_documents_checked", table_name="event")
    for table in ("deadline_summary", "waiting_summary", "places_summary", "queue_summary"):
        op.drop_table(table)
