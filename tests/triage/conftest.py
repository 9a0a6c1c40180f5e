"""Shared by the tests of the triage core."""

from __future__ import annotations

import pytest

from hip.triage.rulebook import Rulebook, load_rulebook


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The clinic's own rules."""
    return load_rulebook()
