"""Deletes once a day what has been kept for long enough, beside the servers, so that nobody has to set up a job for it.

With several machines each may do it: a purge may be repeated, and two at once do no harm.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from hip.records.database import RecordsError, build_engine
from hip.records.migration import check
from hip.records.record import utc_now
from hip.records.retention import Periods, Purge, Purged
from hip.settings import Settings

logger = logging.getLogger(__name__)

#: Seconds from one purge to the next, and to another try after one that failed.
DAY: Final = 24 * 3600.0
AGAIN: Final = 3600.0


def purge(settings: Settings) -> Purged:
    """Delete what is due now.

    Raises:
        RecordsError: a database cannot be used. What was deleted before that stays deleted.
    """
    check(settings.database_url)
    records, tracker = build_engine(settings.database_url), build_engine(settings.tracker_database_url)
    periods = Periods(*(timedelta(days=days) for days in settings.keep_days))
    try:
        return Purge(records, tracker, periods, utc_now()).run()
    finally:
        records.dispose()
        tracker.dispose()


def serve(settings: Settings, wait: Callable[[float], None] = time.sleep) -> None:
    """Purge at once and then every day, until stopped; a database that is down is waited for.

    Args:
        settings: of the installation.
        wait: waits so many seconds.
    """
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    while True:
        try:
            logger.info("Purged %s", purge(settings))
        except RecordsError as error:
            logger.error("Nothing more was purged, and will be in an hour: %s", error)
            wait(AGAIN)
        else:
            wait(DAY)
