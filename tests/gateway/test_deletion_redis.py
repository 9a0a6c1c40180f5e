"""Deleting leaves nothing in Redis, which the locks of several Rasa servers go through."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from hip.gateway.tokens import TokenMaker
from hip.launch.readiness import wait_for
from tests.redis_server import running_redis
from tests.whole_assistant import running_assistant


@pytest.fixture
def redis_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "redis"
    folder.mkdir()
    return folder


def test_no_key_names_a_deleted_conversation(trained_model: Path, tmp_path: Path, redis_folder: Path) -> None:
    with (
        running_redis(redis_folder) as redis,
        running_assistant(tmp_path, trained_model, REDIS_URL=redis.url) as servers,
        httpx2.Client(base_url=servers.settings.gateway_url, timeout=20) as client,
        redis.ask() as keys,
    ):
        began = client.post("/api/v1/sessions").json()
        conversation = TokenMaker(servers.settings.session_keys).read(began["token"])
        assert conversation
        headers = {"Authorization": f"Bearer {began['token']}"}
        said = client.post("/api/v1/messages", headers=headers, json={"id": "message-1", "text": "yes, go ahead"})
        assert said.status_code == 200
        journal = b"".join(path.read_bytes() for path in redis_folder.rglob("*.aof"))
        assert conversation.encode() in journal, "else this test shows nothing"

        assert client.delete("/api/v1/session", headers=headers).status_code == 204
        assert wait_for(lambda: not [key for key in keys.keys("*") if conversation in key], 5), keys.keys("*")
        keys.bgrewriteaof()  # as Redis does by itself when its journal has grown (deploy/: from 1 MB on)
        assert wait_for(lambda: not keys.info("persistence")["aof_rewrite_in_progress"], 10)
        written = b"".join(path.read_bytes() for path in redis_folder.rglob("*.aof"))
        assert conversation.encode() not in written
