"""The public web API in front of Rasa, and all that the public reaches.

Sessions with signed tokens, one message at a time, repeats answered once, limits, history, deletion, the files of the
widget, booking links that are counted, the person's summary, and call-back requests. It decides nothing medical.
"""
