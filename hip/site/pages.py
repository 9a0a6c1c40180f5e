"""The pages for those who are logged in. Whatever is shown is written to the audit first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hip.handover.summary import FORMATS, UnknownFormat, render
from hip.handover.summary_model import DISCLAIMER, Reader, State
from hip.records.record import Clock, Record, utc_now
from hip.site.audit import Act, Audit
from hip.site.casebook import LONGEST_NOTE, Casebook, ChangedMeanwhile
from hip.site.charts import WIDTH, lay_out_bars, lay_out_rows
from hip.site.figures import SPANS, FigureReader
from hip.site.queue import CHOICES, FollowUp, Queue
from hip.site.views import utc_day
from hip.site.visit import NOT_FOUND, Door, Refusal, Visit

_NAMES: Final = {
    "waiting": "Waiting",
    "new": "New",
    "contacted": "Contacted",
    "booked": "Booked",
    "closed": "Closed",
    "all": "All",
}
_FORMAT_NAMES: Final = {"text": "plain text", "pdf": "PDF", "fhir": "FHIR (JSON)"}


@dataclass(frozen=True)
class Pages:
    """The endpoints."""

    door: Door
    audit: Audit
    queue: Queue
    casebook: Casebook
    figures: FigureReader
    clock: Clock = utc_now

    def routes(self) -> list[Route]:
        """All of them."""
        # With a title: pages that read much, and say so when that takes long.
        table = [
            ("/", "GET", self.list, "Hand-overs"),
            ("/hand-overs.csv", "GET", self.export, None),
            ("/search", "GET", self.search, "Search"),
            ("/hand-overs/{reference}", "GET", self.show, None),
            ("/hand-overs/{reference}", "POST", self.change, None),
            ("/hand-overs/{reference}/summary", "GET", self.summary, None),
            ("/figures", "GET", self.show_figures, "Figures"),
            ("/audit", "GET", self.show_audit, "Audit"),
        ]
        return [
            Route(path, self.door.staff_only(page, loads=loads), methods=[method])
            for path, method, page, loads in table
        ]

    def list(self, visit: Visit) -> Response:
        """GET /"""
        choice = _choice(visit)
        self.audit.write(visit.name, Act.QUEUE)
        listing = self.queue.list(choice, visit.number("page", 1))
        return self._page("queue.html", visit, listing=listing, choice=choice, names=_NAMES)

    def export(self, visit: Visit) -> Response:
        """GET /hand-overs.csv"""
        choice = _choice(visit)
        self.audit.write(visit.name, Act.EXPORT)
        name = f"hand-overs-{choice}-{utc_day(self.clock())}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        # The mark at the start tells a spreadsheet that it is UTF-8.
        return Response(f"\ufeff{self.queue.export(choice)}", media_type="text/csv", headers=headers)

    def search(self, visit: Visit) -> Response:
        """GET /search"""
        typed = visit.request.query_params.get("reference", "")[:100].strip()
        self.audit.write(visit.name, Act.SEARCH)
        found = self.queue.find(typed)
        return self._page("search.html", visit, typed=typed, found=found, names=_NAMES)

    def show(self, visit: Visit) -> Response:
        """GET /hand-overs/{reference}"""
        return self._show(visit, self._record(visit))

    def change(self, visit: Visit) -> Response:
        """POST /hand-overs/{reference}"""
        record, form = self._record(visit), visit.form
        text, raw = form.get("note", "").replace("\r\n", "\n").strip(), form.get("revision", "")
        if form.get("status") not in {status.value for status in FollowUp} or not raw.isdecimal():
            raise Refusal(400, "That form was not complete", "Go back, load the page again, and try once more.")
        status = FollowUp(form["status"])
        if len(text) > LONGEST_NOTE:
            problem = f"The note is {len(text):,} characters long. Please keep it below {LONGEST_NOTE:,}."
            return self._show(visit, record, 400, status=status, text=text, problem=problem)
        self.audit.write(visit.name, Act.CHANGE, record.id)
        try:
            self.casebook.save(record.id, status, text, int(raw), visit.name)
        except ChangedMeanwhile:
            problem = (
                "A colleague saved something here after you opened the page, so yours was not saved. Theirs is shown "
                "above the form, yours is still in it: put the two together, then save."
            )
            return self._show(visit, record, 409, status=status, text=text, problem=problem)
        return RedirectResponse(f"/hand-overs/{record.reference}?saved=1#follow-up", 303)

    def summary(self, visit: Visit) -> Response:
        """GET /hand-overs/{reference}/summary"""
        record = self._record(visit)
        self.audit.write(visit.name, Act.DOWNLOAD, record.id)
        try:
            form = visit.request.query_params.get("format", "text")
            document = render(form, self.casebook.summarise(record), Reader.CLINICIAN)
        except UnknownFormat:
            raise Refusal(404, *NOT_FOUND) from None
        headers = {"Content-Disposition": f'attachment; filename="{document.name}"'}
        return Response(document.content, media_type=document.media_type, headers=headers)

    def show_figures(self, visit: Visit) -> Response:
        """GET /figures"""
        span = visit.number("weeks", 13)
        span = span if span in SPANS else 13
        self.audit.write(visit.name, Act.FIGURES)
        figures = self.figures.read(span)
        bars = {
            "stages": lay_out_bars(figures.stages),
            "stops": lay_out_bars(figures.stops),
            "topics": lay_out_bars(figures.topics),
            "unclear": lay_out_bars(figures.unclear),
        }
        rows = lay_out_rows(figures.levels)
        return self._page(
            "figures.html", visit, figures=figures, bars=bars, rows=rows, width=WIDTH, span=span, spans=SPANS
        )

    def show_audit(self, visit: Visit) -> Response:
        """GET /audit"""
        self.audit.write(visit.name, Act.AUDIT)
        page = visit.number("page", 1)
        lines, more = self.audit.read(page)
        return self._page("audit.html", visit, lines=lines, page=page, more=more)

    def _record(self, visit: Visit) -> Record:
        record = self.casebook.find(visit.request.path_params["reference"])
        if record is None:
            raise Refusal(404, *NOT_FOUND)
        return record

    def _show(
        self,
        visit: Visit,
        record: Record,
        code: int = 200,
        *,
        status: FollowUp | None = None,
        text: str | None = None,
        problem: str | None = None,
    ) -> Response:
        """The page of one hand-over; with a problem it holds what was typed, so that nothing is lost."""
        self.audit.write(visit.name, Act.VIEW, record.id)
        case = self.casebook.open(record)
        return self._page(
            "handover.html",
            visit,
            code,
            case=case,
            summary=case.summary,
            answers={state: [each for each in case.summary.answers if each.state is state] for state in State},
            states=State,
            disclaimer=DISCLAIMER,
            statuses={status.value: _NAMES[status.value] for status in FollowUp},
            status=(status or case.note.status).value,
            text=case.note.text if text is None else text,
            problem=problem,
            saved=problem is None and visit.request.query_params.get("saved") == "1",
            formats={form: _FORMAT_NAMES.get(form, form) for form in FORMATS},
            longest_note=LONGEST_NOTE,
        )

    def _page(self, template: str, visit: Visit, code: int = 200, /, **values: object) -> Response:
        return self.door.views.page(template, visit.staff, visit.token, code, **values)


def _choice(visit: Visit) -> str:
    choice = visit.request.query_params.get("show", "waiting")
    return choice if choice in CHOICES else "waiting"
