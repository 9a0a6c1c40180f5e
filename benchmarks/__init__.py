"""Measurements of the assistant against its peers: speed, memory and accuracy."""
