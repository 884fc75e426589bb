"""Runs a migration of the desk's tables in the connection that :mod:`bot.desk.database` opened."""

from alembic import context

from bot.desk.tables import metadata

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=metadata,
    version_table=config.attributes["version_table"],
    render_as_batch=True,  # SQLite can't change a column otherwise
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
