"""The summary as a FHIR R4B Bundle, for a clinic's record system.

A collection: a Patient known by the reference alone, the answers as a QuestionnaireResponse, the care level as an
Observation with a component for each rule that fired, and what was told as a Communication from a Device. There is no
RiskAssessment, since no illness is predicted, and no ServiceRequest, since nobody has ordered anything. All is
``preliminary``: no clinician has reviewed it.
"""

from __future__ import annotations

import html
import unicodedata
import uuid
from collections.abc import Iterator
from typing import Any, Final

from fhir.resources.bundle import Bundle

from hip.assessment import FACTS
from hip.handover.fhir_codes import ABSENT, CATEGORIES, UNITS, load_codes
from hip.handover.summary_model import DISCLAIMER, Answer, RuleLine, State, Summary, Told

#: Ids are made from this and the reference, so that the same summary always gives the same bundle.
_NAMESPACE: Final = uuid.UUID("6f0b6d6e-1f0c-4c39-9f6b-0d1f5a3f8e11")

#: Unit and its UCUM code.
_UNITS: Final = {
    "age": ("years", "a"),
    "duration_weeks": ("weeks", "wk"),
    "previous_injection_weeks": ("weeks ago", "wk"),
    "morning_stiffness_minutes": ("minutes", "min"),
}

_VOLUNTEERED: Final = "volunteered"

Json = dict[str, Any]


class WrongCode(ValueError):
    """A code that is not in its value set; the message says where it stands."""


def write_fhir(summary: Summary) -> str:
    """Write a summary as FHIR R4B in JSON.

    Raises:
        WrongCode: the bundle would hold a code that its value set does not have.
    """
    bundle = Bundle.parse_obj(_Writer(summary).bundle())
    if wrong := sorted(set(load_codes().find_wrong(bundle))):
        raise WrongCode(f"FHIR: not in its value set: {', '.join(wrong)}")
    return str(bundle.json(indent=2))


def _as_string(text: str) -> str:
    """The text as FHIR allows it: of all white space only blanks, tabs and line ends, and no control character."""
    kept = (
        char if char in "\n\t" or not (char.isspace() or unicodedata.category(char) == "Cc") else " " for char in text
    )
    return "".join(kept).strip()


