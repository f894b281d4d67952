"""A duty that comes back, such as looking for what is due: done again and again, and outages are waited out."""

import threading
from collections.abc import Callable

import structlog

from consumers.dead_letters import PASSING

FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 0.1, 5.0

log = structlog.get_logger()


def repeat(duty: Callable[[], object], stop: threading.Event, poll_s: float, name: str) -> None:
    """Until ``stop`` is set, with ``poll_s`` seconds between; anything but an outage ends the process, loudly."""
    back_off_s = FIRST_BACK_OFF_S
    while not stop.is_set():
        try:
            duty()
        except PASSING as error:
            log.warning(f"{name}.waiting", error=str(error), seconds=back_off_s)
            stop.wait(back_off_s)
            back_off_s = min(back_off_s * 2, LONGEST_BACK_OFF_S)
        else:
            back_off_s = FIRST_BACK_OFF_S
            stop.wait(poll_s)
