"""From a fresh machine to servers that answer: what the Makefile's targets do."""
