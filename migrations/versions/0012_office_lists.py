"""Indexes of office lists: the reviewer's queue, and the runs of jobs by time."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index(
        "ix_application_reviewed",
        "application",
        ["queue_type", "id"],
        postgresql_where=sa.text("queue_type <> 'general'"),
    )
    op.create_index("ix_job_run_due_at", "job_run", ["due_at"])


def downgrade() -> None:
    op.drop_index("ix_job_run_due_at", table_name="job_run")
    op.drop_index("ix_application_reviewed", table_name="application")
