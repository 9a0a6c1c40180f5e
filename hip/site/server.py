"""The staff page's own process."""

from __future__ import annotations

import ipaddress
import logging

import uvicorn

from hip.engine.server_logs import keep_text_out
from hip.launch.failure import LaunchError
from hip.records import RecordsError
from hip.settings import Settings
from hip.site.app import build_app

logger = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Listen until stopped.

    Raises:
        LaunchError: a key or URL is missing or wrong, or passwords would cross a network in the clear.
    """
    if not ipaddress.ip_address(settings.site_host).is_loopback and not settings.site_url.startswith("https://"):
        raise LaunchError(
            f"SITE_HOST is {settings.site_host}, which other machines reach, so SITE_URL must be an https:// address: "
            "put a proxy with a certificate in front of the staff page, or leave SITE_HOST unset"
        )
    try:
        app = build_app(settings)
    except RecordsError as error:
        raise LaunchError(str(error)) from error
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    keep_text_out()
    logger.info("The staff page listens on port %d", settings.site_port)
    uvicorn.run(
        app,
        host=settings.site_host,
        port=settings.site_port,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
