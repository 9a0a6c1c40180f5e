"""No log line at INFO or above holds what a person typed."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys

import rasa.utils.log_utils
import structlog

from hip.engine.server_logs import describe_exception
from hip.engine.structured_logs import HIDDEN, TEXT_KEYS, hide_text

SECRET = "my secret is a sore hip"


def test_every_key_that_holds_text_is_hidden() -> None:
    event = dict.fromkeys(TEXT_KEYS, SECRET) | {"event": "rest.message.received.failure", "url": "x"}
    hidden = hide_text(None, "error", event)
    assert SECRET not in json.dumps(hidden)
    assert hidden["text"] == HIDDEN
    assert (hidden["event"], hidden["url"]) == ("rest.message.received.failure", "x")


def test_rasa_lists_no_further_key() -> None:
    listed = inspect.getsource(rasa.utils.log_utils).split("anonymizable_keys = [")[1].split("]")[0]
    assert set(re.findall(r'"(\w+)"', listed)) == TEXT_KEYS


def test_an_exception_keeps_its_place_and_loses_its_message() -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(SECRET) from error
    except ValueError as error:
        said = describe_exception(error)
    assert SECRET not in said
    assert "test_logs.py" in said
    assert said.index("KeyError") < said.rindex("ValueError")


def test_structlog_shows_neither_locals_nor_messages() -> None:
    event = {"event": "failure"}
    typed = SECRET
    try:
        raise ValueError(typed)
    except ValueError:
        hidden = hide_text(structlog, "error", event | {"exc_info": True})
    assert "ValueError" in hidden["exception"]
    assert SECRET not in json.dumps(hidden)


def test_a_serving_process_logs_no_message_of_exceptions_and_warnings() -> None:
    code = (
        "import logging, warnings\n"
        "from hip.engine.server_logs import keep_text_out\n"
        "logging.basicConfig(level='INFO')\n"
        "keep_text_out()\n"
        f"warnings.warn({SECRET!r})\n"
        "try: raise ValueError(TEXT)\n".replace("TEXT", repr(SECRET))
        + "except ValueError: logging.getLogger('sanic.error').exception('Exception occurred')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert SECRET not in done.stdout + done.stderr
    assert "UserWarning at <string>:5" in done.stderr
    assert "ValueError" in done.stderr
