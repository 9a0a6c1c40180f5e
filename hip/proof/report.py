"""The properties of the rules, proved one after the other, and how the outcome is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from hip.handover.booking import BookingDesk
from hip.proof.finding import Claim
from hip.proof.floors import Floors
from hip.proof.links import prove_links
from hip.proof.prover import Prover
from hip.proof.reach import prove_reach
from hip.proof.rows import prove_cautions, prove_rows
from hip.proof.talk import prove_talk
from hip.proof.urgency import prove_urgency
from hip.proof.wording import prove_wording
from hip.triage.rulebook import Rulebook


@dataclass(frozen=True)
class Outcome:
    """What the proof of one property came to; ``seconds`` is only ever printed."""

    name: str
    claims: tuple[Claim, ...]
    seconds: float

    @property
    def proved(self) -> bool:
        """Whether every statement of the property holds."""
        return all(claim.proved for claim in self.claims)

    def __str__(self) -> str:
        lines = [f"{self.name}: {'proved' if self.proved else 'BROKEN'} ({self.seconds:.1f} s)"]
        for claim in self.claims:
            lines.append(f"  {'proved' if claim.proved else 'BROKEN'}  {claim.cases:4}  {claim.says}")
            lines += [f"      {breach}" for breach in claim.breaches]
        return "\n".join(lines)


def prove(rulebook: Rulebook, desk: BookingDesk, floors: Floors) -> Iterator[Outcome]:
    """Prove every property of these rules for every patient there can be.

    Args:
        rulebook: the rules.
        desk: the clinic's services, for what a level's hand-over comes to.
        floors: the least care that each row of the clinical rules allows.

    Yields:
        The outcome of each property as soon as it is known.

    Raises:
        ProofError: the solver and the engine disagree, so that nothing is proved.
    """
    prover = Prover(rulebook)
    properties: dict[str, Callable[[], list[Claim]]] = {
        "1. no link beside urgent care, none for a child": lambda: prove_links(prover, desk),
        "2. a symptom more is never less urgent, unknown is never no": lambda: prove_urgency(prover),
        "3. everything can be reached, nothing contradicts": lambda: [*prove_reach(prover), prove_wording(prover)],
        "4. every conversation ends, and asks nothing without a use": lambda: prove_talk(prover),
        "5. a caution never ends in an injection": lambda: prove_cautions(prover, floors),
        "6. every row of the clinical rules": lambda: prove_rows(prover, floors),
    }
    for name, work in properties.items():
        start = perf_counter()
        claims = tuple(work())
        yield Outcome(name, claims, perf_counter() - start)
