"""The action server: rasa-sdk's executor behind three addresses, on this machine only unless ACTION_HOST says more.

rasa-sdk's own server listens on every interface, allows every origin, lists its actions, and sends the whole
conversation back, and into its log, when an action raises.
"""

from __future__ import annotations

import asyncio
import json
import logging
import zlib
from typing import Final

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as reply

from hip.engine import memory, timeouts
from hip.engine.server_logs import describe_exception, keep_text_out
from hip.records.database import RecordsError
from hip.records.reach import reach
from hip.settings import Settings, get_settings

PACKAGE: Final = "actions"

logger = logging.getLogger(__name__)


def build_app(package: str = PACKAGE) -> Sanic:
    """The web application for the actions of a package."""
    app = Sanic("hip_actions", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = timeouts.KEPT_BY_SERVER
    executor = ActionExecutor()
    executor.register_package(package)

    @app.get("/health")
    async def health(_request: Request) -> HTTPResponse:
        return reply({"status": "ok"})

    @app.get("/ready")
    async def ready(_request: Request) -> HTTPResponse:
        """Whether what an action writes can be kept."""
        try:
            await asyncio.to_thread(reach, get_settings().database_url)
        except RecordsError as error:
            logger.warning("Not ready: %s", error)  # holds no SQL, parameter or row
            return reply({"missing": "database"}, status=503)
        return reply({"status": "ok"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        packed = request.headers.get("Content-Encoding") == "deflate"
        try:
            call = json.loads(zlib.decompress(request.body) if packed else request.body)
            name = str(call["next_action"])
        except (ValueError, zlib.error, KeyError, TypeError):
            return reply({"error": "not an action call"}, status=422)
        try:
            return reply(await executor.run(call))
        except ActionExecutionRejection as refusal:
            return reply({"error": refusal.message, "action_name": refusal.action_name}, status=400)
        except ActionNotFoundException:
            logger.error("There is no action %r: is the model newer than the actions?", name)
            return reply({"error": "no such action", "action_name": name}, status=404)
        except Exception as error:  # Rasa tells the person; what went wrong must not quote them
            logger.error("Action %r raised\n%s", name, describe_exception(error))
            return reply({"error": "the action failed", "action_name": name}, status=500)

    return app


def serve(settings: Settings, package: str = PACKAGE) -> None:
    """Listen until stopped."""
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    keep_text_out()
    app = build_app(package)
    memory.end_start()
    logger.info("Action server listens on %s, port %d", settings.action_host, settings.action_port)
    app.run(host=settings.action_host, port=settings.action_port, access_log=False, motd=False)
