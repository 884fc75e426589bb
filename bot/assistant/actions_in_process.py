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
from bot.errors import describe

logger = logging.getLogger(__name__)


class ActionsInProcess(EndpointConfig):
    """An action endpoint that runs the actions of a Python package here."""

    def __init__(self, package: str = "actions"):
        super().__init__(url=f"in-process://{package}")
        self.executor = ActionExecutor()
        self.executor.register_package(package)
        for name, action in list(self.executor.actions.items()):
            if not inspect.iscoroutinefunction(action):
                self.executor.actions[name] = _in_thread(action)

    async def request(self, method: str = "post", **kwargs: Any) -> Any:
        """Run the action that ``json`` names; the arguments are those of an HTTP endpoint.

        Raises:
            Exception: whatever the action raises; the assistant turns it into an apology.
        """
        call = kwargs["json"]
        try:
            with part("action"):
                return await self.executor.run(call)
        except Exception as error:
            logger.error("The action %s failed: %s", call.get("next_action"), describe(error))
            raise


def _in_thread(action: Any) -> Any:
    """Run a blocking action in a thread, so that one chat's wait is not everybody's."""

    async def run(*args: Any) -> Any:
        return await asyncio.to_thread(action, *args)

    return run
