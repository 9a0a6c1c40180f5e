"""Holds responses of the staff page against ``hip/site/openapi.yml``."""

from __future__ import annotations

import re

import httpx2
import yaml

from hip.content import ROOT
from tests.openapi import Described

DESCRIBED = Described(yaml.safe_load((ROOT / "hip/site/openapi.yml").read_text(encoding="utf-8")))


async def check_response(response: httpx2.Response) -> None:
    """As described; an address or a method that there is not is answered with a page all the same."""
    known = re.fullmatch("/hand-overs/[^/]+(/summary)?", response.request.url.path)
    if response.status_code == 405 or (response.status_code == 404 and not known):
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        return
    await DESCRIBED.check(response)