class _Writer:
    def __init__(self, summary: Summary) -> None:
        self._summary = summary
        self._codes = load_codes()

    def bundle(self) -> Json:
        summary = self._summary
        resources = {
            "patient": {"resourceType": "Patient", "identifier": [self._reference()]},
            "assistant": self._assistant(),
            "answers": self._answers(),
            "level": self._level(),
            "told": self._told(),
        }
        if self._by_someone_else:
            resources["respondent"] = {"resourceType": "RelatedPerson", "patient": self._link("patient")}
        if summary.later is not None:
            resources["later"] = self._later(summary.later)
        return {
            "resourceType": "Bundle",
            "language": "en-GB",
            "identifier": self._reference(),
            "type": "collection",
            "timestamp": summary.given_at.isoformat(),
            "entry": [{"fullUrl": self._id(name), "resource": resource} for name, resource in resources.items()],
        }

    @property
    def _by_someone_else(self) -> bool:
        return self._summary.respondent == "someone_else"

    def _reference(self) -> Json:
        return {"system": self._codes.references, "value": self._summary.reference}

    def _id(self, name: str) -> str:
        return uuid.uuid5(_NAMESPACE, f"{self._summary.reference}/{name}").urn

    def _link(self, name: str) -> Json:
        return {"reference": self._id(name)}

    @property
    def _respondent(self) -> Json:
        return self._link("respondent" if self._by_someone_else else "patient")

    def _assistant(self) -> Json:
        versions = self._summary.versions
        return {
            "resourceType": "Device",
            "status": "active",
            "deviceName": [{"name": "Ravenscroft Health hip assistant", "type": "user-friendly-name"}],
            "version": [
                {"type": {"text": "clinical rules"}, "value": versions.rules},
                {"type": {"text": "other content"}, "value": versions.content},
            ],
        }

    def _answers(self) -> Json:
        summary = self._summary
        response: Json = {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": f"{self._codes.base}/Questionnaire/hip-assessment|{summary.versions.content}",
            "status": "completed",
            "subject": self._link("patient"),
            "authored": summary.given_at.isoformat(),
            "author": self._link("assistant"),
            "item": list(self._groups()),
        }
        if summary.respondent is not None:
            response["source"] = self._respondent
        return response

    def _groups(self) -> Iterator[Json]:
        groups: dict[str, Json] = {}
        for answer in self._summary.answers:
            name = answer.question or _VOLUNTEERED
            text = answer.topic or "Told without being asked"
            group = groups.setdefault(name, {"linkId": f"question.{name}", "text": text, "item": []})
            group["item"].append(self._item(answer))
        yield from groups.values()
        said = [
            {
                "linkId": f"own_words.{number}",
                "text": message.asked or "Not in answer to a question",
                "answer": [{"valueString": text}],
            }
            for number, message in enumerate(self._summary.own_words or (), 1)
            if (text := _as_string(message.text))
        ]
        if said:
            yield {"linkId": "own_words", "text": "In the person's own words", "item": said}

    def _item(self, answer: Answer) -> Json:
        item: Json = {"linkId": answer.fact, "text": answer.label}
        if answer.state is not State.OPEN:
            item["answer"] = list(self._values(answer))
        return item

    def _values(self, answer: Answer) -> Iterator[Json]:
        value, fact = answer.value, FACTS[answer.fact]
        if answer.state is State.NOT_SURE:
            yield {"valueCoding": {"system": ABSENT, "code": "asked-unknown", "display": "Asked But Unknown"}}
        elif isinstance(value, bool):
            yield {"valueBoolean": value}
        elif isinstance(value, int | float):
            if fact.id in _UNITS:
                unit, code = _UNITS[fact.id]
                yield {"valueQuantity": {"value": value, "unit": unit, "system": UNITS, "code": code}}
            else:
                yield {"valueInteger": int(value)}
        else:
            for one in value or ("none",) if isinstance(value, tuple) else (value,):
                yield {"valueCoding": {"system": self._codes.values(fact), "code": one}}

    def _level(self) -> Json:
        summary = self._summary
        notes = [DISCLAIMER, *(summary.counterfactuals or ()), *self._corrections(), *self._sources()]
        if summary.wording_changed:
            notes.append("The rules or texts have been changed since: the wording of the rules here is today's.")
        observation = self._observation("care-level", "Care level given by the triage rules", summary.result) | {
            "effectiveDateTime": summary.given_at.isoformat(),
            "note": [{"text": note} for note in notes],
            "derivedFrom": [self._link("answers")],
        }
        if summary.rules:
            observation["component"] = [self._rule(rule) for rule in summary.rules]
        return observation

    def _later(self, told: Told) -> Json:
        text = "Care level that the person was told later in the same chat; it counts, and nothing is to be booked"
        return self._observation("later-care-level", text, told) | {"note": [{"text": told.text}]}

    def _observation(self, topic: str, text: str, told: Told) -> Json:
        words = html.escape(f"{text}: {told.title} ({told.level.value}). {DISCLAIMER}")
        return {
            "resourceType": "Observation",
            "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{words}</p></div>'},
            "status": "preliminary",
            "category": [{"coding": [{"system": CATEGORIES, "code": "survey", "display": "Survey"}]}],
            "code": {"coding": [{"system": self._codes.topics, "code": topic}], "text": text},
            "subject": self._link("patient"),
            "device": self._link("assistant"),
            "valueCodeableConcept": {
                "coding": [{"system": self._codes.levels, "code": told.level.value}],
                "text": told.title,
            },
        }

    def _rule(self, rule: RuleLine) -> Json:
        return {
            "code": {
                "coding": [{"system": self._codes.rules, "code": rule.id}],
                "text": rule.name or "A rule that is no longer among the rules",
            },
            "valueCodeableConcept": {
                "coding": [{"system": self._codes.levels, "code": rule.level.value}],
                "text": rule.clinician or rule.level.value,
            },
        }

    def _corrections(self) -> Iterator[str]:
        for each in self._summary.corrections:
            yield f"Corrected by the person, {each.made_at:%H:%M} UTC: {each.label}: {each.before}, then {each.after}."

    def _sources(self) -> Iterator[str]:
        for rule in self._summary.rules:
            for source in rule.sources:
                yield f"Source of {rule.id}: {source.title}{f', {source.address}' if source.address else ''}."

    def _told(self) -> Json:
        summary = self._summary
        said = [f"{summary.result.title}. {summary.result.text}", *summary.reasons, summary.result.safety_net]
        said += [f"{service.name}: phone {service.phone}" for service in summary.services]
        return {
            "resourceType": "Communication",
            "status": "completed",
            "subject": self._link("patient"),
            "about": [self._link("level")],
            "sent": summary.given_at.isoformat(),
            "recipient": [self._respondent],
            "sender": self._link("assistant"),
            "payload": [{"contentString": text} for text in said],
        }
