"""How long a database may keep us waiting: one that hangs must not hang the assistant."""

from __future__ import annotations

CONNECTION = {
    "connect_timeout": "2",
    # A machine that vanished without a word is noticed within ten seconds, not after two hours.
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "2",
    "tcp_user_timeout": "5000",
}
LIMITS = {**CONNECTION, "options": "-c statement_timeout=2500 -c lock_timeout=2000"}
SQLITE_WAIT_S = 2.0  # for another's write


def limits(url: str, of_statements: bool = True) -> dict[str, str]:
    """Return psycopg2's arguments that limit how long PostgreSQL is waited for; none for another database.

    What the operator set in the address itself holds.

    Args:
        url: SQLAlchemy's address of the database.
        of_statements: also limit how long one statement may take (a backup's may be long).
    """
    if not url.startswith("postgresql"):
        return {}
    query = url.partition("?")[2]
    chosen = LIMITS if of_statements else CONNECTION
    return {name: value for name, value in chosen.items() if f"{name}=" not in query}
