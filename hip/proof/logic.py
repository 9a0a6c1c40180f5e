"""Truth values that are Python's own where they are certain and z3's where they depend on the patient.

What is certain is folded away at once, so that a formula holds only what a patient can change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import z3

#: A certain truth, or one that depends on the patient.
Formula: TypeAlias = bool | z3.BoolRef


def every(parts: Iterable[Formula]) -> Formula:
    """Whether all parts are true; true without any."""
    open_parts = _open(parts, deciding=False)
    if open_parts is None:
        return False
    return _join(z3.Z3_mk_and, open_parts) if open_parts else True


def some(parts: Iterable[Formula]) -> Formula:
    """Whether at least one part is true; false without any."""
    open_parts = _open(parts, deciding=True)
    if open_parts is None:
        return True
    return _join(z3.Z3_mk_or, open_parts) if open_parts else False


def opposite(part: Formula) -> Formula:
    """Whether a part is false."""
    return not part if isinstance(part, bool) else z3.BoolRef(z3.Z3_mk_not(part.ctx_ref(), part.as_ast()), part.ctx)


def differ(one: Formula, other: Formula) -> Formula:
    """Whether exactly one of two is true."""
    return some((every((one, opposite(other))), every((other, opposite(one)))))


def _join(make: Callable[..., Any], parts: list[z3.BoolRef]) -> z3.BoolRef:
    """``z3.And`` or ``z3.Or`` without their checks of every part's sort, which take most of the time of a proof."""
    if len(parts) == 1:
        return parts[0]
    asts = (z3.Ast * len(parts))(*(part.as_ast() for part in parts))
    return z3.BoolRef(make(parts[0].ctx_ref(), len(parts), asts), parts[0].ctx)


def _open(parts: Iterable[Formula], deciding: bool) -> list[z3.BoolRef] | None:
    """The parts that are not certain, each once; None when one certain part decides the whole."""
    found: dict[int, z3.BoolRef] = {}
    for part in parts:
        if isinstance(part, bool):
            if part is deciding:
                return None
        else:
            found[part.get_id()] = part
    return list(found.values())


@dataclass(frozen=True)
class Truth:
    """A three-valued outcome: it holds, it fails, or neither, which is "not known yet"."""

    holds: Formula
    fails: Formula

    @property
    def undecided(self) -> Formula:
        """Whether it is not known yet."""
        return every((opposite(self.holds), opposite(self.fails)))

    def is_(self, target: bool) -> Formula:
        """Whether it has come to this outcome."""
        return self.holds if target else self.fails
