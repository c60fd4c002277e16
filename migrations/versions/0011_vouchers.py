"""Rounds of vouchers, priority categories and their lines, the waiting list of a kindergarten, a voucher's contract."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)
LIVE = "status IN ('confirmed', 'attached', 'extended')"


def upgrade() -> None:
    _categories()
    _rounds()
    _vouchers()
    _waiting_list()
    op.add_column("contract", sa.Column("voucher_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_contract_voucher_id_voucher"), "contract", "voucher", ["voucher_id"], ["id"])
    op.create_index("ix_contract_voucher_id", "contract", ["voucher_id"])
    op.create_check_constraint(op.f("ck_contract_one_right"), "contract", "referral_id IS NULL OR voucher_id IS NULL")


def _categories() -> None:
    op.create_table(
        "priority_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("locality_id", sa.Integer()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_kk", sa.String(300), nullable=False),
        sa.Column("name_ru", sa.String(300), nullable=False),
        sa.Column("name_en", sa.String(300), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("min_age", sa.Integer()),
        sa.Column("max_age", sa.Integer()),
        sa.Column("benefit_category_id", sa.Integer()),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "source IN ('everyone', 'age', 'benefit')", name=op.f("ck_priority_category_categorysource_known")
        ),
        sa.CheckConstraint(
            "(source = 'age') = (min_age IS NOT NULL AND max_age IS NOT NULL)",
            name=op.f("ck_priority_category_age_has_band"),
        ),
        sa.CheckConstraint("min_age <= max_age", name=op.f("ck_priority_category_band_in_order")),
        sa.CheckConstraint(
            "(source = 'benefit') = (benefit_category_id IS NOT NULL)",
            name=op.f("ck_priority_category_benefit_named"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_priority_category_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_priority_category_locality_id_locality")
        ),
        sa.ForeignKeyConstraint(
            ["benefit_category_id"],
            ["benefit_category.id"],
            name=op.f("fk_priority_category_benefit_category_id_benefit_category"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["priority_category.id"], name=op.f("fk_priority_category_parent_id_priority_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_category")),
        sa.UniqueConstraint("code", name=op.f("uq_priority_category_code")),
        sa.UniqueConstraint(
            "position",
            "locality_id",
            name=op.f("uq_priority_category_position_locality_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.add_column("application", sa.Column("priority_category_id", sa.Integer()))
    op.create_foreign_key(
        op.f("fk_application_priority_category_id_priority_category"),
        "application",
        "priority_category",
        ["priority_category_id"],
        ["id"],
    )
    op.create_index("ix_application_priority_category_id", "application", ["priority_category_id"])
    op.add_column("queue", sa.Column("category_id", sa.Integer()))
    op.create_foreign_key(
        op.f("fk_queue_category_id_priority_category"), "queue", "priority_category", ["category_id"], ["id"]
    )
    op.alter_column("queue", "birth_year", nullable=True)
    op.alter_column("queue", "language", nullable=True)
    op.create_check_constraint(
        op.f("ck_queue_one_kind_of_line"),
        "queue",
        "num_nulls(birth_year, language) = CASE WHEN category_id IS NULL THEN 0 ELSE 2 END",
    )
    op.create_index(
        "uq_queue_category",
        "queue",
        ["locality_id", "queue_type", "category_id"],
        unique=True,
        postgresql_where=sa.text("category_id IS NOT NULL"),
    )


def _rounds() -> None:
    op.create_table(
        "voucher_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("rule_set", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("run_at", MOMENT, nullable=False),
        sa.Column("run_by_id", sa.Integer()),
        sa.Column("free_places", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.ARRAY(sa.String(9)), nullable=False),
        sa.CheckConstraint("issued BETWEEN 0 AND free_places", name=op.f("ck_voucher_round_no_more_than_places")),
        sa.CheckConstraint("scope IN ('city', 'district')", name=op.f("ck_voucher_round_roundscope_known")),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_voucher_round_locality_id_locality")),
        sa.ForeignKeyConstraint(["run_by_id"], ["ab_user.id"], name=op.f("fk_voucher_round_run_by_id_ab_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_round")),
    )
    op.create_index("ix_voucher_round_locality_id_run_at", "voucher_round", ["locality_id", "run_at"])


def _vouchers() -> None:
    op.add_column("voucher", sa.Column("round_id", sa.Integer()))
    op.create_foreign_key(op.f("fk_voucher_round_id_voucher_round"), "voucher", "voucher_round", ["round_id"], ["id"])
    for column in ("confirmed_at", "attached_at", "extended_at", "used_at"):
        op.add_column("voucher", sa.Column(column, MOMENT))
    op.add_column("voucher", sa.Column("financing", sa.String(32)))
    for name, condition in (
        ("financing_known", "financing IN ('voucher')"),
        ("confirmed_has_deadline", f"NOT ({LIVE}) OR (enrol_by IS NOT NULL AND confirmed_at IS NOT NULL)"),
        ("attached_has_group", "status NOT IN ('attached', 'in_use') OR group_id IS NOT NULL"),
        ("group_has_kindergarten", "(group_id IS NULL) = (kindergarten_id IS NULL)"),
        ("extended_has_moment", "status <> 'extended' OR extended_at IS NOT NULL"),
        ("used_has_moment", "status <> 'in_use' OR used_at IS NOT NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_voucher_{name}"), "voucher", condition)
    op.create_index(
        "ix_voucher_unanswered", "voucher", ["confirm_by", "id"], postgresql_where=sa.text("status = 'issued'")
    )
    op.create_index("ix_voucher_unused", "voucher", ["enrol_by", "id"], postgresql_where=sa.text(LIVE))
    op.create_index("ix_voucher_group_id", "voucher", ["group_id"])
    op.create_index("ix_voucher_kindergarten_id", "voucher", ["kindergarten_id", "id"])
    op.create_index("ix_voucher_locality_id_status", "voucher", ["locality_id", "status"])


def _waiting_list() -> None:
    op.create_table(
        "waiting_list_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("voucher_id", sa.BigInteger(), nullable=False),
        sa.Column("kindergarten_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer()),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("offered_at", MOMENT),
        sa.Column("answer_by", sa.Date()),
        sa.Column("formula", JSONB(), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'accepted', 'lapsed', 'left')",
            name=op.f("ck_waiting_list_entry_waitingliststatus_known"),
        ),
        sa.CheckConstraint(
            "status <> 'offered' OR (offered_at IS NOT NULL AND answer_by IS NOT NULL AND group_id IS NOT NULL)",
            name=op.f("ck_waiting_list_entry_offer_has_deadline"),
        ),
        sa.CheckConstraint(
            "(status IN ('waiting', 'offered')) = (ended_at IS NULL)",
            name=op.f("ck_waiting_list_entry_ended_has_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_waiting_list_entry_application_id_application")
        ),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name=op.f("fk_waiting_list_entry_voucher_id_voucher")),
        sa.ForeignKeyConstraint(
            ["kindergarten_id"], ["kindergarten.id"], name=op.f("fk_waiting_list_entry_kindergarten_id_kindergarten")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["kindergarten_group.id"], name=op.f("fk_waiting_list_entry_group_id_kindergarten_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list_entry")),
    )
    op.create_index(
        "uq_waiting_list_entry_live",
        "waiting_list_entry",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('waiting', 'offered')"),
    )
    op.create_index(
        "ix_waiting_list_entry_line",
        "waiting_list_entry",
        ["kindergarten_id", "joined_at", "id"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "ix_waiting_list_entry_due",
        "waiting_list_entry",
        ["answer_by", "id"],
        postgresql_where=sa.text("status = 'offered'"),
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_contract_one_right"), "contract")
    op.drop_column("contract", "voucher_id")
    op.drop_table("waiting_list_entry")
    for index in ("unanswered", "unused", "group_id", "kindergarten_id", "locality_id_status"):
        op.drop_index(f"ix_voucher_{index}", table_name="voucher")
    for name in (
        "financing_known",
        "confirmed_has_deadline",
        "attached_has_group",
        "group_has_kindergarten",
        "extended_has_moment",
        "used_has_moment",
    ):
        op.drop_constraint(op.f(f"ck_voucher_{name}"), "voucher")
    for column in ("round_id", "confirmed_at", "attached_at", "extended_at", "used_at", "financing"):
        op.drop_column("voucher", column)
    op.drop_table("voucher_round")
    op.execute("DELETE FROM queue_entry WHERE queue_id IN (SELECT id FROM queue WHERE category_id IS NOT NULL)")
    op.execute("DELETE FROM queue_bucket WHERE queue_id IN (SELECT id FROM queue WHERE category_id IS NOT NULL)")
    op.execute("DELETE FROM queue WHERE category_id IS NOT NULL")
    op.drop_index("uq_queue_category", table_name="queue")
    op.drop_constraint(op.f("ck_queue_one_kind_of_line"), "queue")
    op.drop_column("queue", "category_id")
    op.alter_column("queue", "birth_year", nullable=False)
    op.alter_column("queue", "language", nullable=False)
    op.drop_column("application", "priority_category_id")
    op.drop_table("priority_category")
