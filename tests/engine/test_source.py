"""Rasa's source is as it was when we replaced parts of it."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import version

import pytest
import rasa.graph_components.providers.domain_provider  # noqa: F401  # so that ours for it is imported by way of it

import hip.engine
from hip.engine.source import RASA_VERSION, Original, read_original

MODULES = [found.name for found in pkgutil.iter_modules(hip.engine.__path__, "hip.engine.")]
WITH_ORIGINALS = [name for name in MODULES if hasattr(importlib.import_module(name), "REPLACES")]
ORIGINALS = [original for name in WITH_ORIGINALS for original in importlib.import_module(name).REPLACES]


def test_the_version_is_the_one_we_read() -> None:
    assert version("rasa") == RASA_VERSION


def test_every_replacement_says_what_it_replaces() -> None:
    replacing = [name for name in MODULES if hasattr(importlib.import_module(name), "replace")]
    assert replacing
    assert set(replacing) <= set(WITH_ORIGINALS)
    assert all(importlib.import_module(name).REPLACES for name in WITH_ORIGINALS)


@pytest.mark.parametrize("original", ORIGINALS, ids=lambda original: f"{original.module}:{original.name}")
def test_this_source_is_unchanged(original: Original) -> None:
    assert read_original(original.module, original.name) == original, (
        "Rasa changed here: read it again, adapt the replacement, then note the new lines and hash"
    )


def test_a_change_would_be_seen() -> None:
    original = ORIGINALS[0]
    other = read_original("rasa.core.constants", "DEFAULT_SERVER_PORT")
    assert read_original(original.module, original.name).sha256 != other.sha256
    with pytest.raises(LookupError, match="is not there"):
        read_original("rasa.core.constants", "NO_SUCH_NAME")
