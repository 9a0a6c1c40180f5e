"""The triage core: pure, typed and deterministic. The only place where a care level is decided."""
