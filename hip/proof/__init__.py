"""Proves properties of the rules for every patient there can be, with the solver z3; ``python -m hip.proof``."""
