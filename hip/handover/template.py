"""Booking links: a checked pattern with a few places to fill in, and nothing of the assessment among them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

#: All that may ever stand in a link. Never an answer, a name, an age or a care level.
FIELDS: Final = ("ref", "service", "source")

_FIELD: Final = re.compile(r"\{(\w+)\}")
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_URL_CHARACTERS: Final = re.compile(r"[!-~]+")  # printable ASCII without the space

#: Names that RFC 2606 and RFC 6761 reserve: a link to one reaches nobody.
_RESERVED: Final = re.compile(r"(?:^|\.)(?:example|test|invalid|localhost|example\.(?:com|net|org))$", re.IGNORECASE)


@dataclass(frozen=True)
class LinkTemplate:
    """A booking page's address, such as ``https://book.clinic.uk/hip?ref={ref}&from={source}``.

    Raises:
        ValueError: saying what is wrong with it.
    """

    text: str

    def __post_init__(self) -> None:
        for field in _fields(self.text):
            if field not in FIELDS:
                allowed = ", ".join(f"{{{name}}}" for name in FIELDS)
                raise ValueError(f"the link holds {{{field}}}; only {allowed} may stand in it")
        if not _URL_CHARACTERS.fullmatch(self.text):
            raise ValueError("the link holds a space or a character that no web address has")
        parts = urlsplit(self.text)
        if parts.scheme != "https":
            raise ValueError("the link must begin with https://")
        if "@" in parts.netloc:
            raise ValueError("the link must not hold a user name or password")
        if not _HOST.fullmatch(parts.netloc):
            raise ValueError(f"{parts.netloc!r} is not the name of a website")
        if parts.fragment or self.text.endswith("#"):
            raise ValueError("the link must not hold a '#' part, which booking systems do not see")
        if "{ref}" in parts.path:
            raise ValueError("{ref} may only stand behind the '?', since not everyone has a reference")

    @property
    def reaches_nobody(self) -> bool:
        """Whether the website's name is one reserved for examples."""
        return _RESERVED.search(urlsplit(self.text).netloc) is not None

    def fill(self, values: Mapping[str, str | None]) -> str:
        """The link with its fields filled in, percent-encoded.

        Args:
            values: a value for each of ``FIELDS``; a query parameter whose value is None is left out.
        """
        parts = urlsplit(self.text)
        parameters = [
            parameter
            for parameter in parts.query.split("&")
            if parameter and all(values[field] is not None for field in _FIELD.findall(parameter))
        ]
        pattern = urlunsplit(parts._replace(query="&".join(parameters)))
        return _FIELD.sub(lambda found: quote(values[found[1]] or "", safe=""), pattern)


def _fields(text: str) -> list[str]:
    """The names between braces.

    Raises:
        ValueError: a brace without its other half, or more than a name between two.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"the link's braces do not match: {error}") from error
    if "{{" in text or "}}" in text or any(spec or conversion for _, _, spec, conversion in parts):
        raise ValueError("between braces only a plain name may stand, such as {ref}")
    return [field for _, field, _, _ in parts if field is not None]
