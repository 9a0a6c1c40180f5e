"""What Rasa imports and never uses here stays out of the environment, and Rasa runs as if it were there."""

from __future__ import annotations

import importlib
import tomllib
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from hip.engine.left_out import LEFT_OUT, LeftOutError
from hip.settings import ROOT
from tests.engine.test_startup import run_python

#: Rasa's requirements that nothing here ever loads, as the lock would write them, and what only those need.
DROPPED = frozenset(
    {
        *("absl-py", "aio-pika", "aiogram", "aiormq", "boto3", "botocore", "cachecontrol", "colorclass", "colorhash"),
        *("confluent-kafka", "fbmessenger", "google-auth", "huggingface-hub", "mattermostwrapper", "networkx"),
        *("pydot", "pymongo", "python-engineio", "python-socketio", "rocketchat-api", "s3transfer", "sentry-sdk"),
        *("sklearn-crfsuite", "slack-sdk", "structlog-sentry", "twilio", "webexteamssdk"),
    }
)
#: Module of Rasa -> a class in it that needs what is left out.
REFUSING = {
    "rasa.core.channels.telegram": "Bot",
    "rasa.core.channels.twilio": "Client",
    "rasa.core.channels.webexteams": "WebexTeamsAPI",
    "rasa.core.channels.facebook": "MessengerClient",
    "rasa.core.channels.slack": "AsyncWebClient",
    "rasa.core.channels.socketio": "AsyncServer",
}


def test_the_lock_holds_none_of_them() -> None:
    locked = {package["name"] for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    assert sorted(DROPPED & locked) == []


def test_every_stand_in_is_for_a_package_that_is_left_out(runtime_environment: Path) -> None:
    """Were one installed again, by another package's wish, its stand-in would step aside unseen."""
    site = next(runtime_environment.glob("lib/python3*/site-packages"))
    assert [name for name in LEFT_OUT if PathFinder.find_spec(name.replace(".", "/"), [str(site)])] == []
    assert [name for name in LEFT_OUT if (site / name.replace(".", "/")).exists()] == []


def test_all_of_rasa_that_a_command_loads_can_be_imported() -> None:
    modules = "core.run core.channels core.tracker_store core.brokers.pika model_training core.test nlu.test __main__"
    code = "\n".join(f"import rasa.{name}" for name in modules.split()) + "\nrasa.__main__.create_argument_parser()"
    done = run_python(code)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("module", "name"), REFUSING.items())
def test_building_one_says_what_is_left_out(module: str, name: str) -> None:
    with pytest.raises(LeftOutError, match=r"needs the package \w+, which this environment leaves out on purpose"):
        getattr(importlib.import_module(module), name)()


def test_calling_a_function_of_one_says_it_too() -> None:
    hangouts = importlib.import_module("rasa.core.channels.hangouts")
    with pytest.raises(LeftOutError, match="the Google Hangouts channel"):
        hangouts.id_token.verify_token("token")


def test_a_tracker_store_that_cannot_be_reached_is_still_told_as_rasa_does() -> None:
    """Rasa names exceptions of drivers that are left out where it catches those of SQLAlchemy."""
    code = (
        "import sqlalchemy.exc, rasa.core.tracker_store as stores\n"
        "from rasa.shared.exceptions import ConnectionException\n"
        "def fail(*_): raise sqlalchemy.exc.OperationalError('no', {}, Exception())\n"
        "stores.create_tracker_store = fail\n"
        "try: stores.TrackerStore.create(None)\n"
        "except ConnectionException: print('told')"
    )
    assert run_python(code).stdout == "told\n"


def test_a_package_that_is_installed_is_used(tmp_path: Path) -> None:
    (tmp_path / "pymongo.py").write_text("real = True\n")
    code = "import rasa.core.constants, pymongo; print(pymongo.real)"
    assert run_python(code, PYTHONPATH=str(tmp_path)).stdout == "True\n"
