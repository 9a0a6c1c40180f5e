"""Symptom triage for adults with hip pain: the product behind the Rasa assistant."""
