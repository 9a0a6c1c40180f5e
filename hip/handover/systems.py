"""How the usual booking systems take what stands in a link: the reference, the service, and where the person came from.

Checked on 27 November 2026 against what is published:

- Cal.com keeps the usual UTM parameters with a booking (cal.com/help/bookings/utm-tracking); nothing is to be set up.
- Calendly does the same, and hands them on to webhooks; this is from guides of others (customerlabs.com,
  urleditor.online), since its own page on it was not at hand.
- Acuity fills a text question of an intake form by its number (developers.acuityscheduling.com/docs/embedding). The
  clinic makes that question, such as "Reference", and gives its number as ``reference_field``.

No account was at hand to try one. Anything else is a plain link, for which the clinic writes ``url_template`` itself.
"""

from __future__ import annotations

from typing import Final

_UTM: Final = "utm_source={source}&utm_campaign={service}&utm_content={ref}"

#: System to what is added to the address of its page; ``%d`` is the number of the question.
SYSTEMS: Final = {"calendly": _UTM, "cal_com": _UTM, "acuity": "field:%d={ref}"}

#: Those that need the number of a question.
NUMBERED: Final = ("acuity",)


def template_for(system: str, page: str, reference_field: int | None) -> str:
    """The link template for a page of a booking system.

    Args:
        system: a key of ``SYSTEMS``.
        page: the address that the system gives out, with or without a ``?``.
        reference_field: number of the question that takes the reference; only for those in ``NUMBERED``.

    Raises:
        ValueError: saying what is missing or too much.
    """
    if "{" in page or "}" in page:
        raise ValueError("page: is the plain address; what is added to it follows from the system")
    added = SYSTEMS[system]
    if (system in NUMBERED) != (reference_field is not None):
        need = "needs the number of the question" if system in NUMBERED else "takes no number of a question"
        raise ValueError(f"reference_field: {system} {need} that takes the reference")
    if reference_field is not None:
        added %= reference_field
    return f"{page}{'&' if '?' in page else '?'}{added}"
