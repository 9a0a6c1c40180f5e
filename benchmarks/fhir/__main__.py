"""``python -m benchmarks.fhir hl7.fhir.r4b.core-4.3.0.tgz``: takes what the codes of a summary are checked against.

The package is HL7's (CC0, 14 MB, 67 MB unpacked: too much to install for every test run); get it from the npm registry
with ``npm pack hl7.fhir.r4b.core@4.3.0``. Of it, ``definitions.json`` keeps the bindings of the elements that
``hip/handover/fhir_codes.yml`` names and the codes of their value sets and code systems.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from hip.handover.fhir_codes import UNITS, load_codes

FILE: Final = Path(__file__).resolve().parent / "definitions.json"
PACKAGE: Final = "hl7.fhir.r4b.core"
VERSION: Final = "4.3.0"

#: The library's name of a part of a resource, and where HL7 defines it.
PARTS: Final = {"DeviceDeviceName": "Device.deviceName"}

#: UCUM is a grammar and has no list; these are the units that HL7 lists as usual.
USUAL_UNITS: Final = "http://hl7.org/fhir/ValueSet/ucum-common"

Resource = Mapping[str, Any]


class Package:
    """HL7's package.

    Args:
        path: the file that ``npm pack`` made.

    Raises:
        ValueError: it is another package or version.
    """

    def __init__(self, path: Path) -> None:
        self.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self._by_url: dict[str, Resource] = {}
        with tarfile.open(path) as archive:
            for member in archive:
                name = member.name.removeprefix("package/")
                if name != "package.json" and not re.match(r"(CodeSystem|ValueSet|StructureDefinition)-[^/]+$", name):
                    continue
                file = archive.extractfile(member)
                read = json.load(file) if file else {}
                if name == "package.json":
                    self.name, self.version = read["name"], read["version"]
                else:
                    self._by_url[read["url"]] = read
        if (self.name, self.version) != (PACKAGE, VERSION):
            raise ValueError(f"{path}: is {self.name} {self.version}, not {PACKAGE} {VERSION}")

    def binding_of(self, element: str) -> dict[str, str]:
        """Value set and strength that HL7 binds an element to.

        Args:
            element: as in ``fhir_codes.yml``, such as ``Bundle.type``.
        """
        kind, _, name = element.partition(".")
        path = f"{PARTS.get(kind, kind)}.{name}"
        definition = self._by_url[f"http://hl7.org/fhir/StructureDefinition/{path.partition('.')[0]}"]
        (found,) = [each for each in definition["snapshot"]["element"] if each["id"] == path]
        value_set, strength = found["binding"]["valueSet"], found["binding"]["strength"]
        return {"valueSet": value_set.partition("|")[0], "strength": strength}

    def codes_of_set(self, url: str) -> dict[str, str]:
        """The codes of a value set, each with what it is displayed as."""
        codes: dict[str, str] = {}
        for part in self._by_url[url]["compose"]["include"]:
            if part.keys() & {"filter", "valueSet"}:
                raise ValueError(f"{url}: has a filter, which is not read here")
            codes |= dict(_codes(part["concept"])) if "concept" in part else self.codes_of(part["system"])
        return codes

    def codes_of(self, system: str) -> dict[str, str]:
        """The codes of a code system, with those below others, each with what it is displayed as."""
        found = self._by_url[system]
        if found["content"] != "complete":
            raise ValueError(f"{system}: the package does not hold all of it")
        return dict(_codes(found["concept"]))


def _codes(concepts: Sequence[Resource]) -> Iterator[tuple[str, str]]:
    for concept in concepts:
        yield concept["code"], concept["display"]
        yield from _codes(concept.get("concept", ()))


def take(package: Package) -> dict[str, Any]:
    """What is kept of the package."""
    book = load_codes()
    elements = {name: package.binding_of(name) for name in sorted(book.elements)}
    value_sets = sorted({binding["valueSet"] for binding in elements.values()})
    units = package.codes_of_set(USUAL_UNITS)
    return {
        "package": f"{PACKAGE}@{VERSION}",
        "sha256": package.sha256,
        "licence": "CC0-1.0",
        "elements": elements,
        "valueSets": {url: package.codes_of_set(url) for url in value_sets},
        "codeSystems": {system: package.codes_of(system) for system in sorted(book.systems) if system != UNITS},
        "units": {code: units[code] for code in sorted(book.systems[UNITS]) if code in units},
    }


def main() -> int:
    """Write ``definitions.json``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fhir", description=__doc__)
    parser.add_argument("package", type=Path)
    taken = take(Package(parser.parse_args().package))
    FILE.write_text(json.dumps(taken, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {len(taken['elements'])} elements, {len(taken['valueSets'])} value sets")
    return 0


if __name__ == "__main__":
    sys.exit(main())
