"""Holds responses against ``hip/gateway/openapi.yml``."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import jsonschema

from hip.gateway.description import load_description


def resolve(part: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    while "$ref" in part:
        found: Any = load_description()
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def operation_for(method: str, path: str) -> dict[str, Any]:
    """The operation that a request calls; plain paths go before those with places."""
    paths = load_description()["paths"]
    for template in sorted(paths, key=lambda template: template.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in paths[template]:
            return dict(paths[template][method.lower()])
    raise AssertionError(f"{method} {path} is not in openapi.yml")


async def check_response(response: httpx2.Response) -> None:
    """Status, headers, content type and JSON are those that are described."""
    await response.aread()
    method, path = response.request.method, response.request.url.path
    if (response.status_code == 404 and not path.startswith("/api/v1/s")) or method == "OPTIONS":
        return
    described = operation_for(method, path)["responses"]
    assert str(response.status_code) in described, f"{method} {path}: {response.status_code} is not described"
    expected = resolve(described[str(response.status_code)])
    for name, header in expected.get("headers", {}).items():
        assert name in response.headers
        jsonschema.validate(response.headers[name], header["schema"])
    if "content" not in expected:
        return
    kind = response.headers["content-type"].partition(";")[0]
    assert kind in expected["content"], f"{method} {path}: {kind} is not described"
    if kind == "application/json":
        schema = expected["content"][kind]["schema"]
        resolver = jsonschema.RefResolver.from_schema(load_description())
        jsonschema.Draft202012Validator(schema, resolver=resolver).validate(response.json())
