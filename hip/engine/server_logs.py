"""Keeps what people type out of the Rasa server's ordinary logs: exception messages and warnings can quote it."""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
from types import ModuleType
from typing import Any, Final, TextIO

from hip.engine.source import Original

REPLACES: Final = (
    Original("rasa.core.run", "load_agent_on_start", (278, 297), "315d39a25c4a44b0"),
    Original("rasa.shared.utils.io", "raise_warning", (56, 101), "2cfe96199eaa6dff"),
)

logger = logging.getLogger(__name__)


def describe_exception(raised: Any) -> str:
    """Where an exception was raised and of what kind it and its causes are, without messages and values.

    Args:
        raised: an exception, a tuple as of ``sys.exc_info()``, or True for the one being handled.
    """
    if isinstance(raised, tuple):
        raised = raised[1]
    error = raised if isinstance(raised, BaseException) else sys.exc_info()[1]
    parts: list[str] = []
    while error is not None:
        parts.insert(0, "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(parts)


def keep_text_out() -> None:
    """From now on, log exceptions and warnings of this process without their messages."""
    make_record = logging.getLogRecordFactory()

    def without_message(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make_record(*args, **kwargs)
        if record.exc_info:
            record.exc_text, record.exc_info = describe_exception(record.exc_info), None
        return record

    def show_place(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        logger.warning("%s at %s:%d; its text may hold what a person typed", category.__name__, filename, lineno)

    logging.setLogRecordFactory(without_message)
    warnings.showwarning = show_place


def replace(run: ModuleType) -> None:
    """Start when the server loads its model: until then nobody has typed anything, and warnings are of use in full."""
    load = run.load_agent_on_start

    async def load_agent_on_start(*args: Any, **kwargs: Any) -> Any:
        agent = await load(*args, **kwargs)
        keep_text_out()
        return agent

    run.load_agent_on_start = load_agent_on_start  # type: ignore[attr-defined]
