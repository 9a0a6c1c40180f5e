"""Long conversations with the real assistant, folded and kept whole side by side: every reply and slot is the same."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.utils.endpoints import EndpointConfig

from actions.desk import open_desk
from benchmarks.in_process import InProcessActions, Talk, run_actions
from hip.engine import fold
from hip.engine.tracker_store import ConversationStore
from hip.records.migration import migrate
from hip.settings import get_settings

#: Answers, questions in the middle, corrections, medicines by name, emergencies, changes of mind and nonsense.
TEXTS = (
    *("yes", "no", "none of these", "not sure", "skip", "it's for me", "63", "two years", "my left hip", "groin"),
    *("I take apixaban", "they call it severe arthritis", "physiotherapy and paracetamol", "about a 6"),
    *("worse when I walk, not getting worse fast", "ten minutes, other joints are fine", "yes, that is right"),
    *("why do you ask?", "how long does a steroid injection last?", "what is PRP?", "what does it cost?", "thanks"),
    *("no, the right one", "go back", "start again", "delete my data", "book", "can I talk to a person?", "hello"),
    *("I have a fever and the hip is hot", "I cannot stand on it since I fell", "my calf is swollen", "xqz fff"),
    *("what's the weather", "are you a robot", "stop", "Yes, ask me", "walking and stairs", "never", "I am diabetic"),
)
TURNS = 70
REFERENCE = re.compile(r"HIP-[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture
def talks(trained_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Talk, Talk]]:
    """The assistant twice, with the same records and a store of its own: ours, and Rasa's."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/hip.db")
    get_settings.cache_clear()
    open_desk.cache_clear()
    migrate(f"sqlite:///{tmp_path}/hip.db")
    actions = InProcessActions(run_actions("actions"))
    nlg = EndpointConfig(type="hip.dialogue.responses.ResponseGenerator")
    ours = ConversationStore(host=f"sqlite:///{tmp_path}/ours.db")
    yield (
        Talk(str(trained_model), ours, actions, nlg),
        Talk(str(trained_model), SQLTrackerStore(db=f"{tmp_path}/rasas.db"), actions, nlg),
    )
    ours.rows.engine.dispose()
    open_desk.cache_clear()
    get_settings.cache_clear()


def without_reference(value: Any) -> str:
    """References are drawn at random."""
    return REFERENCE.sub("HIP-0000-0000", json.dumps(value, sort_keys=True))


@pytest.mark.parametrize(("seed", "above", "keep"), [(1, fold.FOLD_ABOVE, fold.KEEP), (2, 1, 1)])
async def test_every_reply_and_slot_is_the_same(
    talks: tuple[Talk, Talk], monkeypatch: pytest.MonkeyPatch, seed: int, above: int, keep: int
) -> None:
    monkeypatch.setattr(fold, "FOLD_ABOVE", above)
    monkeypatch.setattr(fold, "KEEP", keep)
    draw = random.Random(seed)
    heard: list[str] = []
    for _ in range(TURNS):
        heard.append(draw.choice(TEXTS))
        replies, states = [], []
        for name, talk in zip(("ours", "rasas"), talks, strict=True):
            said = await talk.say(heard[-1], name)
            tracker = await talk.tracker(name)
            replies.append([{key: part for key, part in each.items() if key != "recipient_id"} for each in said])
            states.append((tracker.current_slot_values(), tracker.active_loop_name))
        assert without_reference(replies[0]) == without_reference(replies[1]), heard[-5:]
        assert without_reference(states[0]) == without_reference(states[1]), heard[-5:]
    ours, rasas = [await talk.tracker(name) for name, talk in zip(("ours", "rasas"), talks, strict=True)]
    assert len(ours.events) < len(rasas.events) / 3, "else this test shows nothing"
