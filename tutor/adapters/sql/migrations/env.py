"""Alembic's entry: migrate on the connection that `Database` hands over."""

from alembic import context

from tutor.adapters.sql.database import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
