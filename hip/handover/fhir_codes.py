"""The codes of the FHIR form of a summary, and the check that each is one of its value set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from fhir.resources import fhirtypes
from fhir.resources.core.fhirabstractmodel import FHIRAbstractModel

from hip.assessment import FACTS, Fact
from hip.content import read_content
from hip.triage.levels import CareLevel

CATEGORIES: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
UNITS: Final = "http://unitsofmeasure.org"


@dataclass(frozen=True)
class CodeBook:
    """Every code that may stand in a summary.

    Attributes:
        base: where our own names begin.
        elements: the codes of an element, such as ``Bundle.type``.
        systems: the codes of a code system of others.
    """

    base: str
    elements: Mapping[str, frozenset[str]]
    systems: Mapping[str, frozenset[str]]

    @property
    def levels(self) -> str:
        """The code system of the care levels."""
        return f"{self.base}/CodeSystem/care-level"

    @property
    def rules(self) -> str:
        """The code system of the rules' ids, which clinicians may add to."""
        return f"{self.base}/CodeSystem/triage-rule"

    @property
    def topics(self) -> str:
        """The code system of what an observation is about."""
        return f"{self.base}/CodeSystem/observation"

    @property
    def references(self) -> str:
        """The system of the hand-over codes."""
        return f"{self.base}/sid/hand-over-reference"

    def values(self, fact: Fact) -> str:
        """The code system of a fact's values."""
        return f"{self.base}/CodeSystem/{fact.id.replace('_', '-')}"

    def find_wrong(self, resource: FHIRAbstractModel) -> Iterator[str]:
        """Where codes are that no value set has, one line each; never what they are, which could be an answer."""
        for field in resource.__fields__.values():
            value = getattr(resource, field.name)
            for item in value if isinstance(value, list) else [value]:
                place = f"{resource.resource_type}.{field.alias}"
                if isinstance(item, FHIRAbstractModel):
                    yield from self.find_wrong(item)
                elif item is not None and field.type_ is fhirtypes.Code and not self._knows(resource, place, item):
                    yield place

    def _knows(self, resource: FHIRAbstractModel, place: str, code: str) -> bool:
        if place not in ("Coding.code", "Quantity.code"):
            return code in self.elements.get(place, ())
        system = str(resource.system)
        if system == self.rules:
            return bool(code)
        return code in self.systems.get(system, ()) or code in self._own.get(system, ())

    @property
    def _own(self) -> Mapping[str, frozenset[str]]:
        values = {self.values(fact): frozenset(fact.values) for fact in FACTS.values() if fact.values}
        return values | {self.levels: frozenset(level.value for level in CareLevel), self.topics: TOPICS}


#: What our own observations are about.
TOPICS: Final = frozenset({"care-level", "later-care-level"})


@cache
def load_codes() -> CodeBook:
    """Read ``fhir_codes.yml``.

    Raises:
        ContentError: naming what is wrong with it.
    """
    content: Mapping[str, Any] = read_content("fhir_codes.yml", "fhir_codes", Path(__file__).parent)
    return CodeBook(
        base=content["base"],
        elements={name: frozenset(entry["codes"]) for name, entry in content["elements"].items()},
        systems={name: frozenset(entry["codes"]) for name, entry in content["systems"].items()},
    )
