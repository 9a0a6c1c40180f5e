"""What the gateway itself says, from ``clinic/gateway.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from hip.content import CLINIC, ContentError, read_content
from hip.handover.booking import BookingDesk

FILE: Final = "gateway.yml"

#: Problem to HTTP status. The code that the widget sees is that of the status, where several problems share one.
STATUSES: Final[Mapping[str, tuple[int, str]]] = {
    "bad_request": (400, "bad_request"),
    "empty": (400, "bad_request"),
    "bad_name": (400, "bad_request"),
    "bad_phone": (400, "bad_request"),
    "no_consent": (400, "bad_request"),
    "bad_token": (401, "bad_token"),
    "bad_origin": (403, "bad_origin"),
    "not_found": (404, "not_found"),
    "no_summary": (404, "no_summary"),
    "busy": (409, "busy"),
    "no_callback": (409, "no_callback"),
    "too_long": (413, "too_long"),
    "not_offered": (422, "not_offered"),
    "too_many": (429, "too_many"),
    "unavailable": (503, "unavailable"),
}

PAGE_TEXTS: Final = ("chat_title", "chat_intro", "chat_no_script", "link_title", "link_unknown", "link_urgent_title")


class Problem(Exception):
    """A request that is refused or cannot be answered.

    Args:
        kind: a key of ``STATUSES``.
        retry_after: seconds after which it may be tried again, if that is known.
    """

    def __init__(self, kind: str, retry_after: int | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status, self.code = STATUSES[kind]
        self.retry_after = retry_after


@dataclass(frozen=True)
class GatewayWords:
    """All texts by id."""

    problems: Mapping[str, str]
    long_message: str
    pages: Mapping[str, str]


@cache
def load_words(folder: Path = CLINIC) -> GatewayWords:
    """Read ``clinic/gateway.yml``.

    Raises:
        ContentError: naming the file and what is wrong.
    """
    content, phone = read_content(FILE, "gateway", folder), BookingDesk.load(folder).phone
    problems = _texts(content["problems"], STATUSES, phone)
    notes = _texts(content["notes"], ("long_message",), phone)
    return GatewayWords(problems, notes["long_message"], _texts(content["pages"], PAGE_TEXTS, phone))


def _texts(entries: list[dict[str, Any]], wanted: Any, phone: str) -> dict[str, str]:
    texts = {entry["id"]: entry["text"].replace("{clinic_phone}", phone) for entry in entries}
    if odd := sorted(set(texts) ^ set(wanted)):
        raise ContentError(f"clinic/{FILE}: missing, or not known to the gateway: {', '.join(odd)}")
    return texts
