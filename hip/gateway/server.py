"""The gateway's own process."""

from __future__ import annotations

import logging

import uvicorn

from hip.engine.server_logs import keep_text_out
from hip.gateway.app import build_app
from hip.gateway.tokens import SessionKeyError
from hip.gateway.turns import ANSWER_SECONDS
from hip.launch.failure import LaunchError
from hip.records import RecordsError
from hip.settings import Settings

logger = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Listen until stopped; messages that are being worked on are finished first.

    Raises:
        LaunchError: a key is missing or wrong, or the database's URL is.
    """
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line for each message would say who is at work, and when
    keep_text_out()
    try:
        app = build_app(settings)
    except (RecordsError, SessionKeyError) as error:
        raise LaunchError(str(error)) from error
    logger.info("The gateway listens on %s", settings.gateway_url)
    uvicorn.run(
        app,
        host=settings.gateway_host,
        port=settings.gateway_port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=round(ANSWER_SECONDS) + 2,
    )
