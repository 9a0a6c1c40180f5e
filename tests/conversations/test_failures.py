"""When the action server dies in the middle of a chat the person is told, and nothing is lost."""

from __future__ import annotations

import time

from sqlalchemy import create_engine, text

from hip.launch.keys import provide_keys
from hip.records.encryption import Vault
from tests.conftest import Servers
from tests.conversations.chat import OTHERWISE, ROUTINE, Chat


def test_the_action_server_dies_in_the_middle_and_comes_back(servers: Servers) -> None:
    chat = Chat(servers)
    chat.answer_until("site")
    servers.kill("actions")
    try:
        began = time.monotonic()
        chat.say("in the left groin")
        assert time.monotonic() - began < 10, "the issue's bound, not a measure of speed"
        assert "999" in chat.text
        assert "111" in chat.text
        assert chat.outcome is None
        chat.say("hello?")
        assert "999" in chat.text
    finally:
        servers.start_actions()
    chat.say("hello")
    while chat.outcome is None:
        assert chat.question not in ("age", "duration", "site", "injury_screen"), "what was answered before is kept"
        chat.say({**ROUTINE, **OTHERWISE}[chat.question or ""])
    assert chat.outcome["care_level"] == "consultation"
    with create_engine(servers.settings.database_url).connect() as connection:
        side = connection.execute(
            text(
                "SELECT value FROM answer JOIN assessment ON assessment.id = answer.assessment_id "
                "JOIN handover ON handover.assessment_id = assessment.id "
                "WHERE fact_id = 'side' AND reference = :reference"
            ),
            {"reference": chat.outcome["reference"]},
        ).scalar_one()
    vault = Vault(provide_keys(servers.settings).data_keys)
    assert vault.decrypt(side) == "left", "said while the action server was down"


def test_an_emergency_is_told_while_the_action_server_is_down(servers: Servers) -> None:
    chat = Chat(servers)
    chat.answer_until("age")
    servers.kill("actions")
    try:
        chat.say("my chest hurts and I can't breathe")
        assert chat.outcome is not None
        assert chat.outcome["care_level"] == "emergency_ambulance"
        assert "020 7946" not in chat.text, "the clinic's phone never stands beside an emergency"
        chat.say("can I book")
        assert "999" in chat.text
        assert "http" not in chat.text
    finally:
        servers.start_actions()
