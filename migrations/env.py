"""Alembic's entry: the application's own engine and metadata, nothing configured twice."""

from alembic import context
from flask import current_app

config = context.config
migrate = current_app.extensions["migrate"]


def render_item(kind: str, item: object, context_: object) -> str | bool:
    """Migrations name plain SQLAlchemy types: they must read the same when the application has moved on."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Applies the migrations over the application's engine; one transaction for each."""
    with migrate.db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            transaction_per_migration=True,
            render_item=render_item,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
