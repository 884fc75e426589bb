"""Custom actions in the same process as Rasa.

Open-source Rasa 3.6 calls actions over HTTP only. ``RemoteAction`` asks its endpoint with
``request(json=…)``: an endpoint that runs rasa-sdk's own executor takes the network out of the way
and leaves the actions as any Rasa user writes them. With ``action_endpoint.url`` in
``endpoints.yml`` a separate action server is called as usual.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.assistant.observing import part
from bot.breaker import Breaker
from bot.errors import describe

logger = logging.getLogger(__name__)

LIMIT_S = 4.0  # an action takes milliseconds; one that took so long hangs
HANGS = 3  # after so many in a row an action is left alone for a while: everybody else gets the apology at once
LEFT_ALONE_S, LONGEST_ALONE_S = 5.0, 60.0


class ActionsInProcess(EndpointConfig):
    """An action endpoint that runs the actions of a Python package here."""

    def __init__(self, package: str = "actions"):
        super().__init__(url=f"in-process://{package}")
        self.executor = ActionExecutor()
        self.executor.register_package(package)
        self._breakers: dict[str, Breaker] = {}
        for name, action in list(self.executor.actions.items()):
            if not inspect.iscoroutinefunction(action):
                self.executor.actions[name] = _in_thread(action)

    async def request(self, method: str = "post", **kwargs: Any) -> Any:
        """Run the action that ``json`` names; the arguments are those of an HTTP endpoint.

        Raises:
            Exception: whatever the action raises; the assistant turns it into an apology.
        """
        call = kwargs["json"]
        name = str(call.get("next_action"))
        breaker = self._breakers.setdefault(name, Breaker(name, HANGS, LEFT_ALONE_S, LONGEST_ALONE_S))
        try:
            breaker.check()
            with part("action"):
                result = await asyncio.wait_for(self.executor.run(call), LIMIT_S)
        except Exception as error:
            if isinstance(error, asyncio.TimeoutError):
                breaker.failed()
            logger.error("The action %s failed: %s", name, describe(error))
            raise
        breaker.succeeded()
        return result


def _in_thread(action: Any) -> Any:
    """Run a blocking action in a thread, so that one chat's wait is not everybody's."""

    async def run(*args: Any) -> Any:
        return await asyncio.to_thread(action, *args)

    return run
