"""What runs beside the channels in the server: retention, health, metrics; and headers on every page."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.errors import describe
from bot.operations.health import check_store, data_age
from bot.operations.health import report as health_report
from bot.operations.metrics import Metrics
from bot.operations.needs import NeedCounter
from bot.privacy.pseudonym import use_carry_over
from bot.privacy.registry import keepers
from bot.privacy.sweeping import Sweeper
from bot.settings import Settings

logger = logging.getLogger(__name__)

TALKS = "talks"  # erased by the assistant with its own tracker store
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
}
HSTS = "max-age=31536000"


def install(app: Sanic, settings: Settings) -> None:
    """Add everything that the operator needs to a server whose agent will stand in ``app.ctx.agent``."""
    app.ctx.metrics = Metrics()
    app.ctx.sweeper = Sweeper(settings)
    # Deny by default: what a page needs more, its own headers say.
    app.register_middleware(_add_headers, "response")
    app.error_handler.add(Exception, _tell_nothing)
    app.blueprint(_routes(settings))

    async def start(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        agent = running.ctx.agent
        running.ctx.metrics = Metrics(frozenset(agent.domain.intents))
        _add_gauges(running, settings)
        agent.observers.append(running.ctx.metrics.observe)
        needs = running.ctx.needs = NeedCounter(settings.tracker_database_url, frozenset(agent.domain.intents))
        agent.observers.append(needs.observe)
        stores = [keeper for keeper in keepers(settings) if keeper.name != TALKS]
        agent.erasers += [keeper.erase for keeper in stores]
        use_carry_over(lambda former, chat: _carry_over(settings, former, chat))
        running.ctx.jobs = [asyncio.create_task(job) for job in (running.ctx.sweeper.run(), needs.run())]

    async def stop(running: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        jobs = getattr(running.ctx, "jobs", [])
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        if needs := getattr(running.ctx, "needs", None):
            try:
                await asyncio.to_thread(needs.write)
            except Exception as error:  # the store is gone; the process ends all the same
                logger.error("The last needs could not be counted: %s", describe(error))

    app.register_listener(start, "after_server_start")  # the agent is loaded then
    app.register_listener(stop, "before_server_stop")


def _carry_over(settings: Settings, former: str, chat: str) -> None:
    """Give what is kept under a former pseudonym to the present one, in every store."""
    for keeper in keepers(settings):
        try:
            keeper.rename(former, chat)
        except Exception as error:  # the talk goes on; the data expire under the former name
            logger.error("%s could not be carried over: %s", keeper.name, describe(error))


def _add_gauges(app: Sanic, settings: Settings) -> None:
    metrics, sweeper = app.ctx.metrics, app.ctx.sweeper
    metrics.gauge("drom_store_up", "Whether the database answers", lambda: float(check_store(settings)["healthy"]))
    metrics.gauge("drom_data_age_days", "Age of the oldest fact", lambda: float(data_age()["oldest_days"] or 0))
    metrics.gauge(
        "drom_sweep_age_seconds",
        "Seconds since old data were last deleted",
        lambda: time.time() - sweeper.last_success_s if sweeper.last_success_s else -1.0,
    )
    metrics.gauge("drom_sweep_failures", "Failed tries to delete old data", lambda: float(sweeper.failures))
    for name in ("received", "answered", "sent", "dropped", "refused", "forged"):
        metrics.gauge(
            f"drom_telegram_{name}",
            f"Telegram: {name} since the start",
            lambda name=name: float(getattr(_telegram_state(app), name, 0)),
        )
    metrics.gauge(
        "drom_telegram_up",
        "Whether people in Telegram are answered",
        lambda: float(getattr(_telegram_state(app), "is_healthy", True)),
    )


def _telegram_state(app: Sanic) -> Any:
    channel = getattr(app.ctx, "telegram", None)
    return channel.state if channel is not None else None


def _routes(settings: Settings) -> Blueprint:
    routes = Blueprint("operations")

    async def state(request: Request) -> dict[str, Any]:
        telegram = getattr(request.app.ctx, "telegram", None)
        agent = getattr(request.app.ctx, "agent", None)
        return await asyncio.to_thread(health_report, settings, agent, telegram)

    @routes.get("/health")
    async def health(request: Request) -> HTTPResponse:
        told = await state(request)
        return response.json(told, status=200 if told["ready"] else 503)

    @routes.get("/health/live")
    async def live(request: Request) -> HTTPResponse:
        return response.json({"live": True})

    @routes.get("/health/ready")
    async def ready(request: Request) -> HTTPResponse:
        told = await state(request)
        return response.json({"ready": told["ready"]}, status=200 if told["ready"] else 503)

    @routes.get("/metrics")
    async def metrics(request: Request) -> HTTPResponse:
        text = await asyncio.to_thread(request.app.ctx.metrics.text)
        return response.raw(text, content_type="text/plain; version=0.0.4; charset=utf-8")

    return routes


async def _add_headers(request: Request, answer: HTTPResponse) -> None:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.scheme == "https":
        answer.headers.setdefault("Strict-Transport-Security", HSTS)
    answer.headers.pop("Server", None)


async def _tell_nothing(request: Request, error: Exception) -> HTTPResponse:
    """Answer an error without its words: they may quote what was sent."""
    status = error.status_code if isinstance(error, SanicException) else 500
    if status >= 500:
        logger.error("A request failed: %s", describe(error))
    return response.json({"error": "not found" if status == 404 else "this can't be answered"}, status=status)
