"""The running assistant: Rasa's server with our channels, nothing else listening."""

from __future__ import annotations

import asyncio
import logging
import socket
from concurrent.futures import ThreadPoolExecutor

import bot.assistant.rasa_start  # noqa: F401  (first: it sets how Rasa is imported)

# isort: split
from rasa.core.channels.channel import register
from rasa.core.run import create_http_input_channels
from rich.console import Console
from sanic import Sanic

from bot.assistant.agent import Assistant
from bot.assistant.training import train
from bot.channels.telegram.reference import add_reference
from bot.channels.telegram.speaking import Speaking
from bot.desk.running import RunningDesk
from bot.directory.directory import directory
from bot.errors import DromError
from bot.garbage import nothing_thrown_away, throw_away_once
from bot.operations.logs import set_up_logs
from bot.operations.service import install
from bot.settings import ROOT, Settings
from bot.voice.listening import Ear
from bot.voice.offers import Offers
from bot.voice.settings import voice_settings
from bot.voice.voice import Voice
from bot.voice.warming import Warming

logger = logging.getLogger(__name__)
screen = Console(highlight=False)
THREADS = 32


class PortTaken(DromError):
    """The port can't be listened on."""


def serve(settings: Settings) -> None:
    """Train where needed, load, and serve until stopped.

    Raises:
        PortTaken: something else listens on the port, or the address is not of this machine.
        DromError: the content, a setting or the model can't be used.
    """
    set_up_logs(settings)
    check_port(settings.host, settings.port)
    directory()  # a mistake in the content stops the start, not the first conversation
    with screen.status("Looking whether the model is up to date; training takes a minute or two …"):
        model = train()
    app = create_app(settings)

    async def load(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        # Six by default on two cores: too few when a database hangs and some of them wait for it.
        loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="drom"))
        with nothing_thrown_away():
            running.ctx.agent = Assistant.from_settings(settings, model)
            add_reference(running.ctx.telegram.extensions)
            # What is read at first use (word lists, places) is read now, not while a person waits.
            await running.ctx.agent.parse_message("labdien")
            running.ctx.desk = RunningDesk(settings, running.ctx.telegram)
            running.ctx.agent.erasers.append(running.ctx.desk.desk.erase)
            running.ctx.desk.start()
        # What is loaded stays: looking through it for garbage would hold up everybody for a third of a second.
        throw_away_once()

    async def stop_desk(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        if hasattr(running.ctx, "desk"):
            await running.ctx.desk.stop()

    async def tell(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        address = f"http://{shown_host(settings.host)}:{settings.port}/"
        screen.print(f"Drom answers at {address}  (stop with Ctrl+C)")
        screen.print(f"The reference for mediators is at {address}reference/")
        if not settings.telegram_token:
            screen.print("Telegram is off: set TELEGRAM_TOKEN to turn it on.")

    app.register_listener(load, "before_server_start")
    add_voice(app, settings)
    app.register_listener(tell, "after_server_start")
    app.register_listener(stop_desk, "after_server_stop")
    app.run(host=settings.host, port=settings.port, access_log=False, backlog=100)


def create_app(settings: Settings) -> Sanic:
    """Return a server with the channels of credentials.yml and nothing else: Rasa's HTTP API stays off."""
    logging.getLogger("sanic.root").setLevel(logging.WARNING)
    logging.getLogger("sanic.error").setLevel(logging.CRITICAL)  # its traces may quote a message; ours do not
    logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it logs addresses, which hold the token
    app = Sanic("drom", configure_logging=False)
    app.ctx.settings = settings
    app.config.REQUEST_MAX_SIZE = 1_000_000  # an update of Telegram; the page takes less
    app.config.REQUEST_TIMEOUT = app.config.RESPONSE_TIMEOUT = 30
    app.config.PROXIES_COUNT = settings.proxies or None
    app.config.MOTD = False
    register(create_http_input_channels(None, str(ROOT / "credentials.yml")), app, route="/")
    install(app, settings)
    return app


def add_voice(app: Sanic, settings: Settings) -> None:
    """Give the channels the voice, the ear and what can be listened to on the page, from start to stop."""

    async def load(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        voice = running.ctx.voice = Voice.from_settings(settings)
        running.ctx.offers = Offers(voice)
        running.ctx.agent.erasers.append(running.ctx.offers.forget)
        running.ctx.listener = await asyncio.to_thread(Ear.from_settings, settings)
        running.ctx.warming = Warming(voice, voice_settings().warm_audio)
        Speaking(voice).add_to(running.ctx.telegram.extensions)

    async def begin(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        running.ctx.warming.start()

    async def end(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await running.ctx.warming.stop()
        await running.ctx.voice.close()
        running.ctx.listener.close()

    app.register_listener(load, "before_server_start")
    app.register_listener(begin, "after_server_start")
    app.register_listener(end, "after_server_stop")


def check_port(host: str, port: int) -> None:
    """Raise where the port can't be listened on.

    Raises:
        PortTaken: with the remedy.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Can't listen on {host}:{port} ({error.strerror}). "
                "Stop what uses it, or set another DROM_PORT or --port."
            ) from error


def shown_host(host: str) -> str:
    """Return the host as a person types it in a browser."""
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1") else host
