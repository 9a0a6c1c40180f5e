"""The staff page: hand-overs by urgency, one summary with its rules, and counts. Never for the public."""
