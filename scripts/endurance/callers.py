"""The clients as functions that a synchronous program can call."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal

from x_insights import AsyncInsightsClient, Insights, InsightsClient

KINDS = ("sync", "asyncio", "trio")
Get = Callable[[Sequence[str], Sequence[str], str], Insights]
"""`get_28hr` of a client."""


@contextlib.contextmanager
def open_get(
    kind: str, token: str, *, tls: ssl.SSLContext | None = None, has_new_clients: bool = False, **options: Any
) -> Iterator[Get]:
    """Open a client of this kind.

    Args:
        kind: `sync`, or the event loop of the asynchronous client.
        token: The access token.
        tls: How to trust the server. It needs an `http_client`; without it, the client has connections of its own.
        has_new_clients: Create a client for each call, because one with `auto` that has fallen back stays there.
        options: Further options of the client.
    """
    context = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the latter trusts nobody, and takes no time to load
    has_http_client = has_new_clients or tls is not None
    with contextlib.ExitStack() as stack:
        if kind == "sync":
            if has_http_client:
                options["http_client"] = stack.enter_context(httpx.Client(verify=context, trust_env=False))
            client = stack.enter_context(InsightsClient(token, **options))

            def get(*call: Any) -> Insights:
                return (InsightsClient(token, **options) if has_new_clients else client).get_28hr(*call)

        else:
            portal = stack.enter_context(start_blocking_portal(kind))
            if has_http_client:
                http_client = httpx.AsyncClient(verify=context, trust_env=False)
                options["http_client"] = stack.enter_context(portal.wrap_async_context_manager(http_client))
            opened = AsyncInsightsClient(token, **options)
            stack.enter_context(portal.wrap_async_context_manager(opened))

            async def get_async(*call: Any) -> Insights:
                return await (AsyncInsightsClient(token, **options) if has_new_clients else opened).get_28hr(*call)

            get = partial(portal.call, get_async)
        yield get
