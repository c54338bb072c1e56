"""Alembic's entry: runs the steps on the connection that centre.edges.database hands over."""

from alembic import context

from centre.edges.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller's transaction is the only one: all steps or none
)
context.run_migrations()
