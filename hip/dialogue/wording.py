"""What the assistant says besides questions, explanations and results, from ``clinic/conversation.yml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from hip.explanations import Wording, load_conversation
from hip.handover.booking import BookingDesk


class Wordings:
    """All wordings by name, with the clinic's phone filled in."""

    def __init__(self, wordings: Mapping[str, tuple[Wording, ...]], clinic_phone: str) -> None:
        self._wordings = wordings
        self._clinic_phone = clinic_phone

    @property
    def names(self) -> Iterable[str]:
        """Every name there is."""
        return self._wordings.keys()

    def __contains__(self, name: object) -> bool:
        return name in self._wordings

    def text(self, name: str, times: int, other: bool, places: Mapping[str, str]) -> str:
        """One wording.

        Args:
            name: which.
            times: how often it has been said; another alternative is taken each time, in turn.
            other: whether the person answers for somebody else.
            places: what fills ``{what}`` and the like.
        """
        alternatives = self._wordings[name]
        chosen = alternatives[times % len(alternatives)]
        return self.fill(chosen.other if other and chosen.other else chosen.text, places)

    def fill(self, text: str, places: Mapping[str, str] | None = None) -> str:
        """Put the clinic's phone and the given values into their places; an unfilled place stays as it is."""
        filled = {"clinic_phone": self._clinic_phone, **(places or {})}
        for place, value in filled.items():
            text = text.replace("{" + place + "}", value)
        return text


@cache
def load_wordings() -> Wordings:
    """Read the conversation's wordings and the clinic's phone.

    Raises:
        ContentError: naming file and place.
    """
    return Wordings(load_conversation(), BookingDesk.load().phone)
