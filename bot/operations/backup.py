"""Backup and restore of everything that must outlive a machine: all tables of the database, and the keys.

The file does not depend on the kind of database: what was saved from SQLite can be restored into PostgreSQL and the
other way round. Tables are written with their columns, so also those that the restoring version does not know.
"""

from __future__ import annotations

import datetime
import io
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.errors import DromError
from bot.privacy.keepers import engine_of
from bot.privacy.pseudonym import KEY_FILE
from bot.settings import Settings

VERSION = 1
OF_THIS_MACHINE = frozenset({"telegram_pollers"})
MANIFEST = "manifest.json"
TYPES: dict[str, Any] = {
    "String": sa.String,
    "Text": sa.Text,
    "Integer": sa.Integer,
    "BigInteger": sa.BigInteger,
    "SmallInteger": sa.SmallInteger,
    "Float": sa.Float,
    "Numeric": sa.Float,
    "Boolean": sa.Boolean,
    "Date": sa.Date,
    "DateTime": sa.DateTime,
}


class BackupUnusable(DromError):
    """A backup can't be made or restored; the message has the remedy."""


def back_up(settings: Settings, file: Path) -> dict[str, int]:
    """Write a backup, readable by its owner alone; the file appears whole or not at all.

    Returns:
        How many rows of each table are in it.

    Raises:
        BackupUnusable: the file can't be written.
    """
    engine = engine_of(settings.tracker_database_url)
    draft = file.with_name(f".{file.name}.draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened, tarfile.open(fileobj=opened, mode="w:gz") as archive:
            rows = _write_tables(engine, archive)
            for key in sorted(settings.data_dir.glob(f"{KEY_FILE}*")):
                _add(archive, f"keys/{key.name}", key.read_bytes())
        os.replace(draft, file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BackupUnusable(f"{file} can't be written ({error.strerror}). Name a file on another disk.") from error
    return rows


def restore(settings: Settings, file: Path) -> dict[str, int]:
    """Put a backup into an empty database and data folder.

    Returns:
        How many rows of each table were restored.

    Raises:
        BackupUnusable: the file is no backup, or there is something already.
    """
    engine = engine_of(settings.tracker_database_url)
    try:
        with tarfile.open(file, "r:gz") as archive:
            manifest = json.loads(_read(archive, MANIFEST))
            if manifest["version"] != VERSION:
                raise BackupUnusable(f"{file} was made by another version of drom. Restore it with that one.")
            _refuse_unless_empty(engine, settings.data_dir, [table["name"] for table in manifest["tables"]])
            rows = _restore_tables(engine, archive, manifest)
            for member in archive.getnames():
                if member.startswith("keys/"):
                    _write_key(settings.data_dir / Path(member).name, _read(archive, member))
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise BackupUnusable(f"{file} is no whole backup of drom ({type(error).__name__}). Take another.") from error
    return rows


def _write_tables(engine: Engine, archive: tarfile.TarFile) -> dict[str, int]:
    metadata = sa.MetaData()
    metadata.reflect(engine)
    rows: dict[str, int] = {}
    tables = []
    with _at_one_moment(engine) as connection:
        for table in metadata.sorted_tables:
            if table.name.startswith("sqlite_") or table.name in OF_THIS_MACHINE:
                continue  # SQLite's own, and what says which process runs
            lines = [json.dumps([_plain(value) for value in row]) for row in connection.execute(sa.select(table))]
            rows[table.name] = len(lines)
            tables.append({"name": table.name, "columns": [_describe(column) for column in table.columns]})
            _add(archive, f"tables/{table.name}.jsonl", "\n".join(lines).encode())
    _add(archive, MANIFEST, json.dumps({"version": VERSION, "tables": tables}).encode())
    return rows


def _at_one_moment(engine: Engine) -> Any:
    """Return a connection in whose transaction all tables are of one moment."""
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ")
    return engine.begin()


def _restore_tables(engine: Engine, archive: tarfile.TarFile, manifest: dict[str, Any]) -> dict[str, int]:
    metadata = sa.MetaData()
    rows: dict[str, int] = {}
    tables = [sa.Table(told["name"], metadata, *map(_column, told["columns"])) for told in manifest["tables"]]
    with engine.begin() as connection:
        metadata.create_all(connection)
        for table in tables:
            columns = list(table.columns)
            values = [
                {column.name: _typed(column, value) for column, value in zip(columns, row, strict=True)}
                for row in _lines(_read(archive, f"tables/{table.name}.jsonl"))
            ]
            if values:
                connection.execute(sa.insert(table), values)
            _set_sequence(connection, table)
            rows[table.name] = len(values)
    return rows


def _refuse_unless_empty(engine: Engine, folder: Path, names: list[str]) -> None:
    there = set(sa.inspect(engine).get_table_names()) & set(names)
    with engine.begin() as connection:
        for name in sorted(there):
            if connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one():
                raise BackupUnusable(f"The database is not empty ({name}). Restore into an empty one.")
        for name in there:
            connection.execute(sa.text(f'DROP TABLE "{name}"'))  # made empty by a start; the backup knows its columns
    if (folder / KEY_FILE).exists():
        raise BackupUnusable(f"{folder} has a key already. Restore into an empty data folder.")


def _describe(column: Any) -> dict[str, Any]:
    generic = column.type.as_generic(allow_nulltype=True)
    kind = type(generic).__name__
    return {
        "name": column.name,
        "type": kind if kind in TYPES else "Text",
        "length": getattr(generic, "length", None),
        "nullable": bool(column.nullable),
        "key": bool(column.primary_key),
        "unique": any(
            [c.name for c in index.columns] == [column.name] for index in column.table.indexes if index.unique
        ) or _has_unique_constraint(column),
        "indexed": any([c.name for c in index.columns] == [column.name] for index in column.table.indexes),
    }  # fmt: skip


def _has_unique_constraint(column: Any) -> bool:
    constraints = [c for c in column.table.constraints if isinstance(c, sa.UniqueConstraint)]
    return any([one.name for one in constraint.columns] == [column.name] for constraint in constraints)


def _column(told: dict[str, Any]) -> Any:
    kind = TYPES[told["type"]]
    is_sized = told["type"] == "String" and told["length"]
    # Big keys count up by themselves in SQLite only as INTEGER.
    made = kind(told["length"]) if is_sized else kind()
    if told["key"] and told["type"] == "BigInteger":
        made = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column(
        told["name"],
        made,
        primary_key=told["key"],
        nullable=told["nullable"],
        unique=told["unique"] or None,
        index=told["indexed"] or None,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value


def _typed(column: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.Date):
        return datetime.date.fromisoformat(value)
    if isinstance(column.type, sa.DateTime):
        return datetime.datetime.fromisoformat(value)
    return bool(value) if isinstance(column.type, sa.Boolean) else value


def _set_sequence(connection: Connection, table: sa.Table) -> None:
    """Let PostgreSQL count on from the last number that was restored."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, sa.Integer):
        return
    named = {"table": table.name, "key": keys[0].name}
    sequence = connection.execute(sa.text("SELECT pg_get_serial_sequence(:table, :key)"), named).scalar()
    if sequence is not None:
        last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(keys[0]), 0))).scalar_one()
        connection.execute(sa.select(sa.func.setval(sequence, last + 1, False)))


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    opened = archive.extractfile(name)
    if opened is None:
        raise KeyError(name)
    return opened.read()


def _lines(content: bytes) -> Iterator[list[Any]]:
    for line in content.decode().splitlines():
        yield json.loads(line)


def _write_key(file: Path, content: bytes) -> None:
    if not file.name.startswith(KEY_FILE):
        raise ValueError(file.name)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
