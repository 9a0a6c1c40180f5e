"""How often an address or a conversation may ask: a sliding minute for each, kept in this process.

With several gateway processes each counts for itself, so the whole allows so many times more; a proxy in front may
keep a stricter count.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, cast

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem
from pyrate_limiter.abstracts.algorithm import Decision

#: So many addresses or conversations are counted at once; whoever asked longest ago is forgotten first.
MOST_KEYS: Final = 20_000


class TooMany(Exception):
    """The limit is reached; ``retry_after`` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


class MinuteLimit:
    """At most so many uses of each key in any minute.

    Args:
        limit: how many.
        clock: seconds that never go back.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = Rate(limit, Duration.MINUTE)
        self._clock = clock
        self._buckets: OrderedDict[str, InMemoryBucket] = OrderedDict()

    def use(self, key: str) -> None:
        """Count one use.

        Raises:
            TooMany: this one is over the limit, and was not counted.
        """
        now = int(self._clock() * 1000)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = InMemoryBucket([self._rate])
            if len(self._buckets) > MOST_KEYS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        bucket.leak(now)
        decision = cast(Decision, bucket.put_decision(RateItem(key, now)))  # other kinds of bucket are asynchronous
        if not decision.allowed:
            raise TooMany(max(1, math.ceil((decision.retry_after_ms or 1000) / 1000)))

    def forget(self, key: str) -> None:
        """Keep nothing of a key any more."""
        self._buckets.pop(key, None)
