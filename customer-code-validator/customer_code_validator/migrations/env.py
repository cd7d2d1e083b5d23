"""Alembic's entry point; `store.engine.migrate` hands over the open connection."""

from alembic import context
from customer_code_validator.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
