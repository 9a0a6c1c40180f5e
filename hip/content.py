"""Reads the clinic's YAML files and checks each against its JSON schema, with errors a manager can act on."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

ROOT: Final = Path(__file__).resolve().parent.parent
CLINIC: Final = ROOT / "clinic"
SCHEMAS: Final = Path(__file__).resolve().parent / "schemas"


class ContentError(ValueError):
    """A content file is missing, is not YAML, or breaks its schema; the message names file and place."""


def read_content(name: str, schema: str, folder: Path = CLINIC) -> Any:
    """Read and check one content file.

    Args:
        name: path inside the folder, such as ``rules.yml``.
        schema: name of the schema in ``hip/schemas`` without ``.schema.json``.
        folder: where the file lies; the clinic's folder unless a test says otherwise.

    Returns:
        The parsed YAML.

    Raises:
        ContentError: naming the file and the place in it.
    """
    path = folder / name
    try:
        parsed = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # ten times as fast as safe_load
    except OSError as error:
        raise ContentError(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ContentError(f"{path}: is not YAML: {error}") from error
    errors = sorted(_validator(schema).iter_errors(parsed), key=lambda found: list(map(str, found.absolute_path)))
    if errors:
        lines = [f"{path}: {_place(found, parsed)}: {found.message}" for found in errors[:10]]
        raise ContentError("\n".join(lines))
    return parsed


@cache
def _validator(schema: str) -> jsonschema.Draft7Validator:
    rules = json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(rules)
    return jsonschema.Draft7Validator(rules)


def _place(error: jsonschema.ValidationError, parsed: Any) -> str:
    """The path to an error, with the id of the entry it lies in where the entry has one."""
    path, here, names = list(error.absolute_path), parsed, []
    for step in path:
        here = here[step]
        name = here.get("id") if isinstance(here, dict) else None
        names.append(f"{step} ({name})" if name else str(step))
    return " > ".join(names) or "top level"
