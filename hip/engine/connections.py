"""Keeps the connections to the action server open from one call to the next; Rasa makes a new one for each.

That a connection was closed by the other side may be noticed only when a call was sent over it;
``hip.engine.remote_action`` then calls once more.
"""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any, Final

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT

from hip.engine import timeouts
from hip.engine.source import Original

REPLACES: Final = (
    Original("rasa.utils.endpoints", "EndpointConfig.session", (105, 119), "6ae219d9597a6178"),
    Original("rasa.utils.endpoints", "EndpointConfig.request", (136, 192), "3f1ff1224b6c62c4"),
    Original("rasa.core.run", "close_resources", (300, 314), "0a57f78c3396dab0"),
)

#: A connector belongs to an event loop, of which a server has one.
_connectors: Final[dict[asyncio.AbstractEventLoop, aiohttp.TCPConnector]] = {}


def replace(module: ModuleType) -> None:
    """Let Rasa's endpoints use kept connections, and its server close them when it stops."""
    if hasattr(module, "EndpointConfig"):
        module.EndpointConfig.session = _session
    if hasattr(module, "close_resources"):
        close_others = module.close_resources

        async def close_resources(*args: Any) -> None:
            await close_others(*args)
            await close()

        module.close_resources = close_resources  # type: ignore[attr-defined]


async def close() -> None:
    """Close the connections of this event loop."""
    connector = _connectors.pop(asyncio.get_running_loop(), None)
    if connector is not None:
        await connector.close()


def _session(endpoint: Any) -> aiohttp.ClientSession:
    """Rasa's own, on connections that outlive it."""
    auth = endpoint.basic_auth
    return aiohttp.ClientSession(
        headers=endpoint.headers,
        auth=aiohttp.BasicAuth(auth["username"], auth["password"]) if auth else None,
        timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
        connector=_connector(),
        connector_owner=False,
    )


def _connector() -> aiohttp.TCPConnector:
    loop = asyncio.get_running_loop()
    connector = _connectors.get(loop)
    if connector is None:
        connector = _connectors[loop] = aiohttp.TCPConnector(limit=0, keepalive_timeout=timeouts.KEPT_BY_CALLER)
    return connector
