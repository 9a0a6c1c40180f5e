"""Turns what a person types into an intent, a topic and clinical facts."""
