"""Builds the summary of one assessment from its record and the clinic's content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hip.assessment import facts_of
from hip.content import CLINIC
from hip.dialogue.questions import QuestionBook, load_questions
from hip.handover.booking import BookingDesk
from hip.handover.summary_model import Answer, OwnMessage, RuleLine, ServiceLine, SourceLine, State, Summary, Told
from hip.handover.summary_words import counterfactual_in_words, list_answers, list_corrections, yes_no_labels
from hip.records.record import Record, RecordedRule, Versions
from hip.triage.counterfactual import find_counterfactuals
from hip.triage.engine import Assessment, assess
from hip.triage.levels import CareLevel
from hip.triage.rulebook import Rulebook, load_rulebook

#: What the clinical rules look at before an injection (section 3), in the order of the summary.
_CHECKS: Final = (
    *(fact.id for fact in facts_of("injection_checks")),
    "diabetes_poor_control",
    "hip_replacement",
    "recent_hip_procedure",
    "surgery_planned",
    "previous_injection",
    "previous_injection_weeks",
    "injections_past_year",
    "uncontrolled_hypertension",
    "mood_disorder_history",
    "egg_protein_allergy",
)


@dataclass(frozen=True)
class SummaryDesk:
    """The clinic's content as it is now, from which summaries are worded."""

    rulebook: Rulebook
    questions: QuestionBook
    booking: BookingDesk
    versions: Versions

    @classmethod
    def load(cls, booking: BookingDesk | None = None, folder: Path = CLINIC) -> SummaryDesk:
        """Read what is needed.

        Raises:
            ContentError: naming the file and what is wrong with it.
        """
        rulebook, versions = load_rulebook(folder), Versions.of_folder(folder)
        return cls(rulebook, load_questions(), booking or BookingDesk.load(folder), versions)

    @property
    def titles(self) -> Mapping[str, str]:
        """What a question is called, by its id; a question about one yes/no fact has the id of the fact."""
        asked = {question.id: question.name for question in self.questions.questions.values()}
        return yes_no_labels(self.questions) | asked

    def summarise(
        self, record: Record, own_words: tuple[OwnMessage, ...] | None = None, told_since: CareLevel | None = None
    ) -> Summary:
        """Build the summary.

        Args:
            record: the assessment.
            own_words: the person's own messages; None when they are not kept.
            told_since: the level that the person was told last, where somebody knows it although it may not have been
                recorded; what the record says of later levels counts too.
        """
        answers = list_answers(self.questions, self.rulebook, record.answers)
        by_fact = {answer.fact: answer for answer in answers}
        return Summary(
            reference=record.reference,
            started_at=record.started_at,
            given_at=record.handed_over_at,
            respondent=record.respondent,
            result=self._told(record.care_level),
            reasons=self._reasons(record),
            services=tuple(self._service(service) for service in record.services),
            later=self._later(record, told_since),
            answers=answers,
            checks=tuple(by_fact[fact] for fact in _CHECKS if fact in by_fact),
            own_words=own_words,
            rules=tuple(self._rule(rule) for rule in record.rules),
            counterfactuals=self._counterfactuals(record, answers),
            corrections=list_corrections(self.questions, record.history),
            versions=record.versions,
            wording_changed=record.versions != self.versions,
        )

    def _told(self, level: CareLevel) -> Told:
        advice = self.rulebook.levels[level]
        return Told(level, advice.title, advice.text, advice.safety_net)

    def _later(self, record: Record, told_since: CareLevel | None) -> Told | None:
        urgent = [level for level in (record.later_level, told_since) if level is not None and level.urgent]
        return self._told(min(urgent, key=lambda level: level.rank)) if urgent else None

    def _reasons(self, record: Record) -> tuple[str, ...]:
        by_id = {rule.id: rule for rule in self.rulebook.all_rules}
        fired = tuple(by_id[rule.id] for rule in record.rules if rule.id in by_id)
        said = Assessment(record.care_level, fired, interrupts=False).said
        return tuple(dict.fromkeys(rule.says for rule in said))

    def _service(self, service_id: str) -> ServiceLine:
        service = self.booking.services.get(service_id)
        if service is None:  # no longer offered: the clinic's main number remains
            return ServiceLine(service_id, self.booking.clinic, self.booking.phone)
        return ServiceLine(service.id, service.name, service.phone)

    def _rule(self, recorded: RecordedRule) -> RuleLine:
        rule = next((rule for rule in self.rulebook.all_rules if rule.id == recorded.id), None)
        sources = tuple(self._sources(recorded.source.split(", ")))
        name, clinician = (rule.name, rule.clinician) if rule else ("", "")
        return RuleLine(recorded.id, recorded.level, name, clinician, sources)

    def _sources(self, keys: Iterable[str]) -> Iterable[SourceLine]:
        for key in filter(None, keys):
            source = self.rulebook.sources.get(key)
            yield SourceLine(key, source.title, source.address) if source else SourceLine(key, key, None)

    def _counterfactuals(self, record: Record, answers: Iterable[Answer]) -> tuple[str, ...] | None:
        """Worked out by the rules of today, so only where those give the recorded level."""
        answered = {answer.question for answer in answers if answer.state is not State.OPEN and answer.question}
        if assess(self.rulebook, record.answers, answered).level is not record.care_level:
            return None
        found = find_counterfactuals(self.rulebook, record.answers, answered)
        return tuple(counterfactual_in_words(self.questions, self.rulebook, one) for one in found)
