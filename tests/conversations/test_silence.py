"""After an hour's silence Rasa begins a new session: the person is asked whether to carry on, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import rasa.core.processor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.utils.endpoints import EndpointConfig

from actions.desk import open_desk
from benchmarks.in_process import InProcessActions, Talk, run_actions
from hip.records.migration import migrate
from hip.settings import get_settings

HOUR = 3600
BEFORE = ["hello", "yes", "my right hip, in the groin, for two years. I am 66", *["none of these"] * 4]


@pytest.fixture(scope="module")
def talk(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    """The assistant in this process, with records of its own."""
    records = f"sqlite:///{tmp_path_factory.mktemp('silence')}/hip.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", records)
        get_settings.cache_clear()
        open_desk.cache_clear()
        migrate(records)
        nlg = EndpointConfig(type="hip.dialogue.responses.ResponseGenerator")
        yield Talk(str(trained_model), InMemoryTrackerStore(None), InProcessActions(run_actions("actions")), nlg)
    open_desk.cache_clear()
    get_settings.cache_clear()


async def come_back(talk: Talk, monkeypatch: pytest.MonkeyPatch, sender: str, text: str) -> list[dict[str, Any]]:
    """Answer some questions, say nothing for over an hour, then this; the session's clock alone is moved."""
    for line in BEFORE:
        await talk.say(line, sender)
    assert (await talk.tracker(sender)).get_slot("requested_slot") == "health_screen"
    with monkeypatch.context() as patch:
        later = SimpleNamespace(**vars(time) | {"time": lambda: time.time() + HOUR + 60})
        patch.setattr(rasa.core.processor, "time", later)
        return await talk.say(text, sender)


def question(replies: list[dict[str, Any]]) -> str | None:
    asked = [reply["custom"]["question"]["id"] for reply in replies if "question" in (reply.get("custom") or {})]
    return asked[-1] if asked else None


@pytest.mark.parametrize("text", ["hello", "ten minutes", "no", "none of these", "what is prp?", "sdfgh"])
async def test_after_an_hour_it_is_asked_whether_to_carry_on(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Whatever is said then is no answer to a question of an hour ago."""
    sender = f"silent {text}"
    assert question(await come_back(talk, monkeypatch, sender, text)) == "carry_on"
    assert question(await talk.say("carry on", sender)) == "health_screen"
    kept = (await talk.tracker(sender)).current_slot_values()
    assert (kept["age"], kept["duration_weeks"], kept["cancer_history"]) == (66, pytest.approx(104.36), None)


async def test_after_an_hour_one_may_start_again(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await come_back(talk, monkeypatch, "starts again", "hello")
    assert question(await talk.say("start again", "starts again")) == "restart_confirm"
    assert question(await talk.say("yes", "starts again")) == "respondent"
    assert (await talk.tracker("starts again")).get_slot("age") is None


async def test_after_an_hour_an_emergency_still_interrupts(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = await come_back(talk, monkeypatch, "silent 999", "my leg has gone cold and white")
    outcomes = [reply["custom"]["outcome"] for reply in replies if "outcome" in (reply.get("custom") or {})]
    assert [outcome["care_level"] for outcome in outcomes] == ["emergency_ambulance"]
    assert outcomes[0]["booking"] == []


async def test_an_hour_after_the_result_questions_are_answered_and_answers_corrected(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = "back after the result"
    for line in [*BEFORE, "none of these", "none of those", "steady, worse on stairs", "ten minutes"]:
        await talk.say(line, sender)
    for line in ["physio and exercises", "paracetamol", "none of those", "yes"]:
        await talk.say(line, sender)
    assert (await talk.tracker(sender)).get_slot("care_level") == "consultation"
    with monkeypatch.context() as patch:
        later = SimpleNamespace(**vars(time) | {"time": lambda: time.time() + HOUR + 60})
        patch.setattr(rasa.core.processor, "time", later)
        replies = await talk.say("I forgot to say that I take apixaban", sender)
    outcomes = [reply["custom"]["outcome"] for reply in replies if "outcome" in (reply.get("custom") or {})]
    assert [outcome["care_level"] for outcome in outcomes] == ["clinician_review"]
