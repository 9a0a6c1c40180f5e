"""This assistant beside Rasa's default starter project: speed, memory, start, training and disk, in one run."""
