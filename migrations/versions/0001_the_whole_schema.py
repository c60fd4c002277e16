"""The whole schema: records, queue, placement, contracts, events and messages."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    # Trigram indexes make the search by surname independent of the size of the table.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "ab_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=150), nullable=True),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_group_name")),
    )
    op.create_table(
        "ab_permission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_permission_name")),
    )
    op.create_table(
        "ab_register_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("registration_date", sa.DateTime(), nullable=True),
        sa.Column("registration_hash", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_register_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_register_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_register_user_username")),
    )
    op.create_table(
        "ab_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_role")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_role_name")),
    )
    op.create_table(
        "ab_view_menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_view_menu")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_view_menu_name")),
    )
    op.create_table(
        "benefit_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "stream",
            sa.Enum(
                "out_of_turn",
                "first_priority",
                "general",
                name="stream_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name_kk", sa.String(length=300), nullable=False),
        sa.Column("name_ru", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("needs_document", sa.Boolean(), nullable=False),
        sa.Column("document_valid_days", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_category")),
        sa.UniqueConstraint("code", name=op.f("uq_benefit_category_code")),
    )
    op.create_table(
        "child",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nationality", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("iin", sa.String(length=12), nullable=True),
        sa.Column("document_number", sa.String(length=40), nullable=True),
        sa.Column("surname", sa.String(length=100), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("patronymic", sa.String(length=100), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column(
            "sex",
            sa.Enum("male", "female", name="sex_known", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("search_key", sa.String(length=320), nullable=False),
        sa.CheckConstraint("iin IS NOT NULL OR document_number IS NOT NULL", name=op.f("ck_child_iin_or_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child")),
        sa.UniqueConstraint("document_number", name=op.f("uq_child_document_number")),
        sa.UniqueConstraint("iin", name=op.f("uq_child_iin")),
    )
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.create_index(
            "ix_child_search_key",
            ["search_key"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        )

    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_role", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=True),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("kindergarten_id", sa.Integer(), nullable=True),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_actor_user_id", ["actor_user_id", "id"], unique=False)
        batch_op.create_index("ix_event_application_id", ["application_id", "id"], unique=False)
        batch_op.create_index("ix_event_child_id", ["child_id", "id"], unique=False)
        batch_op.create_index("ix_event_kindergarten_id", ["kindergarten_id", "id"], unique=False)
        batch_op.create_index("ix_event_locality_id", ["locality_id", "id"], unique=False)
        batch_op.create_index("ix_event_subject_subject_id", ["subject", "subject_id"], unique=False)

    op.create_table(
        "holiday_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday_override")),
        sa.UniqueConstraint("on", name=op.f("uq_holiday_override_on")),
    )
    op.create_table(
        "invariant_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.Column("sample", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invariant_check")),
    )
    with op.batch_alter_table("invariant_check", schema=None) as batch_op:
        batch_op.create_index("ix_invariant_check_checked_at", ["checked_at"], unique=False)

    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("name", "due_at", name=op.f("pk_job_run")),
    )
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.create_index("ix_job_run_unfinished", ["due_at"], unique=False, postgresql_where="finished_at IS NULL")

    op.create_table(
        "locality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("prefix", sa.String(length=9), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "region",
                "district",
                "rural_district",
                "settlement",
                name="localitylevel_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name_kk", sa.String(length=160), nullable=False),
        sa.Column("name_ru", sa.String(length=160), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["locality.id"], name=op.f("fk_locality_parent_id_locality")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locality")),
        sa.UniqueConstraint("code", name=op.f("uq_locality_code")),
    )
    with op.batch_alter_table("locality", schema=None) as batch_op:
        batch_op.create_index("ix_locality_parent_id", ["parent_id"], unique=False)
        batch_op.create_index(
            "ix_locality_prefix", ["prefix"], unique=False, postgresql_ops={"prefix": "text_pattern_ops"}
        )

    op.create_table(
        "phone_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_code")),
    )
    with op.batch_alter_table("phone_code", schema=None) as batch_op:
        batch_op.create_index("ix_phone_code_phone_sent_at", ["phone", "sent_at"], unique=False)

    op.create_table(
        "register_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_iins", sa.ARRAY(sa.String(length=12)), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("nationality", sa.String(length=60), nullable=True),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("iin", sa.String(length=12), nullable=True),
        sa.Column("document_number", sa.String(length=40), nullable=True),
        sa.Column("surname", sa.String(length=100), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("patronymic", sa.String(length=100), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column(
            "sex",
            sa.Enum("male", "female", name="sex_known", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("search_key", sa.String(length=320), nullable=False),
        sa.CheckConstraint(
            "iin IS NOT NULL OR document_number IS NOT NULL", name=op.f("ck_register_entry_iin_or_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("document_number", name=op.f("uq_register_entry_document_number")),
        sa.UniqueConstraint("iin", name=op.f("uq_register_entry_iin")),
    )
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_register_entry_search_key",
            ["search_key"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        )

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "ab_group_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_group_role_group_id_ab_group"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_group_role_role_id_ab_role"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group_role")),
        sa.UniqueConstraint("group_id", "role_id", name=op.f("uq_ab_group_role_group_id_role_id")),
    )
    with op.batch_alter_table("ab_group_role", schema=None) as batch_op:
        batch_op.create_index("idx_group_id", ["group_id"], unique=False)
        batch_op.create_index("idx_group_role_id", ["role_id"], unique=False)

    op.create_table(
        "ab_permission_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_id", sa.Integer(), nullable=False),
        sa.Column("view_menu_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"], ["ab_permission.id"], name=op.f("fk_ab_permission_view_permission_id_ab_permission")
        ),
        sa.ForeignKeyConstraint(
            ["view_menu_id"], ["ab_view_menu.id"], name=op.f("fk_ab_permission_view_view_menu_id_ab_view_menu")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view")),
        sa.UniqueConstraint(
            "permission_id", "view_menu_id", name=op.f("uq_ab_permission_view_permission_id_view_menu_id")
        ),
    )
    with op.batch_alter_table("ab_permission_view", schema=None) as batch_op:
        batch_op.create_index("idx_permission_id", ["permission_id"], unique=False)
        batch_op.create_index("idx_view_menu_id", ["view_menu_id"], unique=False)

    op.create_table(
        "kindergarten",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bin", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "state",
                "private",
                "private_state_order",
                name="kindergartenkind_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("phones", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.String(length=2)), nullable=False),
        sa.Column("correction_types", sa.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("latitude", sa.Numeric(precision=8, scale=6), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_kindergarten_locality_id_locality")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kindergarten")),
        sa.UniqueConstraint("bin", name=op.f("uq_kindergarten_bin")),
    )
    with op.batch_alter_table("kindergarten", schema=None) as batch_op:
        batch_op.create_index("ix_kindergarten_locality_id", ["locality_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("other_phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("workplace", sa.String(length=200), nullable=True),
        sa.Column("position", sa.String(length=100), nullable=True),
        sa.Column(
            "message_language",
            sa.Enum(
                "kk",
                "ru",
                "uz",
                "ug",
                "tg",
                "en",
                name="language_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column("consent_version", sa.String(length=20), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("iin", sa.String(length=12), nullable=True),
        sa.Column("document_number", sa.String(length=40), nullable=True),
        sa.Column("surname", sa.String(length=100), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("patronymic", sa.String(length=100), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column(
            "sex",
            sa.Enum("male", "female", name="sex_known", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("search_key", sa.String(length=320), nullable=False),
        sa.CheckConstraint("iin IS NOT NULL OR document_number IS NOT NULL", name=op.f("ck_person_iin_or_document")),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_person_locality_id_locality")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("document_number", name=op.f("uq_person_document_number")),
        sa.UniqueConstraint("iin", name=op.f("uq_person_iin")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_phone"), ["phone"], unique=False)
        batch_op.create_index(
            "ix_person_search_key",
            ["search_key"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        )

    op.create_table(
        "queue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "queue_type",
            sa.Enum(
                "general",
                "special",
                "sanatorium",
                name="queuetype_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "kk",
                "ru",
                "uz",
                "ug",
                "tg",
                "en",
                name="language_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("cycle_position", sa.Integer(), nullable=False),
        sa.CheckConstraint("cycle_position >= 0", name=op.f("ck_queue_cycle_position_not_negative")),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_queue_locality_id_locality")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue")),
        sa.UniqueConstraint(
            "queue_type",
            "locality_id",
            "birth_year",
            "language",
            name=op.f("uq_queue_queue_type_locality_id_birth_year_language"),
        ),
    )
    op.create_table(
        "rule_set_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("rule_set", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["locality_id"], ["locality.id"], name=op.f("fk_rule_set_assignment_locality_id_locality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set_assignment")),
        sa.UniqueConstraint("locality_id", "from_on", name=op.f("uq_rule_set_assignment_locality_id_from_on")),
    )
    op.create_table(
        "ab_permission_view_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_view_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["permission_view_id"],
            ["ab_permission_view.id"],
            name=op.f("fk_ab_permission_view_role_permission_view_id_ab_permission_view"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_permission_view_role_role_id_ab_role"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view_role")),
        sa.UniqueConstraint(
            "permission_view_id", "role_id", name=op.f("uq_ab_permission_view_role_permission_view_id_role_id")
        ),
    )
    with op.batch_alter_table("ab_permission_view_role", schema=None) as batch_op:
        batch_op.create_index("idx_permission_view_id", ["permission_view_id"], unique=False)
        batch_op.create_index("idx_role_id", ["role_id"], unique=False)

    op.create_table(
        "ab_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("last_login", sa.DateTime(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("fail_login_count", sa.Integer(), nullable=True),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("changed_on", sa.DateTime(), nullable=True),
        sa.Column("created_by_fk", sa.Integer(), nullable=True),
        sa.Column("changed_by_fk", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kindergarten_id", sa.Integer(), nullable=True),
        sa.Column("locality_id", sa.Integer(), nullable=True),
        sa.Column(
            "review_queue",
            sa.Enum(
                "general",
                "special",
                "sanatorium",
                name="queuetype_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["changed_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_changed_by_fk_ab_user")),
        sa.ForeignKeyConstraint(["created_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_created_by_fk_ab_user")),
        sa.ForeignKeyConstraint(
            ["kindergarten_id"], ["kindergarten.id"], name=op.f("fk_ab_user_kindergarten_id_kindergarten")
        ),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_ab_user_locality_id_locality")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ab_user_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_user_email")),
        sa.UniqueConstraint("person_id", name=op.f("uq_ab_user_person_id")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_user_username")),
    )
    op.create_table(
        "application_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_application_draft_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_draft")),
        sa.UniqueConstraint("person_id", name=op.f("uq_application_draft_person_id")),
    )
    op.create_table(
        "guardianship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "parent",
                "guardian",
                "custodian",
                "adopter",
                name="guardiankind_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("confirmed_by_register", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_guardianship_child_id_child")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_guardianship_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianship")),
        sa.UniqueConstraint("child_id", "person_id", name=op.f("uq_guardianship_child_id_person_id")),
    )
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.create_index("ix_guardianship_person_id", ["person_id"], unique=False)

    op.create_table(
        "kindergarten_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kindergarten_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "age_group",
            sa.Enum(
                "early",
                "junior",
                "middle",
                "senior",
                "preschool",
                name="agegroup_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("birth_years", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "kk",
                "ru",
                "uz",
                "ug",
                "tg",
                "en",
                name="language_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "group_type",
            sa.Enum(
                "regular",
                "special",
                "sanatorium",
                name="grouptype_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "capacity = enrolled + held + published + free", name=op.f("ck_kindergarten_group_places_conserved")
        ),
        sa.CheckConstraint("cardinality(birth_years) > 0", name=op.f("ck_kindergarten_group_birth_years_given")),
        sa.CheckConstraint(
            "enrolled >= 0 AND held >= 0 AND published >= 0", name=op.f("ck_kindergarten_group_tally_not_negative")
        ),
        sa.CheckConstraint("free BETWEEN 0 AND capacity", name=op.f("ck_kindergarten_group_free_within_capacity")),
        sa.ForeignKeyConstraint(
            ["kindergarten_id"], ["kindergarten.id"], name=op.f("fk_kindergarten_group_kindergarten_id_kindergarten")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kindergarten_group")),
    )
    with op.batch_alter_table("kindergarten_group", schema=None) as batch_op:
        batch_op.create_index("ix_kindergarten_group_kindergarten_id", ["kindergarten_id"], unique=False)

    op.create_table(
        "queue_bucket",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("out_of_turn", sa.Integer(), nullable=False),
        sa.Column("first_priority", sa.Integer(), nullable=False),
        sa.Column("general", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "out_of_turn >= 0 AND first_priority >= 0 AND general >= 0", name=op.f("ck_queue_bucket_not_negative")
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_queue_bucket_queue_id_queue")),
        sa.PrimaryKeyConstraint("queue_id", "week", name=op.f("pk_queue_bucket")),
    )
    op.create_table(
        "ab_api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("key_hash", sa.String(length=256), nullable=False),
        sa.Column("lookup_hash", sa.String(length=256), nullable=True),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("expires_on", sa.DateTime(), nullable=True),
        sa.Column("revoked_on", sa.DateTime(), nullable=True),
        sa.Column("last_used_on", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_api_key_user_id_ab_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_api_key")),
        sa.UniqueConstraint("lookup_hash", name=op.f("uq_ab_api_key_lookup_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_ab_api_key_uuid")),
    )
    with op.batch_alter_table("ab_api_key", schema=None) as batch_op:
        batch_op.create_index("idx_api_key_lookup_hash", ["lookup_hash"], unique=True)
        batch_op.create_index("idx_api_key_prefix", ["key_prefix"], unique=False)
        batch_op.create_index("idx_api_key_user_id", ["user_id"], unique=False)

    op.create_table(
        "ab_user_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_user_group_group_id_ab_group"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_group_user_id_ab_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_group")),
        sa.UniqueConstraint("user_id", "group_id", name=op.f("uq_ab_user_group_user_id_group_id")),
    )
    with op.batch_alter_table("ab_user_group", schema=None) as batch_op:
        batch_op.create_index("idx_user_group_id", ["group_id"], unique=False)
        batch_op.create_index("idx_user_id", ["user_id"], unique=False)

    op.create_table(
        "ab_user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_user_role_role_id_ab_role"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_role_user_id_ab_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_role")),
        sa.UniqueConstraint("user_id", "role_id", name=op.f("uq_ab_user_role_user_id_role_id")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column(
            "queue_type",
            sa.Enum(
                "general",
                "special",
                "sanatorium",
                name="queuetype_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.String(length=2)), nullable=False),
        sa.Column(
            "group_type",
            sa.Enum(
                "regular",
                "special",
                "sanatorium",
                name="grouptype_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "correction_type",
            sa.Enum(
                "speech",
                "phonetic",
                "hearing",
                "vision",
                "musculoskeletal",
                "intellect",
                "development_delay",
                "autism",
                "emotional",
                "multiple",
                name="correctiontype_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("benefit_category_id", sa.Integer(), nullable=True),
        sa.Column(
            "benefit_check",
            sa.Enum(
                "none",
                "pending",
                "confirmed",
                "refused",
                name="benefitcheck_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("check_by", sa.Date(), nullable=True),
        sa.Column(
            "stream",
            sa.Enum(
                "out_of_turn",
                "first_priority",
                "general",
                name="stream_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "docs_review",
                "queued",
                "notified",
                "claimed",
                "referred",
                "voucher_issued",
                "voucher_confirmed",
                "kindergarten_chosen",
                "contracting",
                "rework",
                "stop_listed",
                "enrolled",
                "archived",
                name="applicationstatus_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("interest_confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_referrals", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "archive_reason",
            sa.Enum(
                "withdrawn",
                "rejected",
                "max_age",
                "refused",
                "voucher_expired",
                "no_show_twice",
                "inactive",
                "enrolled",
                "duplicate",
                name="archivereason_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "filed_by",
            sa.Enum(
                "applicant", "operator", name="filedby_known", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("filed_by_user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(benefit_category_id IS NULL) = (benefit_check = 'none')", name=op.f("ck_application_benefit_has_check")
        ),
        sa.CheckConstraint(
            "(status = 'archived') = (archive_reason IS NOT NULL)", name=op.f("ck_application_archived_has_reason")
        ),
        sa.CheckConstraint(
            "(status = 'archived') = (archived_at IS NOT NULL)", name=op.f("ck_application_archived_has_moment")
        ),
        sa.CheckConstraint(
            "status <> 'enrolled' OR enrolled_at IS NOT NULL", name=op.f("ck_application_enrolled_has_moment")
        ),
        sa.CheckConstraint(
            "stream = 'general' OR benefit_check = 'confirmed'",
            name=op.f("ck_application_stream_needs_confirmed_benefit"),
        ),
        sa.CheckConstraint("cardinality(languages) > 0", name=op.f("ck_application_languages_given")),
        sa.CheckConstraint("missed_referrals >= 0", name=op.f("ck_application_missed_referrals_not_negative")),
        sa.ForeignKeyConstraint(["applicant_id"], ["person.id"], name=op.f("fk_application_applicant_id_person")),
        sa.ForeignKeyConstraint(
            ["benefit_category_id"],
            ["benefit_category.id"],
            name=op.f("fk_application_benefit_category_id_benefit_category"),
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_application_child_id_child")),
        sa.ForeignKeyConstraint(
            ["filed_by_user_id"], ["ab_user.id"], name=op.f("fk_application_filed_by_user_id_ab_user")
        ),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_application_locality_id_locality")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("number", name=op.f("uq_application_number")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index("ix_application_applicant_id", ["applicant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_benefit_category_id"), ["benefit_category_id"], unique=False)
        batch_op.create_index("ix_application_child_id", ["child_id"], unique=False)
        batch_op.create_index(
            "ix_application_locality_id_submitted_at", ["locality_id", "submitted_at", "id"], unique=False
        )
        batch_op.create_index("ix_application_status_submitted_at", ["status", "submitted_at", "id"], unique=False)
        batch_op.create_index(
            "uq_application_live_child_queue",
            ["child_id", "queue_type"],
            unique=True,
            postgresql_where=sa.text("status NOT IN ('draft', 'enrolled', 'archived')"),
        )

    op.create_table(
        "bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("kindergarten_id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column(
            "queue_type",
            sa.Enum(
                "general",
                "special",
                "sanatorium",
                name="queuetype_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "group_type",
            sa.Enum(
                "regular",
                "special",
                "sanatorium",
                name="grouptype_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("birth_years", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column(
            "language",
            sa.Enum(
                "kk",
                "ru",
                "uz",
                "ug",
                "tg",
                "en",
                name="language_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "place_type",
            sa.Enum("free", "temporary", name="placetype_known", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "scheduled",
                "priority",
                "open",
                "filled",
                "withdrawn",
                "closed",
                name="bulletinstatus_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rule_set", sa.String(length=40), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("priority_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_to_all_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdraw_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "status <> 'priority' OR priority_until IS NOT NULL", name=op.f("ck_bulletin_priority_has_end")
        ),
        sa.CheckConstraint(
            "status <> 'withdrawn' OR withdraw_reason IS NOT NULL", name=op.f("ck_bulletin_withdrawn_has_reason")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'scheduled', 'withdrawn') OR published_at IS NOT NULL",
            name=op.f("ck_bulletin_published_has_moment"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('filled', 'withdrawn', 'closed') OR free = 0", name=op.f("ck_bulletin_ended_offers_nothing")
        ),
        sa.CheckConstraint(
            "status NOT IN ('priority', 'open') OR free > 0", name=op.f("ck_bulletin_on_offer_has_places")
        ),
        sa.CheckConstraint("cardinality(birth_years) > 0", name=op.f("ck_bulletin_birth_years_given")),
        sa.CheckConstraint("free BETWEEN 0 AND places", name=op.f("ck_bulletin_free_within_places")),
        sa.CheckConstraint("places > 0", name=op.f("ck_bulletin_places_given")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["kindergarten_group.id"], name=op.f("fk_bulletin_group_id_kindergarten_group")
        ),
        sa.ForeignKeyConstraint(
            ["kindergarten_id"], ["kindergarten.id"], name=op.f("fk_bulletin_kindergarten_id_kindergarten")
        ),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_bulletin_locality_id_locality")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["ab_user.id"], name=op.f("fk_bulletin_opened_by_id_ab_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
    )
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulletin_group_id"), ["group_id"], unique=False)
        batch_op.create_index("ix_bulletin_kindergarten_id", ["kindergarten_id", "publish_at"], unique=False)
        batch_op.create_index("ix_bulletin_locality_id_status", ["locality_id", "status", "publish_at"], unique=False)
        batch_op.create_index(
            "ix_bulletin_priority_until",
            ["priority_until"],
            unique=False,
            postgresql_where=sa.text("status = 'priority'"),
        )
        batch_op.create_index("ix_bulletin_status_publish_at", ["status", "publish_at"], unique=False)

    op.create_table(
        "claim",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("kindergarten_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "activated",
                "declined",
                "cancelled",
                "lapsed",
                name="claimstatus_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activate_by", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "decline_reason",
            sa.Enum(
                "data_mismatch",
                "no_group",
                "not_reachable",
                "health",
                "other",
                name="declinereason_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name=op.f("ck_claim_decided_has_moment")),
        sa.CheckConstraint(
            "status <> 'declined' OR decline_reason IS NOT NULL", name=op.f("ck_claim_declined_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_claim_application_id_application")
        ),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name=op.f("fk_claim_bulletin_id_bulletin")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["ab_user.id"], name=op.f("fk_claim_decided_by_id_ab_user")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["kindergarten_group.id"], name=op.f("fk_claim_group_id_kindergarten_group")
        ),
        sa.ForeignKeyConstraint(
            ["kindergarten_id"], ["kindergarten.id"], name=op.f("fk_claim_kindergarten_id_kindergarten")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index("ix_claim_application_id", ["application_id"], unique=False)
        batch_op.create_index("ix_claim_bulletin_id", ["bulletin_id"], unique=False)
        batch_op.create_index(
            "ix_claim_kindergarten_id_claimed_at", ["kindergarten_id", "claimed_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_claim_waiting_activate_by",
            ["activate_by"],
            unique=False,
            postgresql_where=sa.text("status = 'waiting'"),
        )
        batch_op.create_index(
            "uq_claim_waiting_application",
            ["application_id"],
            unique=True,
            postgresql_where=sa.text("status = 'waiting'"),
        )

    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.BigInteger(), nullable=True),
        sa.Column("template", sa.String(length=10), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_message_application_id_application")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_application_id", ["application_id"], unique=False)
        batch_op.create_index("ix_message_person_id", ["person_id", "id"], unique=False)
        batch_op.create_index(
            "ix_message_unread", ["person_id"], unique=False, postgresql_where=sa.text("read_at IS NULL")
        )

    op.create_table(
        "priority_access",
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("served_position", sa.Integer(), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_priority_access_application_id_application")
        ),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name=op.f("fk_priority_access_bulletin_id_bulletin")),
        sa.PrimaryKeyConstraint("bulletin_id", "application_id", name=op.f("pk_priority_access")),
    )
    with op.batch_alter_table("priority_access", schema=None) as batch_op:
        batch_op.create_index("ix_priority_access_application_id", ["application_id"], unique=False)

    op.create_table(
        "queue_entry",
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column(
            "stream",
            sa.Enum(
                "out_of_turn",
                "first_priority",
                "general",
                name="stream_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_queue_entry_application_id_application")
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_queue_entry_queue_id_queue")),
        sa.PrimaryKeyConstraint("application_id", "queue_id", name=op.f("pk_queue_entry")),
        info={"autovacuum": "eager"},
    )
    with op.batch_alter_table("queue_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_queue_entry_order", ["queue_id", "stream", "submitted_at", "application_id"], unique=False
        )

    op.create_table(
        "stop_list_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "referral_expired",
                "contract_lapsed",
                "contract_refused",
                "voucher_unanswered",
                name="stoplistreason_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "released",
                "restored",
                "escalated",
                name="stopliststatus_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("formula", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'active') = (ended_at IS NULL)", name=op.f("ck_stop_list_entry_ended_has_moment")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_stop_list_entry_application_id_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_list_entry")),
    )
    with op.batch_alter_table("stop_list_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stop_list_entry_due", ["until_day"], unique=False, postgresql_where=sa.text("status = 'active'")
        )
        batch_op.create_index(
            "uq_stop_list_entry_active", ["application_id"], unique=True, postgresql_where=sa.text("status = 'active'")
        )

    op.create_table(
        "voucher",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("kindergarten_id", sa.Integer(), nullable=True),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "issued",
                "confirmed",
                "attached",
                "extended",
                "in_use",
                "annulled",
                name="voucherstatus_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_by", sa.Date(), nullable=False),
        sa.Column("enrol_by", sa.Date(), nullable=True),
        sa.Column("formula", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "status <> 'annulled' OR (ended_at IS NOT NULL AND end_reason IS NOT NULL)",
            name=op.f("ck_voucher_annulled_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_voucher_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["kindergarten_group.id"], name=op.f("fk_voucher_group_id_kindergarten_group")
        ),
        sa.ForeignKeyConstraint(
            ["kindergarten_id"], ["kindergarten.id"], name=op.f("fk_voucher_kindergarten_id_kindergarten")
        ),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_voucher_locality_id_locality")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("number", name=op.f("uq_voucher_number")),
    )
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.create_index("ix_voucher_application_id", ["application_id"], unique=False)
        batch_op.create_index(
            "uq_voucher_live_application",
            ["application_id"],
            unique=True,
            postgresql_where=sa.text("status IN ('issued', 'confirmed', 'attached', 'extended')"),
        )

    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("sms", "email", name="channel_known", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "sent",
                "delivered",
                "failed",
                name="deliverystatus_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=300), nullable=True),
        sa.Column("demo_text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'failed') OR sent_at IS NOT NULL", name=op.f("ck_delivery_sent_has_moment")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message_id", "channel", name=op.f("uq_delivery_message_id_channel")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_due", ["next_try_at", "id"], unique=False, postgresql_where=sa.text("status = 'pending'")
        )

    op.create_table(
        "referral",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("kindergarten_id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "issued",
                "extended",
                "used",
                "expired",
                "cancelled_by_parent",
                "cancelled_by_department",
                name="referralstatus_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("use_by", sa.Date(), nullable=False),
        sa.Column("cancel_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("formula", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contract_sent", sa.Boolean(), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=True),
        sa.Column("check_code", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(status IN ('issued', 'extended')) = (ended_at IS NULL)", name=op.f("ck_referral_ended_has_moment")
        ),
        sa.CheckConstraint(
            "status <> 'extended' OR extended_at IS NOT NULL", name=op.f("ck_referral_extended_has_moment")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_referral_application_id_application")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_referral_claim_id_claim")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["kindergarten_group.id"], name=op.f("fk_referral_group_id_kindergarten_group")
        ),
        sa.ForeignKeyConstraint(
            ["kindergarten_id"], ["kindergarten.id"], name=op.f("fk_referral_kindergarten_id_kindergarten")
        ),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_referral_locality_id_locality")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("check_code", name=op.f("uq_referral_check_code")),
        sa.UniqueConstraint("number", name=op.f("uq_referral_number")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index("ix_referral_application_id", ["application_id"], unique=False)
        batch_op.create_index(
            "ix_referral_due",
            ["use_by", "id"],
            unique=False,
            postgresql_where=sa.text("status IN ('issued', 'extended') AND NOT contract_sent"),
        )
        batch_op.create_index("ix_referral_group_id", ["group_id"], unique=False)
        batch_op.create_index(
            "ix_referral_kindergarten_id_issued_at", ["kindergarten_id", "issued_at", "id"], unique=False
        )
        batch_op.create_index(
            "uq_referral_live_application",
            ["application_id"],
            unique=True,
            postgresql_where=sa.text("status IN ('issued', 'extended')"),
        )

    op.create_table(
        "contract",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("referral_id", sa.BigInteger(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("kindergarten_id", sa.Integer(), nullable=False),
        sa.Column("locality_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "sent",
                "parent_signed",
                "returned",
                "signed",
                "refused",
                "lapsed",
                "terminated",
                name="contractstatus_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign_by", sa.Date(), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("formula", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("return_note", sa.String(length=500), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "refusal_reason",
            sa.Enum(
                "incomplete",
                "outdated",
                "unvaccinated_share",
                "false_data",
                "other",
                name="refusalreason_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "status <> 'parent_signed' OR review_by IS NOT NULL", name=op.f("ck_contract_review_has_deadline")
        ),
        sa.CheckConstraint(
            "status <> 'refused' OR refusal_reason IS NOT NULL", name=op.f("ck_contract_refused_has_reason")
        ),
        sa.CheckConstraint(
            "status NOT IN ('refused', 'lapsed', 'terminated') OR ended_at IS NOT NULL",
            name=op.f("ck_contract_ended_has_moment"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('sent', 'returned') OR sign_by IS NOT NULL", name=op.f("ck_contract_awaiting_has_deadline")
        ),
        sa.CheckConstraint(
            "status NOT IN ('signed', 'terminated') OR signed_at IS NOT NULL",
            name=op.f("ck_contract_signed_has_moment"),
        ),
        sa.CheckConstraint("returns >= 0", name=op.f("ck_contract_returns_not_negative")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_contract_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["kindergarten_group.id"], name=op.f("fk_contract_group_id_kindergarten_group")
        ),
        sa.ForeignKeyConstraint(
            ["kindergarten_id"], ["kindergarten.id"], name=op.f("fk_contract_kindergarten_id_kindergarten")
        ),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_contract_locality_id_locality")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_contract_referral_id_referral")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index("ix_contract_application_id", ["application_id"], unique=False)
        batch_op.create_index(
            "ix_contract_due",
            ["sign_by", "id"],
            unique=False,
            postgresql_where=sa.text("status IN ('sent', 'returned')"),
        )
        batch_op.create_index("ix_contract_kindergarten_id_sent_at", ["kindergarten_id", "sent_at", "id"], unique=False)
        batch_op.create_index(
            "uq_contract_live_application",
            ["application_id"],
            unique=True,
            postgresql_where=sa.text("status IN ('sent', 'parent_signed', 'returned')"),
        )

    op.create_table(
        "contract_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parent_signature", sa.Text(), nullable=True),
        sa.Column("parent_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kindergarten_signature", sa.Text(), nullable=True),
        sa.Column("kindergarten_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_version_contract_id_contract")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_version")),
        sa.UniqueConstraint("contract_id", "version", name=op.f("uq_contract_version_contract_id_version")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "child_photo",
                "birth_certificate",
                "parent_id",
                "health_passport",
                "medical_certificate",
                "pmpk_conclusion",
                "benefit_proof",
                "extension_proof",
                name="documentkind_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("referral_id", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "uploaded",
                "accepted",
                "marked",
                "replaced",
                name="documentstatus_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("mark_reason", sa.String(length=500), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("status <> 'marked' OR mark_reason IS NOT NULL", name=op.f("ck_document_marked_has_reason")),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_not_empty")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_document_application_id_application")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_document_contract_id_contract")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_document_referral_id_referral")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["ab_user.id"], name=op.f("fk_document_uploaded_by_id_ab_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("ix_document_application_id", ["application_id"], unique=False)
        batch_op.create_index("ix_document_contract_id", ["contract_id"], unique=False)
        batch_op.create_index("ix_document_referral_id", ["referral_id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("kindergarten_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("discharged_on", sa.Date(), nullable=True),
        sa.Column(
            "discharge_reason",
            sa.Enum(
                "parent_request",
                "moved",
                "school",
                "absence",
                "other",
                name="dischargereason_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(discharged_on IS NULL) = (discharge_reason IS NULL)", name=op.f("ck_enrolment_discharge_has_reason")
        ),
        sa.CheckConstraint(
            "discharged_on IS NULL OR discharged_on >= enrolled_on", name=op.f("ck_enrolment_discharged_after_enrolled")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_enrolment_child_id_child")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_enrolment_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["kindergarten_group.id"], name=op.f("fk_enrolment_group_id_kindergarten_group")
        ),
        sa.ForeignKeyConstraint(
            ["kindergarten_id"], ["kindergarten.id"], name=op.f("fk_enrolment_kindergarten_id_kindergarten")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_group_id", ["group_id"], unique=False)
        batch_op.create_index("ix_enrolment_kindergarten_id", ["kindergarten_id"], unique=False)
        batch_op.create_index(
            "uq_enrolment_current_child", ["child_id"], unique=True, postgresql_where=sa.text("discharged_on IS NULL")
        )


def downgrade() -> None:
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index("uq_enrolment_current_child", postgresql_where=sa.text("discharged_on IS NULL"))
        batch_op.drop_index("ix_enrolment_kindergarten_id")
        batch_op.drop_index("ix_enrolment_group_id")

    op.drop_table("enrolment")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index("ix_document_referral_id")
        batch_op.drop_index("ix_document_contract_id")
        batch_op.drop_index("ix_document_application_id")

    op.drop_table("document")
    op.drop_table("contract_version")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contract_live_application", postgresql_where=sa.text("status IN ('sent', 'parent_signed', 'returned')")
        )
        batch_op.drop_index("ix_contract_kindergarten_id_sent_at")
        batch_op.drop_index("ix_contract_due", postgresql_where=sa.text("status IN ('sent', 'returned')"))
        batch_op.drop_index("ix_contract_application_id")

    op.drop_table("contract")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_referral_live_application", postgresql_where=sa.text("status IN ('issued', 'extended')")
        )
        batch_op.drop_index("ix_referral_kindergarten_id_issued_at")
        batch_op.drop_index("ix_referral_group_id")
        batch_op.drop_index(
            "ix_referral_due", postgresql_where=sa.text("status IN ('issued', 'extended') AND NOT contract_sent")
        )
        batch_op.drop_index("ix_referral_application_id")

    op.drop_table("referral")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_due", postgresql_where=sa.text("status = 'pending'"))

    op.drop_table("delivery")
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_voucher_live_application",
            postgresql_where=sa.text("status IN ('issued', 'confirmed', 'attached', 'extended')"),
        )
        batch_op.drop_index("ix_voucher_application_id")

    op.drop_table("voucher")
    with op.batch_alter_table("stop_list_entry", schema=None) as batch_op:
        batch_op.drop_index("uq_stop_list_entry_active", postgresql_where=sa.text("status = 'active'"))
        batch_op.drop_index("ix_stop_list_entry_due", postgresql_where=sa.text("status = 'active'"))

    op.drop_table("stop_list_entry")
    with op.batch_alter_table("queue_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_queue_entry_order")

    op.drop_table("queue_entry")
    with op.batch_alter_table("priority_access", schema=None) as batch_op:
        batch_op.drop_index("ix_priority_access_application_id")

    op.drop_table("priority_access")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_unread", postgresql_where=sa.text("read_at IS NULL"))
        batch_op.drop_index("ix_message_person_id")
        batch_op.drop_index("ix_message_application_id")

    op.drop_table("message")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index("uq_claim_waiting_application", postgresql_where=sa.text("status = 'waiting'"))
        batch_op.drop_index("ix_claim_waiting_activate_by", postgresql_where=sa.text("status = 'waiting'"))
        batch_op.drop_index("ix_claim_kindergarten_id_claimed_at")
        batch_op.drop_index("ix_claim_bulletin_id")
        batch_op.drop_index("ix_claim_application_id")

    op.drop_table("claim")
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.drop_index("ix_bulletin_status_publish_at")
        batch_op.drop_index("ix_bulletin_priority_until", postgresql_where=sa.text("status = 'priority'"))
        batch_op.drop_index("ix_bulletin_locality_id_status")
        batch_op.drop_index("ix_bulletin_kindergarten_id")
        batch_op.drop_index(batch_op.f("ix_bulletin_group_id"))

    op.drop_table("bulletin")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_application_live_child_queue",
            postgresql_where=sa.text("status NOT IN ('draft', 'enrolled', 'archived')"),
        )
        batch_op.drop_index("ix_application_status_submitted_at")
        batch_op.drop_index("ix_application_locality_id_submitted_at")
        batch_op.drop_index("ix_application_child_id")
        batch_op.drop_index(batch_op.f("ix_application_benefit_category_id"))
        batch_op.drop_index("ix_application_applicant_id")

    op.drop_table("application")
    op.drop_table("ab_user_role")
    with op.batch_alter_table("ab_user_group", schema=None) as batch_op:
        batch_op.drop_index("idx_user_id")
        batch_op.drop_index("idx_user_group_id")

    op.drop_table("ab_user_group")
    with op.batch_alter_table("ab_api_key", schema=None) as batch_op:
        batch_op.drop_index("idx_api_key_user_id")
        batch_op.drop_index("idx_api_key_prefix")
        batch_op.drop_index("idx_api_key_lookup_hash")

    op.drop_table("ab_api_key")
    op.drop_table("queue_bucket")
    with op.batch_alter_table("kindergarten_group", schema=None) as batch_op:
        batch_op.drop_index("ix_kindergarten_group_kindergarten_id")

    op.drop_table("kindergarten_group")
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.drop_index("ix_guardianship_person_id")

    op.drop_table("guardianship")
    op.drop_table("application_draft")
    op.drop_table("ab_user")
    with op.batch_alter_table("ab_permission_view_role", schema=None) as batch_op:
        batch_op.drop_index("idx_role_id")
        batch_op.drop_index("idx_permission_view_id")

    op.drop_table("ab_permission_view_role")
    op.drop_table("rule_set_assignment")
    op.drop_table("queue")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_person_search_key", postgresql_using="gin", postgresql_ops={"search_key": "gin_trgm_ops"}
        )
        batch_op.drop_index(batch_op.f("ix_person_phone"))

    op.drop_table("person")
    with op.batch_alter_table("kindergarten", schema=None) as batch_op:
        batch_op.drop_index("ix_kindergarten_locality_id")

    op.drop_table("kindergarten")
    with op.batch_alter_table("ab_permission_view", schema=None) as batch_op:
        batch_op.drop_index("idx_view_menu_id")
        batch_op.drop_index("idx_permission_id")

    op.drop_table("ab_permission_view")
    with op.batch_alter_table("ab_group_role", schema=None) as batch_op:
        batch_op.drop_index("idx_group_role_id")
        batch_op.drop_index("idx_group_id")

    op.drop_table("ab_group_role")
    op.drop_table("setting")
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_register_entry_search_key", postgresql_using="gin", postgresql_ops={"search_key": "gin_trgm_ops"}
        )

    op.drop_table("register_entry")
    with op.batch_alter_table("phone_code", schema=None) as batch_op:
        batch_op.drop_index("ix_phone_code_phone_sent_at")

    op.drop_table("phone_code")
    with op.batch_alter_table("locality", schema=None) as batch_op:
        batch_op.drop_index("ix_locality_prefix", postgresql_ops={"prefix": "text_pattern_ops"})
        batch_op.drop_index("ix_locality_parent_id")

    op.drop_table("locality")
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.drop_index("ix_job_run_unfinished", postgresql_where="finished_at IS NULL")

    op.drop_table("job_run")
    with op.batch_alter_table("invariant_check", schema=None) as batch_op:
        batch_op.drop_index("ix_invariant_check_checked_at")

    op.drop_table("invariant_check")
    op.drop_table("holiday_override")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_subject_subject_id")
        batch_op.drop_index("ix_event_locality_id")
        batch_op.drop_index("ix_event_kindergarten_id")
        batch_op.drop_index("ix_event_child_id")
        batch_op.drop_index("ix_event_application_id")
        batch_op.drop_index("ix_event_actor_user_id")

    op.drop_table("event")
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_child_search_key", postgresql_using="gin", postgresql_ops={"search_key": "gin_trgm_ops"}
        )

    op.drop_table("child")
    op.drop_table("benefit_category")
    op.drop_table("ab_view_menu")
    op.drop_table("ab_role")
    op.drop_table("ab_register_user")
    op.drop_table("ab_permission")
    op.drop_table("ab_group")
