"""Indexes of the office's desk: what waits is found without reading what is done."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index(
        "ix_contract_review", "contract", ["review_by", "id"], postgresql_where=sa.text("status = 'parent_signed'")
    )
    op.create_index("ix_delivery_failed", "delivery", ["id"], postgresql_where=sa.text("status = 'failed'"))


def downgrade() -> None:
    op.drop_index("ix_delivery_failed", table_name="delivery")
    op.drop_index("ix_contract_review", table_name="contract")
