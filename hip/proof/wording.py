"""Property 3, the words: what a rule tells a person sends them where its level does."""

from __future__ import annotations

import re
from typing import Final

from hip.proof.finding import Breach, Claim
from hip.proof.prover import Example, Prover
from hip.triage.engine import assess
from hip.triage.levels import CareLevel
from hip.triage.rulebook import Rule

#: Words by which a reason says where to go. A reason has its own level's, and no other's.
_WORDS: Final = {
    CareLevel.EMERGENCY_AMBULANCE: re.compile(r"ambulance|\b999\b"),
    CareLevel.MENTAL_HEALTH_CRISIS: re.compile(r"\btalk to\b"),
    CareLevel.EMERGENCY_DEPARTMENT: re.compile(r"A&E"),
    CareLevel.SAME_DAY: re.compile(r"\btoday\b"),
    CareLevel.GP_SOON: re.compile(r"\bGP\b"),
}
#: What a reason may name besides: an ambulance for whom A&E cannot be reached, and a GP for a visit today.
_BESIDES: Final = {
    CareLevel.EMERGENCY_DEPARTMENT: re.compile(r"If (?:you cannot get there|nobody can take you)[^.]*\."),
    CareLevel.SAME_DAY: re.compile(r"\bGP\b"),
}


def prove_wording(prover: Prover) -> Claim:
    """Check every text, and find a patient who would read each that is wrong."""
    rules = [rule for rule in prover.rulebook.rules if not rule.level.routine]
    wrong = {rule: faults for rule in rules if (faults := _list_faults(rule))}
    breaches = tuple(
        Breach(f"{rule.id} ({rule.level.value}): its reason {' and '.join(faults)}", _find_reader(prover, rule))
        for rule, faults in wrong.items()
    )
    return Claim("what each red flag and caution says sends people where its level does", len(rules), breaches)


def _list_faults(rule: Rule) -> list[str]:
    besides = _BESIDES.get(rule.level)
    says = besides.sub("", rule.says) if besides else rule.says
    faults = [
        f"sends to {level.value}" for level, words in _WORDS.items() if level is not rule.level and words.search(says)
    ]
    if rule.level in _WORDS and not _WORDS[rule.level].search(rule.says):
        faults.append(f"does not say what {rule.level.value} means")
    return faults


def _find_reader(prover: Prover, rule: Rule) -> Example | None:
    return prover.find(
        prover.verdict.says[rule.id],
        lambda facts, answered: rule in assess(prover.rulebook, facts, answered).said,
    )
