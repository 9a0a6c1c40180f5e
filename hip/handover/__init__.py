"""Hand-over: reference codes and booking links."""
