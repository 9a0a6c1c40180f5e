"""`make sbom`: the bill of materials names everything that runs, the models with their checksums."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from hip.language.encoder import MODEL_SHA256, TOKENIZER_SHA256
from hip.language.foreign import LANGUAGE_MODEL_SHA256
from hip.launch.training import Model
from hip.settings import ROOT
from hip.supply_chain.bill import BillError, write_bills


@pytest.fixture(scope="module")
def bills(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    paths = write_bills(tmp_path_factory.mktemp("sbom"), Model())
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def test_both_are_cyclonedx(bills: list[dict[str, Any]]) -> None:
    for bill in bills:
        assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
        names = [component["bom-ref"] for component in bill["components"]]
        assert len(set(names)) == len(names)


def test_the_servers_are_what_is_installed_to_run(bills: list[dict[str, Any]]) -> None:
    listed = {(c["name"], c["version"]) for c in bills[0]["components"] if c["type"] == "library"}
    required = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert listed == set(required)
    assert {"rasa", "starlette"} <= {name for name, _ in listed}
    assert "pytest" not in {name for name, _ in listed}


def test_every_model_file_has_its_checksum(bills: list[dict[str, Any]], trained_model: Path) -> None:
    models = {
        c["name"]: c["hashes"][0]["content"] for c in bills[0]["components"] if c["type"] == "machine-learning-model"
    }
    assert models == {
        "assistant": hashlib.sha256(trained_model.read_bytes()).hexdigest(),
        "all-MiniLM-L6-v2-int8": MODEL_SHA256,
        "all-MiniLM-L6-v2-tokenizer": TOKENIZER_SHA256,
        "py3langid": LANGUAGE_MODEL_SHA256,
    }


def test_the_widget_is_what_a_browser_gets(bills: list[dict[str, Any]]) -> None:
    assert [(c["name"], c["hashes"][0]["alg"]) for c in bills[1]["components"]] == [("preact", "SHA-512")]


def test_a_missing_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(BillError, match=r"assistant\.tar\.gz: cannot be read.*`make train` makes the model"):
        write_bills(tmp_path, Model(tmp_path))
    assert list(tmp_path.iterdir()) == []
