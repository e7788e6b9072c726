"""The asynchronous transport: the same as the synchronous one, except where it waits."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx

from .._endpoints import Batch, Page
from .._errors import wrap_exception
from .response import is_too_large
from .retry import Budget
from .transport import Account, build_request
from .transport_errors import convert_exception


class AsyncTransport(Account[httpx.AsyncClient]):
    """Fetches batches for one account: one batch in, one page or one error out."""

    client_class = httpx.AsyncClient

    async def fetch(self, batch: Batch) -> Page | Exception:
        """Return the page of a batch, or the error of the last attempt, for the collector to raise."""
        budget = Budget(self._options, can_renew_token=self._credentials.is_renewable)
        try:
            while True:
                outcome = self._gate.check(batch.endpoint.name) or await self._send_in_time(batch, budget)
                pause = budget.find_pause(outcome)
                if pause is None:
                    return outcome
                await anyio.sleep(pause)
        except Exception as error:  # such as a logging filter's, which must not lose the pages already received
            return wrap_exception("a page was not fetched: {} was raised", error)

    async def close(self) -> None:
        """Close the connections, unless they belong to another account or to the caller's `http_client`."""
        if self._owns_connections and (http := self._connections.close()):
            await http.aclose()

    async def _send_in_time(self, batch: Batch, budget: Budget) -> Page | Exception:
        outcome: Page | Exception | None = None
        with anyio.move_on_after(budget.compute_remaining()):
            outcome = await self._send(batch, budget)
        # There is no outcome if the scope was cancelled, by the deadline and not by the caller.
        return budget.create_deadline_error() if outcome is None else outcome

    async def _send(self, batch: Batch, budget: Budget) -> Page | Exception:
        http = self._connections.get()
        if isinstance(http, Exception):
            return http
        request = build_request(http, self._options, batch)
        if failure := await self._credentials.authorize_async(request, budget.rejected):
            return failure
        budget.authorization = request.headers.get("Authorization")  # before a hook of the caller may change it
        if request.url.scheme == "https":
            request.extensions["trace"] = _create_trace()
        try:
            response = await http.send(request, auth=self._credentials.auth, stream=True, follow_redirects=False)
            async with contextlib.aclosing(response):
                raw = await _read_body(response)
            return self._process(batch, response, raw)
        except Exception as error:
            return convert_exception(request, error, is_closed=http.is_closed)


def _create_trace() -> Callable[[str, dict[str, Any]], Awaitable[None]]:
    """Return httpx's request extension `trace` that closes a connection whose TLS handshake is cancelled.

    httpcore 1.0 closes it only after an Exception, and then forgets it: the socket would be left to garbage collection.
    """
    streams: list[Any] = []

    async def trace(event: str, info: dict[str, Any]) -> None:
        if event.endswith(".connect_tcp.complete"):
            streams.append(info["return_value"])
        elif event.endswith(".start_tls.failed"):
            with anyio.CancelScope(shield=True):
                for stream in streams:
                    await stream.aclose()

    return trace


async def _read_body(response: httpx.Response) -> bytearray | None:
    if response.is_stream_consumed:  # by a hook or an auth of the caller
        return None
    body = bytearray()
    # A cancelled read ends all generators of httpx. If the loop were left, trio would warn about open ones.
    with anyio.CancelScope() as scope:
        async for part in response.aiter_raw():
            if not is_too_large(body):
                body += part
            if is_too_large(body):
                scope.cancel()
    return body
