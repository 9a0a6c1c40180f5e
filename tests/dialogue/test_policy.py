"""The safety policy interrupts any state, and after it there is only the advice."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from hip.content import ROOT
from hip.dialogue.importer import clinic_domain
from hip.dialogue.policy import RECORD_ACTION, SafetyPolicy
from hip.triage.levels import CareLevel

FORM = "hip_assessment_form"
URGENT = [level for level in CareLevel if level.urgent]


@pytest.fixture(scope="module")
def domain() -> Domain:
    # Rasa adds the intents with topics and their actions when it reads data/nlu.
    added = {"actions": ["utter_ask_injection", "utter_ask_logistics", "utter_out_of_scope"]}
    clinic = Domain.from_dict(clinic_domain())
    return Domain.load(str(ROOT / "domain.yml")).merge(clinic).merge(Domain.from_dict(added))


@pytest.fixture(scope="module")
def policy() -> SafetyPolicy:
    return SafetyPolicy(SafetyPolicy.get_default_config(), None, None, SimpleNamespace(is_finetuning=False))


def talk(domain: Domain, *events) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("someone", list(events), slots=domain.slots, domain=domain)


def said(intent: str = "inform", possible: str | None = None) -> UserUttered:
    parsed = {"possible_red_flag": possible} if possible else {}
    return UserUttered("something", {"name": intent, "confidence": 1.0}, parse_data=parsed)


def run_turn(policy: SafetyPolicy, domain: Domain, tracker: DialogueStateTracker) -> list[str]:
    """Let the policy act until it listens or abstains; each action's own effect on the loop is applied."""
    done = []
    for _ in range(10):
        prediction = policy.predict_action_probabilities(tracker, domain)
        tracker.update_with_events(prediction.events, domain)
        if max(prediction.probabilities) == 0:
            return done
        action = domain.action_names_or_texts[prediction.max_confidence_index]
        tracker.update_with_events(prediction.optional_events, domain)
        tracker.update(ActionExecuted(action), domain)
        if action == "action_deactivate_loop":
            tracker.update_with_events([ActiveLoop(None), SlotSet("requested_slot", None)], domain)
        done.append(action)
        if action == "action_listen":
            return done
    raise AssertionError(f"the policy never listens: {done}")


def in_form(question: str) -> list:
    return [
        ActionExecuted(FORM),
        ActiveLoop(FORM),
        SlotSet("requested_slot", question),
        ActionExecuted("action_listen"),
    ]


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"cannot_bear_weight": True, "injury": True}, "emergency_ambulance"),
        ({"chest_pain_or_breathless": True}, "emergency_ambulance"),
        ({"saddle_numbness": True}, "emergency_department"),
        ({"suicidal": True}, "mental_health_crisis"),
        ({"overdose": True}, "emergency_ambulance"),
        ({"age": 15}, "same_day"),
        ({"sepsis_signs": "not_sure"}, "emergency_ambulance"),
    ],
)
@pytest.mark.parametrize("question", [None, "consent", "age", "pain_score", "read_back", "restart_confirm"])
def test_a_red_flag_interrupts_whatever_is_being_asked(policy, domain, question, facts, level) -> None:
    start = in_form(question) if question else [ActionExecuted("action_listen")]
    told = [SlotSet(fact, value) for fact, value in facts.items()]
    tracker = talk(domain, *start, said(), *told, ActionExecuted("action_extract_slots"))
    loop = ["action_deactivate_loop"] if question else []
    assert run_turn(policy, domain, tracker) == [f"utter_{level}", *loop, RECORD_ACTION, "action_listen"]
    assert tracker.get_slot("care_level") == level
    assert tracker.active_loop_name is None


def test_the_interrupt_beats_a_form_which_overrules_ordinary_predictions(policy, domain) -> None:
    tracker = talk(domain, *in_form("age"), said(), SlotSet("chest_pain_or_breathless", True))
    prediction = policy.predict_action_probabilities(tracker, domain)
    assert prediction.is_no_user_prediction
    assert prediction.policy_priority > 6, "RulePolicy has 6"


