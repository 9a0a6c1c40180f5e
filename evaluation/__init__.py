"""Plays patients and reads messages, and scores the assistant on them."""
