"""Reads messages with Rasa's default pipeline; run by the Python of this folder's environment, nothing of ours in it.

``python -I read_messages.py MODEL``: each line of standard input is ``{"id": ..., "text": ...}``, each line of standard
output ``{"id", "intent", "topic", "confidence", "cpu_ms"}``. The topic is the one Rasa's ResponseSelector finds
likeliest, whatever the intent; ``cpu_ms`` is the processor time of reading this one message.
"""

import asyncio
import json
import logging
import sys
import time

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog


async def read_all(model: str) -> None:
    """Answer every line of standard input; whatever else Rasa prints goes to standard error."""
    answers, sys.stdout = sys.stdout, sys.stderr
    configure_structlog(logging.INFO)  # as `rasa run` does; else every message is logged
    agent = Agent.load(model)
    for line in sys.stdin:
        row = json.loads(line)
        began = time.process_time()
        parsed = await agent.parse_message(row["text"])
        cpu_ms = 1000 * (time.process_time() - began)
        intent = parsed["intent"]
        selected = parsed["response_selector"]["default"]["response"]
        reading = {
            "id": row["id"],
            "intent": intent["name"],
            "topic": (selected["intent_response_key"] or "").partition("/")[2] or None,
            "confidence": intent["confidence"],
            "cpu_ms": cpu_ms,
        }
        print(json.dumps(reading), file=answers, flush=True)


if __name__ == "__main__":
    asyncio.run(read_all(sys.argv[1]))
