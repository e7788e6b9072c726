"""The page iterators of both clients."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Generic, TypeVar

from ._pages import PageCollector
from ._results import Insights
from ._tables import format_count

T = TypeVar("T")


class _Pages(Generic[T]):
    def __init__(self, collector: PageCollector, fetch: Callable[[PageCollector, int], T], limit: int) -> None:
        self._collector = collector
        self._fetch = fetch
        self._limit = limit
        self._length = collector.remaining

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {format_count(self._length, 'page')}>"


class PageIterator(_Pages[None], Iterator[Insights]):
    """Iterates over the pages of a call. `len()` is the largest number of pages that it yields.

    The length is known before the first page is requested. If `auto` falls back, there are fewer and larger pages. An
    iteration that continues after a page was interrupted raises `XInsightsError` with the IDs that are `pending`. Use
    an iterator in one thread at a time.
    """

    def __next__(self) -> Insights:
        while (insights := self._collector.release()) is None:
            if not self._collector.advance():
                self._collector.end()
                raise StopIteration
            self._fetch(self._collector, self._limit)
        return insights

    def close(self) -> None:
        """End the iteration. No further page is requested."""
        self._collector.close()


class AsyncPageIterator(_Pages[Awaitable[None]], AsyncIterator[Insights]):
    """The same as `PageIterator`, for `async for` in one task at a time. Nothing is in flight between two pages."""

    async def __anext__(self) -> Insights:
        while (insights := self._collector.release()) is None:
            if not self._collector.advance():
                self._collector.end()
                raise StopAsyncIteration
            await self._fetch(self._collector, self._limit)
        return insights

    async def aclose(self) -> None:
        """End the iteration. No further page is requested."""
        self._collector.close()
