"""schemathesis over the public interface: what fits the description is answered as it says; the rest is refused."""

from __future__ import annotations

import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from hip.gateway.description import load_description

load_all_checks()
EXAMPLES = 40
SCHEMA = schemathesis.openapi.from_dict(load_description())
SCHEMA.config.checks.negative_data_rejection.expected_statuses = ["400", "401", "403", "404", "405", "413", "422"]

#: Checks that do not hold, and why.
_NOT_FOR = {
    # What an address is asked beside its parameters is passed over, as by any web server; a body is held to the letter.
    "negative_data_rejection": lambda case: case.method != "POST",
    # No schema can say whether a phone number is one, or whether a button was offered: a 400 and a 422 say it.
    "positive_data_acceptance": lambda case: case.method == "POST",
    # There is no Rasa server that could be ready: a 503 says so.
    "not_a_server_error": lambda case: case.path == "/readyz",
}


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_gateway_is_as_described(case: schemathesis.Case, public: str) -> None:
    token = requests.post(f"{public}/api/v1/sessions", timeout=10).json()["token"]
    headers = {} if case.operation.label == "POST /api/v1/sessions" else {"Authorization": f"Bearer {token}"}
    response = case.call(base_url=public, headers=headers, allow_redirects=False)
    left_out = [CHECKS.get_one(name) for name, applies in _NOT_FOR.items() if applies(case)]
    case.validate_response(response, excluded_checks=left_out)
