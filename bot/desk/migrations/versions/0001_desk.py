"""The desk's first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def number() -> sa.Column:
    """Return the column of a number that is given once and never again."""
    return sa.Column("id", NUMBER, primary_key=True, autoincrement=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "desk_members",
        number(),
        sa.Column("chat", sa.String(64), unique=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("name", sa.String(80)),
        sa.Column("named_at", sa.Float),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("organization", sa.String(200), nullable=False),
        sa.Column("municipalities", sa.Text, nullable=False),
        sa.Column("languages", sa.Text, nullable=False),
        sa.Column("joined_at", sa.Float, nullable=False),
        sa.Column("left_at", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "desk_invitations",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("organization", sa.String(200), nullable=False),
        sa.Column("municipalities", sa.Text, nullable=False),
        sa.Column("languages", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
    )
    op.create_table(
        "desk_requests",
        number(),
        sa.Column("reference", sa.String(32), nullable=False, unique=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("chat", sa.String(64), index=True),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("municipality", sa.String(80)),
        sa.Column("service", sa.String(80)),
        sa.Column("need", sa.Text),
        sa.Column("need_is_own_words", sa.Boolean, nullable=False),
        sa.Column("reach", sa.String(20), nullable=False),
        sa.Column("telephone", sa.String(20)),
        sa.Column("time", sa.Text),
        sa.Column("consented_at", sa.Float, nullable=False),
        sa.Column("keep_until", sa.Date, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float, index=True),
        sa.Column("taker", sa.BigInteger),
        sa.Column("promise", sa.String(20)),
        sa.Column("helped", sa.Boolean),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "desk_offers",
        sa.Column("request", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("member", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("declined", sa.Boolean, nullable=False),
    )
    op.create_table(
        "desk_notices",
        number(),
        sa.Column("request", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("chat", sa.String(64), nullable=False, index=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("member", sa.BigInteger),
        sa.Column("claimed_until", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "desk_log",
        number(),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("what", sa.String(30), nullable=False),
        sa.Column("actor", sa.String(30), nullable=False),
        sa.Column("request", sa.BigInteger, index=True),
        sa.Column("before", sa.String(20)),
        sa.Column("after", sa.String(20)),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "desk_windows",
        sa.Column("chat", sa.String(64), primary_key=True),
        sa.Column("request", sa.BigInteger),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_table(
        "desk_logins",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("member", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("member", sa.BigInteger, nullable=False),
        sa.Column("form_token", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("sessions", "logins", "windows", "log", "notices", "offers", "requests", "invitations", "members"):
        op.drop_table(f"desk_{table}")
