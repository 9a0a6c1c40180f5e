"""schemathesis over the staff page, as somebody who is logged in."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from tests.fuzz.conftest import Staff
from tests.site.description import DESCRIBED

load_all_checks()
EXAMPLES = 40
SCHEMA = schemathesis.openapi.from_dict(dict(DESCRIBED.content))
#: Checks that do not hold, and why.
_NOT_FOR = (
    "negative_data_rejection",  # a choice that there is not counts as the first one
    "positive_data_acceptance",  # a form may fit its description and yet hold a wrong password
    "ignored_auth",  # the true login is sent with every request; what happens without is in tests/site/test_login.py
)


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_staff_page_is_as_described(case: schemathesis.Case, staff: Staff) -> None:
    form: Any = case.body
    if isinstance(form, dict) and "key" in form:
        form["key"] = staff.key
    places = case.path_parameters
    if places and len(str(places.get("reference"))) % 2:
        places["reference"] = staff.references[0]
    case.cookies.clear()  # a made-up login beside the true one
    staff.clocks.move(seconds=10)
    response = case.call(
        base_url=staff.url, session=staff.session, headers={"Origin": staff.url}, allow_redirects=False
    )
    staff.answers[response.status_code] += 1
    case.validate_response(response, excluded_checks=[CHECKS.get_one(name) for name in _NOT_FOR])
    if response.headers.get("location", [""])[0].startswith("/login"):
        staff.log_in()


def test_most_of_it_was_asked_by_somebody_logged_in(staff: Staff) -> None:
    """Else only the way to the login would have been tried."""
    assert staff.answers[200] > sum(staff.answers.values()) / 4, staff.answers
    assert staff.answers[429] == 0
