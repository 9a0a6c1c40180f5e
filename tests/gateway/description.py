"""Holds responses against ``hip/gateway/openapi.yml``."""

from __future__ import annotations

import httpx2

from hip.gateway.description import load_description
from tests.openapi import Described

DESCRIBED = Described(load_description())


async def check_response(response: httpx2.Response) -> None:
    """Status, headers, content type and JSON are those that are described."""
    method, path = response.request.method, response.request.url.path
    if (response.status_code == 404 and not path.startswith("/api/v1/s")) or method == "OPTIONS":
        return
    await DESCRIBED.check(response)
