"""Keeps in the model what Rasa reads from its own ``domain.yml``, as JSON, so that a start need not parse YAML.

Rasa's reader is pure Python and reads that file four times, schema check included, which was 0.8 s of every start. The
training does it once instead. A model without the JSON is read as Rasa reads it.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.utils.io import read_file, read_yaml

from hip.engine.source import Original

REPLACES: Final = (
    Original("rasa.graph_components.providers.domain_provider", "DomainProvider.load", (38, 49), "8a906a6db6af68de"),
    Original(
        "rasa.graph_components.providers.domain_provider", "DomainProvider._persist", (51, 54), "900a6a5ab29066f8"
    ),
    Original("rasa.shared.core.domain", "Domain.from_directory", (290, 304), "5351296f33846114"),
)

_YAML: Final = "domain.yml"
_JSON: Final = "domain.json"


class DomainNotKeptError(ValueError):
    """A domain holds something that JSON would not give back as it was, such as a key that is no text."""


def replace(provider: ModuleType) -> None:
    """Write the JSON beside Rasa's file in training, and read it at a start."""
    original: Any = provider.DomainProvider
    persist, load_as_rasa = original._persist, original.load

    def _persist(self: Any, domain: Domain) -> None:
        persist(self, domain)
        with self._model_storage.write_to(self._resource) as folder:
            keep(folder)

    def load(
        cls: type[DomainProvider],
        /,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DomainProvider:
        with model_storage.read_from(resource) as folder:
            kept = folder / _JSON
            if kept.exists():
                domain = Domain.from_dict(json.loads(kept.read_text(encoding="utf-8")))
                return cls(model_storage, resource, domain)
        as_rasa: DomainProvider = load_as_rasa(config, model_storage, resource, execution_context, **kwargs)
        return as_rasa

    original._persist = _persist
    original.load = classmethod(load)


def keep(folder: Path) -> None:
    """Write the JSON of a folder's ``domain.yml``, which Rasa checks first.

    Raises:
        DomainNotKeptError: JSON cannot hold it.
    """
    path = folder / _YAML
    Domain.from_file(str(path))
    read = Domain.merge_domain_dicts(read_yaml(read_file(path)), {})
    text = json.dumps(read)
    if json.loads(text) != read:
        raise DomainNotKeptError(f"{path.name} holds what JSON would change: is one of its keys not a text?")
    (folder / _JSON).write_text(text, encoding="utf-8")
