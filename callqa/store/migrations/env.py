"""Alembic's entry: migrates the connection that the store hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from callqa.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