def test_a_disclosure_without_any_known_word_is_taken_as_a_crisis(policy, domain) -> None:
    tracker = talk(domain, *in_form("pain_score"), said("crisis"))
    assert run_turn(policy, domain, tracker)[0] == "utter_mental_health_crisis"
    assert tracker.get_slot("suicidal") is True


@pytest.mark.parametrize("intent", ["book", "inform", "affirm", "human", "thank", "ask_logistics", "nonsense", "greet"])
@pytest.mark.parametrize("level", URGENT)
def test_after_an_urgent_outcome_every_message_gets_the_advice_again(policy, domain, level, intent) -> None:
    tracker = talk(domain, SlotSet("care_level", level.value), ActionExecuted("action_listen"), said(intent))
    done = run_turn(policy, domain, tracker)
    assert done[-2:] == [f"utter_reminder_{level.value}", "action_listen"]
    assert not any(action.startswith("action_after") or FORM in action for action in done)


@pytest.mark.parametrize("intent", ["restart", "delete_data"])
def test_after_an_urgent_outcome_one_may_start_again_or_delete(policy, domain, intent) -> None:
    tracker = talk(domain, SlotSet("care_level", "same_day"), ActionExecuted("action_listen"), said(intent))
    assert run_turn(policy, domain, tracker) == []


def test_a_more_urgent_level_is_told_after_a_less_urgent_one(policy, domain) -> None:
    told = [SlotSet("care_level", "emergency_department"), SlotSet("saddle_numbness", True)]
    tracker = talk(domain, *told, ActionExecuted("action_listen"), said(), SlotSet("chest_pain_or_breathless", True))
    assert run_turn(policy, domain, tracker)[0] == "utter_emergency_ambulance"


def test_after_a_routine_result_a_red_flag_still_interrupts(policy, domain) -> None:
    tracker = talk(
        domain,
        SlotSet("care_level", "consultation"),
        ActionExecuted("action_listen"),
        said(),
        SlotSet("cold_pale_leg", True),
    )
    assert run_turn(policy, domain, tracker)[0] == "utter_emergency_ambulance"


def test_without_a_red_flag_it_keeps_out(policy, domain) -> None:
    tracker = talk(domain, *in_form("age"), said(), SlotSet("age", 70))
    assert run_turn(policy, domain, tracker) == []


STATES = [None, "consent", "age", "injury_screen", "read_back", "more_details"]


@pytest.mark.parametrize("question", STATES)
def test_a_possible_red_flag_is_asked_about_in_any_state_and_the_form_waits(policy, domain, question) -> None:
    start = in_form(question) if question else [ActionExecuted("action_listen")]
    tracker = talk(domain, *start, said(possible="cold_pale_leg"))
    assert run_turn(policy, domain, tracker) == ["utter_ask_cold_pale_leg", "action_listen"]
    assert tracker.get_slot("clarifying") == {"fact": "cold_pale_leg", "explained": False, "denied": []}
    assert tracker.active_loop_name == (FORM if question else None)


def clarifying(domain: Domain, question: str | None, *reply) -> DialogueStateTracker:
    start = in_form(question) if question else [ActionExecuted("action_listen")]
    asked = [ActionExecuted("utter_ask_cold_pale_leg"), SlotSet("clarifying", {"fact": "cold_pale_leg"})]
    return talk(domain, *start, said(possible="cold_pale_leg"), *asked, ActionExecuted("action_listen"), *reply)


