"""Documents of the voucher years, and the archive of those who did not confirm their interest."""

from alembic import op

revision = "0006"
down_revision = "0005"

DOCUMENTS = (
    "child_photo",
    "birth_certificate",
    "parent_id",
    "health_passport",
    "medical_certificate",
    "pmpk_conclusion",
    "benefit_proof",
    "extension_proof",
)
NEW_DOCUMENTS = ("health_certificate_027", "health_passport_052", "vaccination_card")
REASONS = (
    "withdrawn",
    "rejected",
    "max_age",
    "refused",
    "voucher_expired",
    "no_show_twice",
    "inactive",
    "enrolled",
    "duplicate",
)
NEW_REASONS = ("uninterested",)


def _known(table, name, column, codes):
    """Replaces the CHECK that guards the codes of a column."""
    quoted = ", ".join(f"'{code}'" for code in codes)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({column} IN ({quoted}))")


def upgrade() -> None:
    _known("document", "documentkind_known", "kind", DOCUMENTS + NEW_DOCUMENTS)
    _known("application", "archivereason_known", "archive_reason", REASONS + NEW_REASONS)


def downgrade() -> None:
    _known("application", "archivereason_known", "archive_reason", REASONS)
    _known("document", "documentkind_known", "kind", DOCUMENTS)
