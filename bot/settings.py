"""Every setting in one place, read from the environment or a ``.env`` file.

Each field says what it is for and why its default is what it is. A malformed value stops the
start with the name of the variable and a remedy, never later in the middle of a conversation.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Optional

from pydantic import BaseSettings, Field, ValidationError, validator

from bot.errors import DromError

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(DromError):
    """A setting has a value that can't be used; the message names it and the remedy."""


class Settings(BaseSettings):
    """Settings that the operator may change; the names are those of the environment variables."""

    # Where it listens. Loopback, since a web chat without TLS in front must not be public.
    host: str = Field("127.0.0.1", env="DROM_HOST")
    port: int = Field(5005, env="DROM_PORT", ge=1, le=65535)

    # What is written at run time (tracker store, caches, requests); apart from the code, so that
    # the code can be read-only.
    data_dir: Path = Field(ROOT / "var", env="DROM_DATA_DIR")
    # SQLite needs no server; PostgreSQL where several processes share it.
    database_url: Optional[str] = Field(None, env="DROM_DATABASE_URL")
    # Locks and limits across replicas; not needed for one process.
    redis_url: Optional[str] = Field(None, env="DROM_REDIS_URL")

    telegram_token: Optional[str] = Field(None, env="TELEGRAM_TOKEN")
    telegram_api_url: str = Field("https://api.telegram.org", env="TELEGRAM_API_URL")
    telegram_webhook_url: Optional[str] = Field(None, env="TELEGRAM_WEBHOOK_URL")
    telegram_webhook_secret: Optional[str] = Field(None, env="TELEGRAM_WEBHOOK_SECRET")

    # Polling for the first time, look on for so long whether another program has the same token; 0: do not look.
    telegram_watch_s: float = Field(8.0, env="DROM_TELEGRAM_WATCH", ge=0, le=60)

    # Whose chat a QR code or a forwarded text opens. Not asked of Telegram: pages are also built where no token is.
    telegram_bot_name: Optional[str] = Field(None, env="TELEGRAM_BOT_NAME", regex=r"^@?[A-Za-z]\w{4,31}$")
    # The server's address as people type it: for the desk's page, and for QR codes where there is no bot.
    public_url: Optional[str] = Field(None, env="DROM_PUBLIC_URL", regex=r"^https?://\S+$")

    # Servers with the OpenAI speech and transcription interfaces; the embedded engines otherwise.
    stt_url: Optional[str] = Field(None, env="DROM_STT_URL")
    tts_url: Optional[str] = Field(None, env="DROM_TTS_URL")

    # Rasa imports TensorFlow whatever the pipeline. Where config.yml has no component that computes with it, a
    # stand-in saves 300 MiB and three seconds at the start (bot/assistant/tensorflow_stand_in.py); true: import it.
    tensorflow: bool = Field(False, env="DROM_TENSORFLOW")

    # A person must never wait in silence: after this many seconds an apology is sent.
    reply_timeout_s: float = Field(8.0, env="DROM_REPLY_TIMEOUT", gt=0)
    # Rasa reads the whole session each turn; a new session after this many messages keeps a turn's
    # cost flat. Language, place and the service under discussion are carried over.
    session_turns: int = Field(12, env="DROM_SESSION_TURNS", ge=2)

    # The desk (docs/ngo-staff.md). Hours, since mediators have other work too; none of them ends at night.
    desk_remind_hours: float = Field(2.0, env="DROM_DESK_REMIND_HOURS", gt=0)  # nobody took it: reminded
    desk_pass_on_hours: float = Field(2.0, env="DROM_DESK_PASS_ON_HOURS", gt=0)  # then the coordinators get it
    desk_give_up_hours: float = Field(24.0, env="DROM_DESK_GIVE_UP_HOURS", gt=0)  # then the person is told so
    desk_late_hours: float = Field(
        48.0, env="DROM_DESK_LATE_HOURS", gt=0
    )  # of silence of a taker; twice: it is passed on
    desk_retry_hours: float = Field(72.0, env="DROM_DESK_RETRY_HOURS", gt=0)  # a person who was missed may ask again
    desk_ask_back_hours: float = Field(96.0, env="DROM_DESK_ASK_BACK_HOURS", gt=0)  # "did help come?", four days after
    desk_answer_hours: float = Field(168.0, env="DROM_DESK_ANSWER_HOURS", gt=0)  # a week to answer that
    # The hours of the day in which the desk reminds and asks people; what they ask is passed on at any hour.
    desk_opens: int = Field(8, env="DROM_DESK_OPENS", ge=0, le=23)
    desk_closes: int = Field(20, env="DROM_DESK_CLOSES", ge=1, le=24)

    @validator("desk_closes")
    def closes_after_it_opens(cls, value: int, values: dict[str, object]) -> int:
        """An evening before the morning would leave no hour in which anybody is written to."""
        if value <= values.get("desk_opens", 0):  # type: ignore[operator]
            raise ValueError("must be later than DROM_DESK_OPENS")
        return value

    # Lines for a person, or JSON for a collector of logs. They hold no message text at any level.
    log_format: str = Field("text", env="DROM_LOG_FORMAT", regex="^(text|json)$")
    log_level: str = Field("info", env="DROM_LOG_LEVEL", regex="^(debug|info|warning|error)$")
    # How many reverse proxies stand in front and set X-Forwarded-For; 0: none is believed.
    proxies: int = Field(0, env="DROM_PROXIES", ge=0, le=5)
    # The pace of the web chat: messages a minute of one visitor, and of one address (a library, a school).
    web_per_minute: int = Field(40, env="DROM_WEB_PER_MINUTE", ge=1)
    web_address_per_minute: int = Field(600, env="DROM_WEB_ADDRESS_PER_MINUTE", ge=1)
    # A talk is deleted so many hours after its last message: long enough to come back to the same day.
    talk_hours: float = Field(24.0, env="DROM_TALK_HOURS", gt=0, le=24 * 30)

    @validator(
        "telegram_token",
        "telegram_webhook_url",
        "telegram_webhook_secret",
        "telegram_bot_name",
        "public_url",
        "database_url",
        "redis_url",
        "stt_url",
        "tts_url",
        pre=True,
    )
    def empty_means_unset(cls, value: Optional[str]) -> Optional[str]:
        """An empty variable in a compose file or ``.env`` means that the setting is not set."""
        return value or None

    @validator("telegram_bot_name")
    def without_the_at_sign(cls, value: Optional[str]) -> Optional[str]:
        """People copy a bot's name with its @."""
        return value.lstrip("@") if value else value

    @property
    def tracker_database_url(self) -> str:
        """Address of the database for conversations: the one set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'drom.db'}"

    class Config:
        env_file = ROOT / ".env"


@functools.lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process.

    Raises:
        SettingsError: a value can't be used, or the data folder can't be written.
    """
    try:
        loaded = Settings(**{})
    except ValidationError as error:
        lines = [
            f"{Settings.__fields__[str(problem['loc'][0])].field_info.extra.get('env', problem['loc'][0])}: "
            f"{problem['msg']}"
            for problem in error.errors()
        ]
        raise SettingsError("Mend these settings in the environment or in .env:\n  " + "\n  ".join(lines)) from error
    try:
        loaded.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(_not_writable(loaded.data_dir, error)) from error
    if not os.access(loaded.data_dir, os.W_OK):
        raise SettingsError(_not_writable(loaded.data_dir, None))
    return loaded


def _not_writable(folder: Path, error: OSError | None) -> str:
    reason = f" ({error.strerror})" if error and error.strerror else ""
    return f"The folder {folder} can't be written{reason}. Set DROM_DATA_DIR to a folder that this user may write."
