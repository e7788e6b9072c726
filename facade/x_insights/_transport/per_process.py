"""Values that must not be shared between processes or event loops, such as connections and locks."""

import os
from collections.abc import Callable
from typing import Generic, TypeVar

from anyio.lowlevel import EventLoopToken, current_token

T = TypeVar("T")


class Local(Generic[T]):
    """A value that is created again in a process that was forked, and with `per_loop` in another event loop.

    The first value is that of the current process, and of the first event loop in which it is used.
    """

    def __init__(self, value: T, create: Callable[[], T], *, per_loop: bool = False) -> None:
        self._values: dict[tuple[int, EventLoopToken | None], T] = {(os.getpid(), None): value}
        self._create = create
        self._per_loop = per_loop
        self._is_closed = False

    def get(self) -> T:
        """Return the value of this place. Raises RuntimeError if it has been closed."""
        if self._is_closed:
            raise RuntimeError("the client that owns the connections has been closed")
        place = self._locate()
        if (value := self._values.get(place)) is not None:
            return value
        # No lock guards this, because one that another thread held at a fork would never open. Of two threads that come
        # first at the same time, both get the value of the one that stores it.
        value = self._values.pop((os.getpid(), None), None)
        value = self._values.setdefault(place, self._create() if value is None else value)
        for other in [each for each in self._values if each != place]:
            self._values.pop(other, None)
        return value

    def close(self) -> T | None:
        """Return the value of this place, if there is one, to be closed. `get` fails from now on."""
        self._is_closed = True
        value = self._values.get(self._locate()) or self._values.get((os.getpid(), None))
        self._values.clear()
        return value

    def _locate(self) -> tuple[int, EventLoopToken | None]:
        return os.getpid(), current_token() if self._per_loop else None
