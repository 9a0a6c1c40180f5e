"""Which of a person's own words an answer may repeat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hip.own_words import SEVERITIES, OwnWords, read_own_words


@pytest.mark.parametrize(
    ("text", "facts", "medicines"),
    [
        ("I'm on apixaban for my heart", {"anticoagulant"}, {"anticoagulant": "apixaban"}),
        ("Warfarin since 2019", {"anticoagulant"}, {"anticoagulant": "warfarin"}),
        ("my dad takes Xarelto", {"anticoagulant"}, {"anticoagulant": "xarelto"}),
        ("methotrexate weekly", {"immunosuppressed"}, {"immunosuppressed": "methotrexate"}),
        (
            "metformin and apixaban",
            {"anticoagulant", "diabetes"},
            {"anticoagulant": "apixaban", "diabetes": "metformin"},
        ),
        ("I never had warfarin", set(), {}),
        ("not warfarin any more, now apixaban", {"anticoagulant"}, {}),
        ("something to thin the blood", {"anticoagulant"}, {}),
        ("naproxen", {"medicines_tried"}, {}),
        ("warfarinish", {"anticoagulant"}, {}),
    ],
)
def test_a_medicine_is_repeated_only_where_it_was_read_as_taken(
    text: str, facts: set[str], medicines: dict[str, str]
) -> None:
    assert read_own_words([(text, facts)]).medicines == medicines


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("would PRP help mild arthritis?", "mild"),
        ("my osteoarthritis is moderate", "moderate"),
        ("they said it was severe OA", "severe"),
        ("I have advanced wear in the hip", "severe"),
        ("bone on bone arthritis", "severe"),
        ("arthritis, mild I think", "mild"),
        ("the arthritis is not severe", None),
        ("it isn’t severe arthritis", None),
        ("mild to severe arthritis", None),
        ("the pain is severe", None),
        ("a mild curry", None),
        ("severe headaches for a week and later on some arthritis", None),
    ],
)
def test_severity_is_repeated_only_of_arthritis(text: str, severity: str | None) -> None:
    assert read_own_words([(text, set())]).severity == severity


def test_what_was_said_last_counts() -> None:
    messages = [
        ("on warfarin, mild arthritis", {"anticoagulant"}),
        ("sorry, it is apixaban", {"anticoagulant"}),
        ("and the arthritis is severe", set()),
        ("thanks", set()),
    ]
    assert read_own_words(messages) == OwnWords({"anticoagulant": "apixaban"}, "severe", "thanks")


@given(st.text(), st.sets(st.sampled_from(["anticoagulant", "diabetes", "age"])))
def test_any_text_is_read_and_never_repeated(text: str, facts: set[str]) -> None:
    own = read_own_words([(text, facts)])
    assert own.severity in (None, *SEVERITIES)
    assert set(own.medicines) <= facts
