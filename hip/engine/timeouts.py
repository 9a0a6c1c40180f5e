"""How long each waits for the one behind it, in seconds: the one place that says so, from the inside out.

Whoever waits outside must wait longer than whoever waits inside, else the message of the inside, which knows what is
wrong, is never seen, and the message is worked on twice. ``tests/engine/test_timeouts.py`` holds this order, and what
the widget (``widget/src/client.ts``) and the proxies (``deploy/``) say, against it.

What a person waits for, in this order:
"""

from __future__ import annotations

from typing import Final

#: Most that ACTION_TIMEOUT_SECONDS may allow the action server for one call.
ACTION_MOST: Final = 8.0

#: After the message, every call of its turn must be over: the person is answered within ten.
TURN: Final = 8.5

#: Longest a statement, and a wait for a connection to a database or to Redis, may take.
DATABASE_STATEMENT: Final = 5.0
DATABASE_CONNECT: Final = 3.0
REDIS: Final = 2.0

#: From a request until the gateway has given the person an answer or an honest message.
ANSWER: Final = 9.2

#: A connection to the action server on which nothing is sent is closed by who calls (nginx does it after 60), and only
#: later by the server, which could do it just when the next call is sent.
KEPT_BY_CALLER: Final = 15.0
KEPT_BY_SERVER: Final = 75

#: A lock whose holder has died is free after this; a living holder renews it long before.
LOCK: Final = 10.0

#: The proxy in front of the gateway gives up.
OUTER_PROXY: Final = 12.0

#: The widget gives up, and says that something on the way is broken.
WIDGET: Final = 15.0

# What goes on behind the person's back, so that a repeat of the message finds its answer, in this order:

#: A message that waits behind others of its conversation gives up.
LOCK_WAIT: Final = 25.0

#: The gateway gives a message up that Rasa has.
RASA: Final = 30.0

#: The proxy between the gateway and the Rasa servers, and between those and the action servers, gives up.
INNER_PROXY: Final = 35.0

#: Another gateway may take a turn over whose gateway has died: waiting for earlier turns, then for Rasa, and some.
LEASE: Final = 45.0

#: A server that is told to stop finishes what it has begun; then it is killed.
STOP: Final = 40.0
