"""The OpenAPI description: served as JSON, and the one place where the shape of a request is written."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

FILE: Final = Path(__file__).resolve().parent / "openapi.yml"


@cache
def load_description() -> dict[str, Any]:
    """The description, as in ``openapi.yml``."""
    description: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return description


@cache
def body_validator(schema: str) -> jsonschema.Draft202012Validator:
    """Checks a request against one of the description's schemas."""
    rules = load_description()["components"]["schemas"][schema]
    jsonschema.Draft202012Validator.check_schema(rules)
    return jsonschema.Draft202012Validator(rules)
