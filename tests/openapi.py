"""Holds what a server answers against its OpenAPI description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import jsonschema


@dataclass(frozen=True)
class Described:
    """A server's description.

    Attributes:
        content: the OpenAPI document.
    """

    content: Mapping[str, Any]

    def resolve(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """What a reference stands for."""
        while "$ref" in part:
            found: Any = self.content
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return dict(part)

    def resolve_all(self) -> None:
        """Follow every reference.

        Raises:
            KeyError: one leads nowhere.
        """

        def walk(part: object) -> None:
            if isinstance(part, dict):
                if "$ref" in part:
                    assert self.resolve(part)
                for value in part.values():
                    walk(value)
            elif isinstance(part, list):
                for value in part:
                    walk(value)

        walk(self.content)

    def operations(self) -> set[tuple[str, str]]:
        """Path and method of every operation."""
        return {
            (path, method)
            for path, methods in self.content["paths"].items()
            for method in methods
            if method != "parameters"
        }

    def operation_for(self, method: str, path: str) -> dict[str, Any]:
        """The operation that a request calls; plain paths go before those with places."""
        paths = self.content["paths"]
        for template in sorted(paths, key=lambda template: template.count("{")):
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in paths[template]:
                return dict(paths[template][method.lower()])
        raise AssertionError(f"{method} {path} is not described")

    async def check(self, response: httpx2.Response) -> None:
        """Status, headers, content type and JSON are those that are described."""
        await response.aread()
        method, path = response.request.method, response.request.url.path
        described = self.operation_for(method, path)["responses"]
        assert str(response.status_code) in described, f"{method} {path}: {response.status_code} is not described"
        expected = self.resolve(described[str(response.status_code)])
        for name, header in expected.get("headers", {}).items():
            assert name in response.headers
            jsonschema.validate(response.headers[name], header["schema"])
        if "content" not in expected:
            return
        kind = response.headers["content-type"].partition(";")[0]
        assert kind in expected["content"], f"{method} {path}: {kind} is not described"
        if kind == "application/json":
            schema = expected["content"][kind]["schema"]
            resolver = jsonschema.RefResolver.from_schema(self.content)
            jsonschema.Draft202012Validator(schema, resolver=resolver).validate(response.json())
