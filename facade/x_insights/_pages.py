"""The pages of one call: which ones to fetch, which ones arrived, and what the caller gets of them."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Sequence

from ._endpoints import Page
from ._errors import XInsightsError
from ._results import Insights


def chunk(tweet_ids: Sequence[str], size: int) -> list[Sequence[str]]:
    """Split the IDs into batches of at most `size`."""
    return [tweet_ids[start : start + size] for start in range(0, len(tweet_ids), size)]


class PageCollector:
    """Collects the pages of one call, so that those that arrived are not lost if another one fails."""

    def __init__(self, batches: Sequence[Sequence[str]]) -> None:
        self._batches = batches
        self._requested = 0
        self._pages: dict[int, Page] = {}
        self._released = 0
        self._failure: Exception | None = None

    @property
    def remaining(self) -> int:
        """The number of batches that have not been requested."""
        return len(self._batches) - self._requested

    def request(self, limit: int | None = None) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the next batches, at most `limit`, with their positions. Stop early after a failure.

        Several tasks may share one iterator.
        """
        end = len(self._batches) if limit is None else min(self._requested + limit, len(self._batches))
        while self._requested < end and self._failure is None:
            self._requested += 1
            yield self._requested - 1, self._batches[self._requested - 1]

    def add(self, position: int, page: Page) -> None:
        """Add the page of the batch at `position`."""
        self._pages[position] = page

    @contextlib.contextmanager
    def catch_failure(self) -> Iterator[None]:
        """Keep the first exception for `join` and `release`, so that other pages in flight can still arrive."""
        try:
            yield
        except Exception as error:
            self._failure = self._failure or error

    def release(self) -> Iterator[Insights]:
        """Yield the pages in order, each as its own result. If one did not arrive, raise the failure instead."""
        while self._released in self._pages:
            tweet_ids, page = self._batches[self._released], self._pages.pop(self._released)
            self._released += 1
            yield Insights(tuple(tweet_ids), (page,))
        if self._released < self._requested:
            self.join()

    def join(self) -> Insights:
        """Return all pages as one result. If one did not arrive, raise the failure with `partial` and `pending`."""
        arrived = sorted(self._pages)
        insights = Insights(
            _flatten(self._batches[position] for position in arrived),
            tuple(self._pages[position] for position in arrived),
        )
        if len(arrived) == len(self._batches):
            return insights
        # If pages are lacking without a failure, the caller's token callable raised a cancellation, which a task group
        # takes for its own.
        failure = self._failure or XInsightsError(
            "requests were cancelled from within: does the callable `token` await a shared task?"
        )
        if isinstance(failure, XInsightsError):
            positions = range(self._released, len(self._batches))
            failure.partial = insights
            failure.pending = _flatten(self._batches[each] for each in positions if each not in self._pages)
        raise failure


def _flatten(batches: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(itertools.chain.from_iterable(batches))
