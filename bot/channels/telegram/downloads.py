"""Fetching what a person spoke from Telegram. It stays in memory."""

from __future__ import annotations

import asyncio

from telegram import Bot
from telegram.error import BadRequest, TelegramError, TimedOut

from bot.voice.errors import ListeningFailed, RecordingTooLarge

MAX_RECORDING_BYTES = 5_000_000
# A person waits meanwhile. What hangs is not tried again: they would wait twice.
TIMEOUT_S = 5.0
TRIES = 3
PAUSE_S = 0.5


async def download(bot: Bot, file_id: str) -> bytes:
    """Return a recording.

    Args:
        bot: how Telegram is called.
        file_id: Telegram's name of the recording.

    Raises:
        RecordingTooLarge: it is larger than what is listened to.
        ListeningFailed: Telegram does not give it to us now.
    """
    for _ in range(TRIES - 1):
        try:
            return await _download(bot, file_id)
        except (BadRequest, TimedOut) as error:
            raise _explained(error) from error
        except TelegramError:
            await asyncio.sleep(PAUSE_S)
    try:
        return await _download(bot, file_id)
    except TelegramError as error:
        raise _explained(error) from error


async def _download(bot: Bot, file_id: str) -> bytes:
    file = await bot.get_file(file_id, read_timeout=TIMEOUT_S)
    if not file.file_path:
        raise ListeningFailed("Telegram does not say where the recording is.")
    recording = b""
    if (file.file_size or 0) <= MAX_RECORDING_BYTES:
        recording = bytes(await file.download_as_bytearray(read_timeout=TIMEOUT_S))
    if max(file.file_size or 0, len(recording)) > MAX_RECORDING_BYTES:
        raise RecordingTooLarge(f"The recording has more than {MAX_RECORDING_BYTES} bytes.")
    return recording


def _explained(error: TelegramError) -> ListeningFailed | RecordingTooLarge:
    # Telegram gives bots no file over 20 MB.
    if isinstance(error, BadRequest) and "too big" in error.message.lower():
        return RecordingTooLarge("Telegram refused the file.")
    return ListeningFailed(f"The recording can't be fetched ({type(error).__name__}).")
