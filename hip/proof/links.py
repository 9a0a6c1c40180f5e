"""Property 1: nobody who needs care today, and no child, is ever shown a way to book."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hip.assessment import Facts
from hip.handover.booking import BookingDesk
from hip.proof.finding import Case, Claim, settle
from hip.proof.logic import Formula, every, opposite, some
from hip.proof.prover import Prover
from hip.triage.engine import assess, is_child
from hip.triage.levels import CareLevel
from hip.triage.rulebook import Rule

#: The only hand-overs where care is needed within days, or a clinician must look first (clinical rules, 1.4).
_ONLY: Final = {
    CareLevel.GP_SOON: frozenset({"private_gp"}),
    CareLevel.CLINICIAN_REVIEW: frozenset({"clinic_phone", "consultation"}),
}
_URGENT: Final = tuple(level for level in CareLevel if level.urgent)
_ADDRESS: Final = re.compile(r"https?://|www\.|\bbook(?:ing)? (?:online|here|now)\b", re.IGNORECASE)


def prove_links(prover: Prover, desk: BookingDesk) -> list[Claim]:
    """Prove property 1 for these rules and this booking desk."""
    return [
        settle(
            prover,
            "no emergency, crisis or same-day result comes with a booking link or a number of the clinic",
            (_linked(prover, desk, level) for level in _URGENT),
        ),
        settle(prover, "nobody under 18 gets a link, or a result below same day", _children(prover, desk)),
        settle(
            prover,
            "a red flag for care today is never withheld, and never gives less than its own level",
            (_withheld(prover, rule) for rule in prover.rulebook.all_rules if rule.level.urgent),
        ),
        settle(
            prover,
            "gp_soon hands over to the private GP only, clinician_review to the phone or a consultation",
            (_beyond(prover, level, only) for level, only in _ONLY.items()),
        ),
        settle(
            prover,
            "nothing said with an urgent result holds an address or a number of the clinic",
            (_worded(prover, desk, level) for level in _URGENT),
        ),
    ]


def _offers(prover: Prover, desk: BookingDesk, level: CareLevel) -> bool:
    return bool(desk.links(prover.rulebook.levels[level].services, None))


def _gives(prover: Prover, facts: Facts, answered: frozenset[str], *levels: CareLevel) -> bool:
    return assess(prover.rulebook, facts, answered).level in levels


def _given(prover: Prover, what: str, wrong: bool, level: CareLevel) -> Case:
    """That a level which is wrong is given to nobody."""
    formula = every((wrong, prover.verdict.gives[level]))
    return Case(what, formula, lambda facts, answered: _gives(prover, facts, answered, level))


def _linked(prover: Prover, desk: BookingDesk, level: CareLevel) -> Case:
    return _given(prover, f"{level.value} comes with a link", _offers(prover, desk, level), level)


def _beyond(prover: Prover, level: CareLevel, only: frozenset[str]) -> Case:
    more = set(prover.rulebook.levels[level].services) - only
    return _given(prover, f"{level.value} hands over to {', '.join(sorted(more))}", bool(more), level)


def _worded(prover: Prover, desk: BookingDesk, level: CareLevel) -> Case:
    advice = prover.rulebook.levels[level]
    phones = {desk.phone, *(service.phone for service in desk.services.values())}
    said = [advice.title, advice.text, advice.safety_net]
    said += [rule.says for rule in prover.rulebook.all_rules if rule.level is level]
    leads = [text for text in said if _ADDRESS.search(text) or any(phone in text for phone in phones)]
    return _given(prover, f"{level.value} says: {' / '.join(leads)}", bool(leads), level)


def _children(prover: Prover, desk: BookingDesk) -> Iterator[Case]:
    verdict = prover.verdict
    linked = [level for level in CareLevel if _offers(prover, desk, level)]
    shown = some(verdict.gives[level] for level in linked)
    yield Case(
        "a child is shown a link",
        every((verdict.is_child, shown)),
        lambda facts, answered: is_child(facts) and _gives(prover, facts, answered, *linked),
    )
    yield Case(
        "a child is not sent to care today",
        every((verdict.is_child, opposite(verdict.at_least(CareLevel.SAME_DAY)))),
        lambda facts, answered: is_child(facts) and not _gives(prover, facts, answered, *_URGENT),
    )


def _withheld(prover: Prover, rule: Rule) -> Case:
    levels = [level for level in CareLevel if not rule.level.outranks(level)]
    formula: Formula = every((prover.verdict.fires[rule.id], opposite(prover.verdict.at_least(rule.level))))

    def check(facts: Facts, answered: frozenset[str]) -> bool:
        fired = rule in assess(prover.rulebook, facts, answered).fired
        return fired and not _gives(prover, facts, answered, *levels)

    return Case(f"{rule.id} fires without {rule.level.value} or more", formula, check)
