"""The deadline of one page: the time that its attempts and the pauses between them may take."""

import math
import time

import httpx

from .._errors import TransportError

# No socket accepts a timeout of many years.
_LONGEST_TIMEOUT = 1_000_000


class Deadline:
    """Counts the time that one page takes, apart from the waits that X asks for."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._left = math.inf if seconds is None else seconds
        self._ends_at = math.inf

    def start(self) -> None:
        """Start to count, before a request is sent."""
        self._ends_at = time.monotonic() + self._left

    def stop(self) -> None:
        """Stop to count, when the request has ended."""
        self._left = self.compute_left()

    def compute_left(self) -> float:
        """Return the seconds that are left to a request."""
        return self._ends_at - time.monotonic()

    def has_passed(self) -> bool:
        """Return whether no time is left for another request."""
        return self._left <= 0

    def reserve(self, pause: float) -> bool:
        """Count a pause before the next attempt. Return False if it does not fit into what is left."""
        if pause >= self._left:
            return False
        self._left -= pause
        return True

    def create_timeouts(self, timeout: httpx.Timeout) -> dict[str, object]:
        """Return the value of httpx's request extension `timeout` for the synchronous client."""
        if self._seconds is None:
            return {**timeout.as_dict()}
        left = self.compute_left()
        return {
            "pool": left if timeout.pool is None or timeout.pool > left else timeout.pool,
            "connect": _SecondsLeft(self._ends_at, timeout.connect),
            "read": _SecondsLeft(self._ends_at, timeout.read),
            "write": _SecondsLeft(self._ends_at, timeout.write),
        }

    def create_error(self) -> TransportError:
        """Return the error for a page that has not arrived in time."""
        return TransportError(f"no complete response within the deadline of {self._seconds:g} s")


class _SecondsLeft:
    """A timeout that a socket converts to a number before each operation, so that many short ones are bounded too.

    A socket accepts a float, whose value is fixed, or an object with `__index__`, which is in whole seconds.
    """

    __slots__ = ("_ends_at", "_limit")

    def __init__(self, ends_at: float, limit: float | None) -> None:
        self._ends_at = ends_at
        self._limit = _LONGEST_TIMEOUT if limit is None or limit > _LONGEST_TIMEOUT else math.ceil(limit)

    def __index__(self) -> int:
        left = self._ends_at - time.monotonic()
        if left > self._limit:
            return self._limit
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return math.ceil(left)
