"""How many stand in a line is kept beside it, and the weekly counters lie in the index of their key.

A number in the queue was one page for each week of the line; it is one page for all of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

STREAMS = ("out_of_turn", "first_priority", "general")


def upgrade() -> None:
    for stream in STREAMS:
        op.add_column("queue", sa.Column(stream, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.execute(
        """
        UPDATE queue q SET out_of_turn = n.out_of_turn, first_priority = n.first_priority, general = n.general
          FROM (SELECT queue_id, sum(out_of_turn) AS out_of_turn, sum(first_priority) AS first_priority,
                       sum(general) AS general FROM queue_bucket GROUP BY queue_id) n
         WHERE n.queue_id = q.id
        """
    )
    op.create_check_constraint(
        op.f("ck_queue_not_negative"), "queue", "out_of_turn >= 0 AND first_priority >= 0 AND general >= 0"
    )
    op.execute("ALTER TABLE queue_bucket DROP CONSTRAINT pk_queue_bucket")
    op.execute(
        "ALTER TABLE queue_bucket ADD CONSTRAINT pk_queue_bucket PRIMARY KEY (queue_id, week) "
        "INCLUDE (out_of_turn, first_priority, general)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE queue_bucket DROP CONSTRAINT pk_queue_bucket")
    op.execute("ALTER TABLE queue_bucket ADD CONSTRAINT pk_queue_bucket PRIMARY KEY (queue_id, week)")
    op.drop_constraint(op.f("ck_queue_not_negative"), "queue")
    for stream in STREAMS:
        op.drop_column("queue", stream)
