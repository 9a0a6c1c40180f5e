"""The commands of a person who runs the assistant, and the login that `make run` prints."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable

import pytest

from hip.launch.failure import LaunchError
from hip.launch.servers import _addresses
from hip.settings import Settings, get_settings
from hip.site import __main__ as command
from hip.site.accounts import Accounts
from hip.site.first_login import NAME, provide_first_login
from hip.site.server import serve
from tests.site.conftest import Colleague

MADE = re.compile(r"First password of bob: ([a-z0-9-]{19})\n")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    settings: Settings, accounts: Accounts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs the command; gives its exit code, standard output and standard error."""
    monkeypatch.setattr(command, "get_settings", lambda: settings)

    def call(*arguments: str, typed: list[str] | None = None) -> tuple[int, str, str]:
        answers = iter(typed or [])
        monkeypatch.setattr(command.getpass, "getpass", lambda _prompt: next(answers))
        stdin = io.StringIO()
        stdin.isatty = lambda: typed is not None  # type: ignore[method-assign]
        monkeypatch.setattr("sys.stdin", stdin)
        return command.main(arguments), *capsys.readouterr()

    return call


def test_a_password_is_typed_at_a_terminal(run: Run, accounts: Accounts) -> None:
    typed = ["my own four words"] * 2
    assert run("add-user", "bob", typed=typed) == (0, "bob can log in\n", "")
    assert not accounts.log_in("bob", typed[0]).must_change
    assert run("set-password", "bob", typed=["another four words"] * 2)[0] == 0
    assert accounts.log_in("bob", "another four words")


def test_a_first_password_is_made_without_one_or_when_wanted(run: Run, accounts: Accounts) -> None:
    _, said, _ = run("add-user", "bob")
    (first,) = MADE.findall(said)
    assert accounts.log_in("bob", first).must_change
    _, said, _ = run("set-password", "bob", "--generate", typed=[])
    (second,) = MADE.findall(said)
    assert second != first
    assert accounts.log_in("bob", second).must_change
    assert run("users") == (0, "ann\nbob (has yet to choose a password)\n", "")
    assert run("remove-user", "bob")[0] == 0
    assert run("users")[1] == "ann\n"


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("add-user", "ann"), ["my own four words"] * 2, "ann is there already"),
        (("add-user", "bob"), ["short"], "12 to 200 characters"),
        (("add-user", "bob"), ["my own four words", "others"], "not the same"),
        (("add-user", "b b"), ["my own four words"] * 2, "A name has"),
        (("set-password", "bob"), ["my own four words"] * 2, "nobody called bob"),
        (("remove-user", "bob"), [], "nobody called bob"),
    ],
)
def test_trouble_is_one_line_without_the_password(
    run: Run, arguments: tuple[str, ...], typed: list[str], said: str
) -> None:
    code, output, errors = run(*arguments, typed=typed)
    assert (code, output) == (1, "")
    assert said in errors
    assert errors.count("\n") == 1
    assert "four words" not in errors.replace("Three or four words", "")


def test_the_database_must_be_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = dataclasses.replace(settings, database_url=f"{settings.database_url}.none")
    monkeypatch.setattr(command, "get_settings", lambda: empty)
    assert command.main(["users"]) == 1
    assert "run `python -m hip.records migrate`" in capsys.readouterr().err


def test_the_settings_are_those_of_the_installation() -> None:
    assert command.get_settings is get_settings


async def test_the_first_login_is_new_at_each_start_until_it_is_used(
    settings: Settings, browser_of: Callable[..., Colleague], accounts: Accounts
) -> None:
    assert provide_first_login(settings) is None, "ann is there"
    accounts.remove("ann")
    first = provide_first_login(settings)
    second = provide_first_login(settings)
    assert first
    assert second
    assert first != second
    assert (await browser_of().log_in(NAME, first)).status_code == 401
    browser = browser_of()
    assert (await browser.log_in(NAME, second)).status_code == 303
    await browser.get("/password")
    await browser.post("/password", password=second, new="four new plain words", again="four new plain words")
    assert provide_first_login(settings) is None
    assert f"{settings.site_url}/  (first login: staff, {second})" in _addresses(settings, second)
    assert second not in _addresses(settings, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_passwords_never_cross_a_network_in_the_clear(settings: Settings, host: str) -> None:
    with pytest.raises(LaunchError, match="SITE_URL must be an https"):
        serve(dataclasses.replace(settings, site_host=host))


def test_a_missing_key_is_named(settings: Settings) -> None:
    with pytest.raises(LaunchError, match="DATA_KEYS"):
        serve(dataclasses.replace(settings, data_keys=()))
