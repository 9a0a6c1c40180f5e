"""Alembic's entry: runs the revisions on the connection and in the transaction that the caller opened."""

from alembic import context

from hip.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's schema changes roll back too, since the caller begins the transaction itself
    render_as_batch=True,  # SQLite cannot alter most things in place
)
with context.begin_transaction():
    context.run_migrations()
