"""A new key for everything that is encrypted: in batches, beside running servers, and whole after any interruption."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Text, select
from sqlalchemy.engine import Engine

from hip.gateway.conversations import Conversations
from hip.gateway.messages import Reply, Said
from hip.records import build_engine
from hip.records.__main__ import main
from hip.records.chat_tables import callback, chat_message, chat_session
from hip.records.database import RecordsError
from hip.records.encryption import EncryptionError, Vault, new_data_key
from hip.records.migration import migrate
from hip.records.rotation import MOST_PASSES, Rotation, encrypted_columns
from hip.records.staff_tables import follow_up
from hip.records.tables import answer, assessment, metadata

OLD, NEW = new_data_key(), new_data_key()
PEOPLE = 7
WORDS = "the quokka sat on my hip"

#: Text that nobody typed and that says nothing of anybody's own words.
PLAIN = {("rule_fired", "source"), ("staff_user", "password_hash")}


class Interrupted(Exception):
    """As a kill would be, at a chosen value."""


class Fragile(Vault):
    """Renews so many values and then fails."""

    def __init__(self, keys: Any, lasts: int) -> None:
        super().__init__(keys)
        self.left = lasts

    def renew(self, stored: str) -> str:
        if not self.left:
            raise Interrupted
        self.left -= 1
        return super().renew(stored)


@pytest.fixture
def filled(engine: Engine, watch: Any) -> Iterator[Engine]:
    """Something in every column that is encrypted, under the old key."""
    vault = Vault([OLD])
    conversations = Conversations(engine, vault, watch)
    for number in range(PEOPLE):
        name = f"person-{number}"
        conversations.begin(name)
        turn = conversations.accept(name, "message-1", Said(WORDS))
        conversations.answer(name, turn.number, (Reply("Which side?"), Reply("Left or right?")))
    with engine.begin() as connection:
        keys = connection.execute(select(chat_session.c.conversation_hash)).scalars().all()
        for number, key in enumerate(keys):
            contact = {"reference": f"R{number}", "contact": vault.encrypt({"name": WORDS}), "consent_at": watch()}
            connection.execute(callback.insert().values(conversation_hash=key, **contact))
            row = {
                "id": f"a{number}",
                "conversation_hash": key,
                "sequence": 1,
                "status": "open",
                "started_at": watch(),
                "updated_at": watch(),
                "rules_version": "r",
                "content_version": "c",
            }
            connection.execute(assessment.insert().values(**row))
            told = {"fact_id": "age", "revision": 1, "value": vault.encrypt(71), "recorded_at": watch()}
            connection.execute(answer.insert().values(assessment_id=f"a{number}", **told))
            note = {"status": "new", "note": vault.encrypt(WORDS), "revision": 1, "changed_by": "ann"}
            connection.execute(follow_up.insert().values(assessment_id=f"a{number}", changed_at=watch(), **note))
    yield engine
    with engine.begin() as connection:
        connection.execute(chat_session.delete())
        connection.execute(assessment.delete())


def stored(engine: Engine) -> list[str]:
    """Every encrypted value as it is kept."""
    with engine.connect() as connection:
        return [
            value for table, column in encrypted_columns() for value in connection.execute(select(column)).scalars()
        ]


def under(engine: Engine, key: str) -> int:
    """How many values this key reads."""
    vault = Vault([key])
    return sum(vault.is_current(value) for value in stored(engine))


def test_everything_moves_to_the_new_key_and_the_old_one_can_go(
    filled: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = stored(filled)
    everything = len(before)
    assert everything == PEOPLE * 6
    assert Rotation(filled, Vault([NEW, OLD]), batch=3).run() == everything
    assert under(filled, NEW) == everything
    assert under(filled, OLD) == 0
    vault = Vault([NEW])
    old = Vault([OLD])
    assert sorted(str(vault.decrypt(value)) for value in stored(filled)) == sorted(str(old.decrypt(v)) for v in before)
    assert f"chat_message.content: {PEOPLE * 3} values" in caplog.text
    for secret in (WORDS, OLD, NEW, before[0], "person-"):
        assert secret not in caplog.text


@pytest.mark.parametrize("lasts", [0, 1, 4, 23])
def test_an_interrupted_run_leaves_everything_readable_and_is_finished_by_the_next(filled: Engine, lasts: int) -> None:
    with pytest.raises(Interrupted):
        Rotation(filled, Fragile([NEW, OLD], lasts), batch=3).run()
    everything, both = PEOPLE * 6, Vault([NEW, OLD])
    done = under(filled, NEW)
    assert lasts - 3 < done <= lasts, "whole batches are kept, the one that broke is not"
    assert under(filled, OLD) == everything - done
    assert all(both.decrypt(value) for value in stored(filled))
    assert Rotation(filled, both, batch=3).run() == everything - done, "what is done is not done again"
    assert under(filled, NEW) == everything


@pytest.mark.parametrize("batch", [1, 2, 7, 1000])
def test_no_row_is_left_out_whatever_the_size_of_a_batch(filled: Engine, batch: int) -> None:
    assert Rotation(filled, Vault([NEW, OLD]), batch).run() == PEOPLE * 6
    assert Rotation(filled, Vault([NEW, OLD]), batch).run() == 0
    assert Rotation(filled, Vault([NEW]), batch).run() == 0


def test_what_somebody_wrote_meanwhile_is_not_overwritten(filled: Engine) -> None:
    """A note that a colleague saved between the reading and the writing of its old text."""
    rotation, vault = Rotation(filled, Vault([NEW, OLD])), Vault([NEW])
    with filled.begin() as connection:
        before = connection.execute(select(follow_up.c.note)).scalars().first()
        assert before
        note = vault.encrypt("newer")
        connection.execute(follow_up.update().where(follow_up.c.assessment_id == "a0").values(note=note))
        gone = rotation._renew(connection, follow_up, follow_up.c.note, ["a0"], before)
        left = connection.execute(select(follow_up.c.note).where(follow_up.c.assessment_id == "a0")).scalar_one()
    assert (gone, left) == (0, note)


def test_a_server_that_goes_on_with_the_old_key_is_noticed(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    rotation, old = Rotation(filled, Vault([NEW, OLD])), Vault([OLD])
    one_pass = rotation._pass
    passes: list[int] = []

    def with_a_writer() -> Any:
        found = one_pass()
        passes.append(found.renewed)
        with filled.begin() as connection:
            connection.execute(
                chat_message.update().where(chat_message.c.position == 1).values(content=old.encrypt("x"))
            )
        return found

    monkeypatch.setattr(rotation, "_pass", with_a_writer)
    with pytest.raises(RecordsError, match="start all servers anew with the new DATA_KEYS"):
        rotation.run()
    assert passes == [PEOPLE * 6] + [PEOPLE] * (MOST_PASSES - 1)


def test_what_no_key_reads_is_counted_and_the_rest_is_moved(filled: Engine) -> None:
    lost = Vault([new_data_key()]).encrypt("lost")
    with filled.begin() as connection:
        connection.execute(follow_up.update().where(follow_up.c.assessment_id == "a3").values(note=lost))
    with pytest.raises(EncryptionError, match=r"reads 1 in follow_up\.note: put back the key") as error:
        Rotation(filled, Vault([NEW, OLD]), batch=3).run()
    assert lost not in str(error.value)
    assert under(filled, NEW) == PEOPLE * 6 - 1


def test_every_column_of_text_is_encrypted_or_known_not_to_need_it() -> None:
    """So that a new table cannot be forgotten when a key changes."""
    texts = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Text)
    }
    assert texts - PLAIN == {(table.name, column.name) for table, column in encrypted_columns()}


def test_the_command_needs_no_more_than_the_keys(
    tmp_path: Path, watch: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/hip.db"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{tmp_path}/conversations.db")
    monkeypatch.setenv("DATA_KEYS", f"{NEW},{OLD}")
    assert main(["rotate-keys"]) == 1
    assert "run `python -m hip.records migrate`" in capsys.readouterr().err
    migrate(url)
    engine = build_engine(url)
    Conversations(engine, Vault([OLD]), watch).begin("mine")
    Conversations(engine, Vault([OLD]), watch).accept("mine", "message-1", Said(WORDS))
    assert main(["rotate-keys"]) == 0
    assert capsys.readouterr().out.startswith("records: 1 values moved to the newest key")
    assert under(engine, NEW) == 1
    monkeypatch.setenv("DATA_KEYS", OLD)
    assert main(["rotate-keys"]) == 1
    said = capsys.readouterr()
    assert "reads 1 in chat_message.content" in said.err
    for secret in (OLD, NEW, WORDS):
        assert secret not in said.out + said.err
    engine.dispose()
    assert not (tmp_path / "conversations.db").exists(), "no empty file is made"
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"quokka" not in raw
