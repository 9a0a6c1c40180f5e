"""Stand-ins for packages that Rasa imports whether it uses them or not, and that this environment leaves out.

They are clients of chat services, message brokers, foreign databases and error reporting: more than a hundred
megabytes of code that an assistant which talks to nothing but its own database never runs, and that would have to be
watched for advisories (docs/security.md). Each stand-in gives any name that is asked of it a class, which says what is
missing when somebody builds it. All step aside when the package itself is installed.
"""

from __future__ import annotations

from functools import cache
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final, NoReturn

from hip.engine.source import Original

REPLACES: Final = (
    Original("rasa.core.tracker_store", "TrackerStore.create", (153, 189), "11300cd382e90364"),
    Original("rasa.core.brokers.broker", "EventBroker.create", (23, 42), "b0bc678ed8ea1d93"),
)

#: Package -> the part of Rasa that needs it.
LEFT_OUT: Final[dict[str, str]] = {
    "aio_pika": "the RabbitMQ event broker",
    "aiogram": "the Telegram channel",
    "aiormq": "the RabbitMQ event broker",
    "boto3": "the DynamoDB tracker store and model storage on S3",
    "botocore": "the DynamoDB tracker store and model storage on S3",
    "cachecontrol": "the Google Hangouts channel",
    "fbmessenger": "the Facebook channel",
    "google.auth": "the Google Hangouts channel",
    "google.oauth2": "the Google Hangouts channel",
    "pymongo": "the MongoDB tracker store",
    "slack_sdk": "the Slack channel",
    "socketio": "the Socket.IO channel",
    "structlog_sentry": "reports of exceptions to Sentry",
    "twilio": "the Twilio channels",
    "webexteamssdk": "the Webex channel",
}


class LeftOutError(ImportError):
    """A part of Rasa was asked for whose package this environment leaves out on purpose."""


def left_out(module: str) -> str | None:
    """The package of ``LEFT_OUT`` that a module belongs to; None for any other, and for one that is installed."""
    for package in LEFT_OUT:
        if module == package or module.startswith(f"{package}."):
            return None if _is_installed(package) else package
    return None


@cache
def _is_installed(package: str) -> bool:
    path = None
    for part in package.split("."):
        spec = PathFinder.find_spec(part, path)
        if spec is None:
            return False
        path = spec.submodule_search_locations
    return True


def spec_of(module: str, package: str) -> ModuleSpec:
    """The spec of a stand-in; it may have modules below it, which are stand-ins too."""
    return ModuleSpec(module, _Loader(package), is_package=True)


class _StandIn(ModuleType):
    """Has every name: a class, in lower case a module or function, and in capitals a constant that holds nothing."""

    def __init__(self, name: str, package: str) -> None:
        super().__init__(name)
        self._package = package

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.isupper():
            return ()
        found: Any
        if name.islower():
            found = _StandIn(f"{self.__name__}.{name}", self._package)
        else:
            found = _refusing_class(self.__name__, name, self._package)
        setattr(self, name, found)
        return found

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(self.__name__, self._package)


class _Loader(Loader):
    def __init__(self, package: str) -> None:
        self._package = package

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name, self._package)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def _refusing_class(module: str, name: str, package: str) -> type:
    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        _refuse(name, package)

    # An exception, since Rasa lists some of these names in `except` clauses, and inherits from others.
    return type(name, (Exception,), {"__module__": module, "__init__": refuse})


def _refuse(name: str, package: str) -> NoReturn:
    raise LeftOutError(
        f"{name} needs the package {package}, which this environment leaves out on purpose: this assistant does not "
        f"use {LEFT_OUT[package]} (docs/security.md)"
    )
