"""The description of the staff page is that of the code; every answer in the other tests is held against it too."""

from __future__ import annotations

import re

import jsonschema
import pytest

from hip.handover.summary import FORMATS
from hip.settings import Settings
from hip.site.app import build_app
from hip.site.casebook import LONGEST_NOTE
from hip.site.figures import SPANS
from hip.site.queue import CHOICES, FollowUp
from hip.triage.levels import CareLevel
from tests.site.conftest import Colleague, People
from tests.site.description import DESCRIBED

FORM = "application/x-www-form-urlencoded"


def test_it_has_every_route_and_no_other(settings: Settings) -> None:
    routes = {(route.path, method.lower()) for route in build_app(settings).routes for method in route.methods or ()}
    assert {route for route in routes if route[1] != "head"} == DESCRIBED.operations()


def test_its_references_lead_somewhere() -> None:
    DESCRIBED.resolve_all()


def test_what_can_be_chosen_is_what_the_code_knows() -> None:
    parameters, paths = DESCRIBED.content["components"]["parameters"], DESCRIBED.content["paths"]
    assert parameters["show"]["schema"]["enum"] == list(CHOICES)
    assert [int(weeks) for weeks in paths["/figures"]["get"]["parameters"][0]["schema"]["enum"]] == list(SPANS)
    assert paths["/hand-overs/{reference}/summary"]["get"]["parameters"][0]["schema"]["enum"] == list(FORMATS)
    form = paths["/hand-overs/{reference}"]["post"]["requestBody"]["content"][FORM]["schema"]["properties"]
    assert form["status"]["enum"] == [status.value for status in FollowUp]
    assert form["note"]["maxLength"] == LONGEST_NOTE


@pytest.mark.parametrize("address", ["/", "/figures", "/audit", "/search", "/password", "/hand-overs/{}"])
async def test_the_forms_of_the_pages_are_those_described(ann: Colleague, people: People, address: str) -> None:
    page = await ann.get(address.format(people.hand_over(CareLevel.CONSULTATION)))
    forms = re.findall(r'<form method="post" action="([^"#?]*)[^"]*">(.*?)</form>', page, re.DOTALL)
    assert forms
    for action, inside in forms:
        schema = DESCRIBED.operation_for("post", action)["requestBody"]["content"][FORM]["schema"]
        names = set(re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', inside))
        assert names - {"username"} == set(schema["required"]), "a password manager's field aside"
        key = re.search(r'name="key" value="([^"]*)"', inside)
        assert key
        jsonschema.validate(key[1], DESCRIBED.content["components"]["schemas"]["Key"])
