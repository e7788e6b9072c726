"""Retries: which failures are retried, and when. stamina makes the attempts."""

import logging
import random
import time

import stamina

from .._errors import ApiError, RateLimitError, XInsightsError
from .deadline import Deadline
from .gate import JITTER
from .options import Options

logger = logging.getLogger("x_insights")

# The longest pause before an attempt that X does not ask for, in seconds.
LONGEST_BACKOFF = 5.0


class RetryState:
    """The attempts of one request."""

    def __init__(self, options: Options) -> None:
        self.deadline = Deadline(options.deadline)
        self._options = options
        self._started = 0
        self._replayed: XInsightsError | None = None
        self._failure, self._failed_at = "", 0.0

    def replay(self, failure: XInsightsError) -> None:
        """Let stamina see the failure of the first attempt, which is made without it.

        stamina costs a fifteenth of a page of totals, and most first attempts succeed.
        """
        self._replayed = failure

    def start_attempt(self) -> None:
        """Count an attempt, and log every one but the first with the name of the failure, whose text may have IDs."""
        if failure := self._replayed:
            self._replayed = None
            raise failure
        self._started += 1
        if self._started > 1:
            wait = time.monotonic() - self._failed_at
            logger.info(
                "attempt %d of %d after %s, waited %.1f s", self._started, self._options.attempts, self._failure, wait
            )

    def compute_wait(self, error: Exception) -> bool | float:
        """Return whether to retry after this failure, or the seconds to wait if X says so: stamina's backoff hook."""
        if not isinstance(error, XInsightsError) or not error.retryable:
            return False
        self._failure, self._failed_at = type(error).__name__, time.monotonic()
        if self.deadline.has_passed():
            return False
        if not isinstance(error, ApiError):
            return self._compute_backoff()
        self._failure += f" {error.status}"
        if error.retry_after is None and not isinstance(error, RateLimitError):
            return self._compute_backoff()
        # The deadline does not count what X asks for.
        wait = max(1.0, error.retry_after or 0.0)
        return wait <= self._options.max_wait and min(wait + random.uniform(0, JITTER), self._options.max_wait)

    def _compute_backoff(self) -> bool | float:
        """Return the seconds of an exponential backoff with jitter, or False if they do not fit into the deadline."""
        growth = 2.0 ** min(self._started - 1, 10)  # a power of 1024 would overflow
        pause = min(0.1 * growth + random.uniform(0, JITTER), LONGEST_BACKOFF, self._options.max_wait)
        return self.deadline.reserve(0.0 if stamina.is_testing() else pause) and pause
