"""The tiny assistant with real servers: killed, restarted, asked odd things; nothing lost and nothing logged."""

from __future__ import annotations

import json
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from hip.launch.keys import provide_keys
from hip.launch.readiness import SENDER_PREFIX
from hip.records.database import build_engine
from hip.records.encryption import Vault
from hip.records.trackers import Trackers
from hip.settings import ROOT
from tests.conftest import Servers, make_settings, rasa_command

PROBLEM = "Technical problem. Call 999 or 111."
SERVE = (
    "from hip.launch.action_server import serve; from hip.settings import get_settings;"
    "serve(get_settings(), 'tiny_actions')"
)


@pytest.fixture(scope="module")
def tiny_servers(tiny_project: Path) -> Iterator[Servers]:
    """Both servers of the tiny project."""
    shutil.copy(ROOT / "credentials.yml", tiny_project)
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    del endpoints["nlg"]  # the tiny project has its own words
    (tiny_project / "endpoints.yml").write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    settings = make_settings(tiny_project, ACTION_TIMEOUT_SECONDS="2")
    commands = {
        "actions": [sys.executable, "-c", SERVE],
        "rasa": rasa_command(settings, tiny_project / "models" / "tiny.tar.gz"),
    }
    running = Servers(settings, tiny_project, root=tiny_project, commands=commands)
    try:
        running.start("rasa")
        running.start_actions()
        running.wait_until_answering()
        yield running
    finally:
        running.stop()


def texts(servers: Servers, sender: str, text: str) -> list[str]:
    return [answer["text"] for answer in servers.say(sender, text)]


def test_the_action_server_dies_in_the_middle_and_comes_back(tiny_servers: Servers) -> None:
    assert texts(tiny_servers, "one", "hello") == ["Which side?"]
    tiny_servers.kill("actions")
    assert texts(tiny_servers, "one", "left") == [PROBLEM]
    assert texts(tiny_servers, "two", "hello") == [PROBLEM], "a new person hears of it too"
    tiny_servers.start_actions()
    assert texts(tiny_servers, "one", "left") == ["How bad?"]
    assert texts(tiny_servers, "two", "anybody there?") == ["Which side?"]
    assert texts(tiny_servers, "one", "7") == ["Thank you."]


def test_logs_hold_nothing_that_was_typed(tiny_servers: Servers) -> None:
    secrets = ("zebra-one", "zebra-two", "zebra-three", "zebra-four", "zebra-five")
    texts(tiny_servers, "log", "hello")
    assert texts(tiny_servers, "log", "why zebra-one") == [PROBLEM], "the action raises and quotes it"
    for payload in ('/greet{"side": zebra-two}', "/zebra-three", '/greet@9.x{"a": "zebra-four"}', "/why{"):
        texts(tiny_servers, "log", payload)
    texts(tiny_servers, "log", "zebra-five \x00 'quoted'")
    broken = b'{"next_action": "action_explain", "tracker": "zebra-one"'
    assert ask(f"{tiny_servers.settings.action_url}/webhook", broken)[0] == 422
    logs = tiny_servers.log("rasa") + tiny_servers.log("actions")
    assert "Action 'action_explain' raised" in logs
    assert "Action 'action_explain' failed (HTTP 500)" in logs
    assert [secret for secret in secrets if secret in logs] == []


def ask(url: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Status and body of what comes back."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"not json", b"null"])
def test_the_action_server_refuses_what_is_no_call(tiny_servers: Servers, body: bytes) -> None:
    status, answer = ask(f"{tiny_servers.settings.action_url}/webhook", body)
    assert (status, json.loads(answer)) == (422, {"error": "not an action call"})


def test_an_action_that_is_not_there(tiny_servers: Servers) -> None:
    call = b'{"next_action": "action_none", "sender_id": "x"}'
    status, answer = ask(f"{tiny_servers.settings.action_url}/webhook", call)
    assert (status, json.loads(answer)["error"]) == (404, "no such action")


def test_both_listen_on_this_machine_only_and_keep_their_port(tiny_servers: Servers) -> None:
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    for port in (tiny_servers.settings.rasa_port, tiny_servers.settings.action_port):
        rows = [line.split() for line in listening if line.split()[1].endswith(f":{port:04X}")]
        assert {row[1].split(":")[0] for row in rows if row[3] == "0A"} == {"0100007F"}, "127.0.0.1"


def test_the_rasa_server_has_no_api(tiny_servers: Servers) -> None:
    for path in ("/status", "/conversations/one/tracker", "/domain"):
        assert ask(tiny_servers.settings.rasa_url + path)[0] == 404


def test_readiness_leaves_no_conversation_behind(tiny_servers: Servers) -> None:
    settings = provide_keys(tiny_servers.settings)
    engine = build_engine(settings.tracker_database_url)
    senders = set(Trackers(engine, Vault(settings.data_keys)).senders())
    engine.dispose()
    assert "one" in senders, "else this test shows nothing"
    assert [sender for sender in senders if sender.startswith(SENDER_PREFIX)] == []
