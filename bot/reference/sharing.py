"""The address that a leaflet's QR code opens: the bot at a card, else the web chat."""

from __future__ import annotations

import io

import segno

from bot.channels.telegram.deep_links import link
from bot.settings import Settings, settings

# Leaflets are folded, stained and photocopied: a quarter of the code may be lost.
ERROR_CORRECTION = "q"
QUIET_ZONE = 4


def card_address(service: str, chosen: Settings | None = None) -> str | None:
    """Return the address that opens the assistant at a card; None where neither bot nor web address is set."""
    known = chosen or settings()
    if known.telegram_bot_name:
        return link(known.telegram_bot_name, service)
    if known.public_url:
        return f"{known.public_url.rstrip('/')}/?start={service}"
    return None


def qr_svg(address: str) -> str:
    """Return the QR code of an address as an SVG element that scales with its box; black on white."""
    code = io.BytesIO()
    segno.make(address, error=ERROR_CORRECTION, micro=False).save(
        code, kind="svg", border=QUIET_ZONE, xmldecl=False, svgns=True, omitsize=True, light="#fff", dark="#000"
    )
    return code.getvalue().decode("utf-8").strip()
