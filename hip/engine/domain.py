"""Answers at once whether a domain is empty.

Rasa asks it for every message, and builds an empty domain each time to compare with.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.shared.core.domain import Domain

REPLACES: Final = (
    Original("rasa.shared.core.domain", "Domain.is_empty", (1793, 1795), "f3fc99131bbda1f2"),
    Original("rasa.shared.core.domain", "Domain.empty", (168, 170), "d8ee560a0a41b980"),
)


def replace(module: ModuleType) -> None:
    """Look at the forms first: the empty domain has none."""
    domain: Any = module.Domain
    compare = domain.is_empty

    def is_empty(self: Domain) -> bool:
        return not self.forms and bool(compare(self))

    domain.is_empty = is_empty
