"""Values that processes and event loops cannot share, such as connections and locks."""

import os
from collections.abc import Callable
from typing import Generic, TypeVar

from anyio.lowlevel import current_token

T = TypeVar("T")


class PerProcess(Generic[T]):
    """A value that is created anew in a forked process, and with `per_loop` in another event loop.

    `first` is the value of the current process, and of the first event loop in which it is used.
    """

    def __init__(self, create: Callable[[], T], first: T | None = None, *, per_loop: bool = False) -> None:
        self._create = create
        self._values: dict[tuple[int, object | None], T] = {}
        self._per_loop = per_loop
        if first is not None:
            self._values[os.getpid(), None] = first

    def get(self) -> T:
        """Return the value of the current process and event loop."""
        place = self._locate()
        if (value := self._values.get(place)) is not None:
            return value
        # No lock: one held by another thread during a fork would never be released. If two threads get here at the same
        # time, both return the value that is stored first.
        first = self._values.pop((os.getpid(), None), None) if self._per_loop else None
        value = self._values.setdefault(place, self._create() if first is None else first)
        for other in [each for each in self._values if each != place]:
            self._values.pop(other, None)
        return value

    def clear(self) -> T | None:
        """Drop all values. Return that of the current process and event loop, if there is one."""
        value = self._values.get(self._locate()) or self._values.get((os.getpid(), None))
        self._values.clear()
        return value

    def _locate(self) -> tuple[int, object | None]:
        return os.getpid(), current_token() if self._per_loop else None
