"""Logging in and out, and changing one's password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hip.gateway.guard import address_of
from hip.gateway.limits import MinuteLimit
from hip.site.accounts import AccountError, Accounts, LoginLocked, LoginRefused
from hip.site.audit import Act, Audit
from hip.site.logins import FORM_ONLY, new_token
from hip.site.visit import Door, Visit

_WRONG: Final = "The name or the password is wrong."
_LOCKED: Final = "There were too many wrong passwords for this name. Please wait 15 minutes, then try again."
_ENDED: Final = "You have been logged out, because nothing was done for 30 minutes or the day was over."


@dataclass(frozen=True)
class Entrance:
    """The endpoints.

    Attributes:
        limit: logins that one address may try a minute, whatever the name.
    """

    door: Door
    accounts: Accounts
    audit: Audit
    limit: MinuteLimit

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/login", self.door.open_to_all(self.show), methods=["GET"]),
            Route("/login", self.door.open_to_all(self.log_in), methods=["POST"]),
            Route("/logout", self.door.staff_only(self.log_out, new_too=True), methods=["POST"]),
            Route("/password", self.door.staff_only(self.show_password, new_too=True), methods=["GET"]),
            Route("/password", self.door.staff_only(self.change_password, new_too=True), methods=["POST"]),
        ]

    def show(self, visit: Visit) -> Response:
        """GET /login"""
        if visit.staff is not None:
            return RedirectResponse("/", 303)
        ended = visit.request.query_params.get("ended") == "1"
        return self._form(None, notice=_ENDED if ended else None)

    def log_in(self, visit: Visit) -> Response:
        """POST /login"""
        self.limit.use(address_of(visit.request))
        name = visit.form.get("name", "")[:100]
        try:
            staff = self.accounts.log_in(name, visit.form.get("password", ""))
        except LoginRefused:
            return self._form(_WRONG, 401, name)
        except LoginLocked:
            return self._form(_LOCKED, 429, name)
        self.door.logins.end(visit.token)
        # A fresh token, so that one which somebody planted in this browser before is worth nothing.
        token = self.door.logins.begin(staff.id)
        return self.door.hand_out(RedirectResponse("/", 303), token)

    def log_out(self, visit: Visit) -> Response:
        """POST /logout"""
        self.door.logins.end(visit.token)
        self.audit.write(visit.name, Act.LOGOUT)
        return self.door.take_back(RedirectResponse("/login", 303))

    def show_password(self, visit: Visit) -> Response:
        """GET /password"""
        return self._password_form(visit, None)

    def change_password(self, visit: Visit) -> Response:
        """POST /password"""
        new = visit.form.get("new", "")
        if new != visit.form.get("again", ""):
            return self._password_form(visit, "The two new passwords are not the same.")
        if new == visit.form.get("password", ""):
            return self._password_form(visit, "The new password is the old one. Please choose another.")
        try:
            staff = self.accounts.log_in(visit.name, visit.form.get("password", ""))
            self.accounts.set_password(visit.name, new, must_change=False)
        except LoginRefused:
            return self._password_form(visit, "The old password is wrong.")
        except LoginLocked:
            return self._password_form(visit, _LOCKED)
        except AccountError as error:
            return self._password_form(visit, str(error))
        self.audit.write(visit.name, Act.PASSWORD)
        return self.door.hand_out(RedirectResponse("/", 303), self.door.logins.begin(staff.id))

    def _form(self, problem: str | None, code: int = 200, name: str = "", *, notice: str | None = None) -> Response:
        token = FORM_ONLY + new_token()
        values = {"problem": problem, "notice": notice, "name": name}
        page = self.door.views.page("login.html", None, token, code, **values)
        return self.door.hand_out(page, token)

    def _password_form(self, visit: Visit, problem: str | None) -> Response:
        code = 200 if problem is None else 400
        return self.door.views.page("password.html", visit.staff, visit.token, code, problem=problem)
