"""`drom qr`: a QR code for leaflets that opens the bot at a card, in a town."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Optional

import segno
import typer

from bot.channels.telegram.deep_links import UnknownTarget, deep_links, link
from bot.errors import DromError
from bot.settings import settings

# Leaflets are folded, stained and photocopied: a quarter of the code may be lost.
ERROR_CORRECTION = "q"
QUIET_ZONE = 4
SCALE = 10


class NoBotName(DromError):
    """It is not known whose chat the code opens."""


def qr(
    service: Optional[str] = typer.Option(None, help="Id of a card, such as childcare_costs; or office, or mediator."),
    town: Optional[str] = typer.Option(None, help="Town or municipality, such as Ventspils."),
    out: Path = typer.Option(..., help="File to write: .svg, .png or .pdf."),
    bot: Optional[str] = typer.Option(None, help="Username of the bot; asked of Telegram where TELEGRAM_TOKEN is set."),
) -> None:
    """Make a QR code that opens the bot at a card, in a town."""
    if town and not service:
        raise DromError("A town needs a card: add --service ID, --service office or --service mediator.")
    if out.suffix not in (".svg", ".png", ".pdf"):
        raise DromError(f"The file {out} must end in .svg, .png or .pdf.")
    try:
        parameter = deep_links().parameter(service, town) if service else ""
    except UnknownTarget as error:
        raise DromError(
            f"The directory has no {error}. Cards are the files of data/directory/services, "
            "towns those of data/directory/places.csv and municipalities.csv."
        ) from error
    address = link((bot or bot_name()).lstrip("@"), parameter)
    try:
        segno.make(address, error=ERROR_CORRECTION, micro=False).save(str(out), scale=SCALE, border=QUIET_ZONE)
    except OSError as error:
        raise DromError(f"The file {out} can't be written ({error.strerror}).") from error
    typer.echo(address)


def bot_name() -> str:
    """Ask Telegram for the bot's username.

    Raises:
        NoBotName: no token is set, or Telegram can't be asked.
    """
    chosen = settings()
    remedy = "Say which bot it opens: --bot NAME"
    if not chosen.telegram_token:
        raise NoBotName(f"{remedy} (or set TELEGRAM_TOKEN, and Telegram is asked).")
    from telegram.error import TelegramError

    from bot.channels.telegram.requests import Api

    async def ask() -> str:
        api = Api(str(chosen.telegram_token), chosen.telegram_api_url)
        await api.open()
        try:
            return str((await api.bot.get_me()).username)
        finally:
            await api.close()

    try:
        return asyncio.run(ask())
    except TelegramError as error:
        raise NoBotName(f"Telegram can't be asked for the bot's name ({type(error).__name__}). {remedy}.") from error
