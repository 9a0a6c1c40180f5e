"""Draws the pages from the templates; whatever comes from the database or a person is escaped."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from hip.site.accounts import LONGEST, SHORTEST, Staff
from hip.site.logins import form_key
from hip.site.wording import LEVEL_NAMES

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"

#: Between these stands what differs from page to page; ``templates/base.html`` has them so.
_MAIN: Final = ('<main id="main" class="wide" tabindex="-1">', "</main>")

_CLINIC_TIME: Final = ZoneInfo("Europe/London")


class Views:
    """The templates.

    Args:
        clinic: the clinic's name.
    """

    def __init__(self, clinic: str) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["moment"] = _moment
        self._environment.globals |= {
            "clinic": clinic,
            "shortest": SHORTEST,
            "longest": LONGEST,
            "level_names": LEVEL_NAMES,
        }

    def page(self, template: str, staff: Staff | None, token: str, status: int = 200, /, **values: Any) -> HTMLResponse:
        """One page; ``token`` makes its forms valid for this browser alone."""
        drawn = self._environment.get_template(template).render(staff=staff, key=form_key(token), **values)
        return HTMLResponse(drawn, status)

    def loading(self, staff: Staff | None, token: str, title: str, here: str) -> str:
        """The beginning of a page, up to where its main part goes on when it is ready; until then it says so."""
        drawn = self._environment.get_template("loading.html").render(
            staff=staff, key=form_key(token), title=title, here=here
        )
        return drawn.rpartition(_MAIN[1])[0]

    def rest(self, page: Response) -> str:
        """What follows ``loading``: all of a drawn page from its main part on."""
        return bytes(page.body).decode().partition(_MAIN[0])[2]

    def refusal(self, status: int, title: str, text: str) -> HTMLResponse:
        """The page that says why something did not work."""
        return self.page("refusal.html", None, "", status, title=title, text=text)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(_CLINIC_TIME):%-d %B %Y, %H:%M}"


def utc_day(at: datetime) -> str:
    """The day for a file name."""
    return f"{at.astimezone(UTC):%Y-%m-%d}"
