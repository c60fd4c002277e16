"""Numbers of a rule set replaced for a locality, reminders already written, what a conclusion says, the wished place."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "rule_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("rule_set", sa.String(40), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("legal_act", sa.String(300), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(legal_act) <> ''", name=op.f("ck_rule_override_legal_act_named")),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_rule_override_locality_id_locality")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_override")),
        sa.UniqueConstraint("locality_id", "rule_set", "key", "from_on", name=op.f("uq_rule_override_locality_id_rule_set_key_from_on")),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("template", sa.String(8), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("template", "subject", "subject_id", "due_on", name=op.f("uq_reminder_template_subject_subject_id_due_on")),
    )
    op.add_column("document", sa.Column("number", sa.String(40)))
    op.add_column("document", sa.Column("issuer", sa.String(200)))
    op.add_column("application", sa.Column("wished_kindergarten_id", sa.Integer()))
    op.create_foreign_key(
        op.f("fk_application_wished_kindergarten_id_kindergarten"),
        "application",
        "kindergarten",
        ["wished_kindergarten_id"],
        ["id"],
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_application_wished_kindergarten_id_kindergarten"), "application", type_="foreignkey")
    op.drop_column("application", "wished_kindergarten_id")
    op.drop_column("document", "issuer")
    op.drop_column("document", "number")
    op.drop_table("reminder")
    op.drop_table("rule_override")