@pytest.mark.parametrize("question", STATES)
@pytest.mark.parametrize(
    "reply",
    [
        pytest.param([said("affirm"), SlotSet("cold_pale_leg", True)], id="yes"),
        pytest.param([said("unsure"), SlotSet("cold_pale_leg", "not_sure")], id="not sure"),
        pytest.param([said("book")], id="another subject"),
        pytest.param([said("nonsense")], id="nonsense"),
        pytest.param([said("stop")], id="stop"),
    ],
)
def test_anything_but_no_counts_as_yes(policy, domain, question, reply) -> None:
    tracker = clarifying(domain, question, *reply)
    assert run_turn(policy, domain, tracker)[0] == "utter_emergency_ambulance"
    assert tracker.get_slot("care_level") == "emergency_ambulance"
    assert tracker.get_slot("cold_pale_leg") is True
    assert tracker.get_slot("clarifying")["fact"] is None


@pytest.mark.parametrize("question", STATES)
def test_no_is_recorded_and_the_conversation_goes_on(policy, domain, question) -> None:
    tracker = clarifying(domain, question, said("deny"), SlotSet("cold_pale_leg", False))
    assert run_turn(policy, domain, tracker) == []
    assert tracker.get_slot("clarifying")["fact"] is None
    assert tracker.get_slot("cold_pale_leg") is False
    tracker.update_with_events([ActionExecuted("action_listen"), said(possible="cold_pale_leg")], domain)
    assert run_turn(policy, domain, tracker) == [], "once is enough"


def test_why_is_answered_once_and_the_question_put_again(policy, domain) -> None:
    tracker = clarifying(domain, "age", said("why_ask"))
    assert run_turn(policy, domain, tracker) == ["utter_why_ask", "utter_ask_cold_pale_leg", "action_listen"]
    tracker.update(said("why_ask"), domain)
    assert run_turn(policy, domain, tracker)[0] == "utter_emergency_ambulance"


@pytest.mark.parametrize(("known", "asked"), [(True, False), ("not_sure", False), (False, True), (None, True)])
def test_what_was_told_is_not_asked_about_again_but_what_was_only_denied_in_a_list_is(
    policy, domain, known, asked
) -> None:
    told = [SlotSet("leg_swelling", known)]
    tracker = talk(domain, *in_form("age"), *told, ActionExecuted("action_listen"), said(possible="leg_swelling"))
    assert run_turn(policy, domain, tracker) == (["utter_ask_leg_swelling", "action_listen"] if asked else [])


def test_after_an_urgent_outcome_nothing_is_asked(policy, domain) -> None:
    told = [SlotSet("care_level", "same_day"), ActionExecuted("action_listen")]
    tracker = talk(domain, *told, said(possible="cold_pale_leg"))
    assert run_turn(policy, domain, tracker) == ["utter_reminder_same_day", "action_listen"]


@pytest.mark.parametrize("question", [None, "more_details", "side"])
@pytest.mark.parametrize("intent", ["ask_injection", "ask_logistics", "book", "thank", "inform"])
def test_after_a_result_care_for_the_same_day_is_told_at_once_whatever_else_is_asked(
    policy, domain, question, intent
) -> None:
    start = in_form(question) if question else [ActionExecuted("action_listen")]
    told = SlotSet("care_level", "consultation")
    tracker = talk(domain, told, *start, said(intent), SlotSet("leg_swelling", True))
    assert run_turn(policy, domain, tracker)[0] == "utter_same_day"
    assert tracker.get_slot("care_level") == "same_day"
    assert tracker.active_loop_name is None


def test_before_a_result_it_waits_for_the_screens(policy, domain) -> None:
    tracker = talk(domain, *in_form("age"), said(), SlotSet("leg_swelling", True))
    assert run_turn(policy, domain, tracker) == []


def test_an_unanswered_question_about_a_sign_after_the_result_leaves_no_way_to_book(policy, domain) -> None:
    told = [SlotSet("care_level", "consultation"), SlotSet("clarifying", {"fact": "leg_swelling"})]
    tracker = talk(domain, *told, ActionExecuted("action_listen"), said("book"))
    assert run_turn(policy, domain, tracker)[0] == "utter_same_day"
