"""How the conversation goes: questions, turns, what is said, and the safety policy that outranks the rest."""
