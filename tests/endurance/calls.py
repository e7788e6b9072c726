"""Calls of all kinds of client, from a synchronous program, and the flaws of their outcomes."""

import contextlib
import json
import pickle
import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import httpx
from anyio.from_thread import start_blocking_portal
from httpx_aiohttp import HttpxAiohttpClient

from x_insights import AsyncInsightsClient, Insights, InsightsClient, ResponseError, XInsightsError

from .faults import Response

KINDS = ("sync", "asyncio", "trio", "aiohttp")
TOKEN = "SECRET-0123456789"
METRICS = ("Impressions", "Likes")
# The kinds of flaws, as which everything else that a run counts must not begin.
FLAWS = ("lost: ", "doubled: ", "mixed up: ", "untyped: ", "unbounded: ")
Outcome = Insights | Exception
Get = Callable[[Sequence[str]], Outcome]  # calls `get_28hr` and returns the result or the exception


@contextlib.contextmanager
def open_get(kind: str, tls: ssl.SSLContext | None = None, is_renewed: bool = False, **options: Any) -> Iterator[Get]:
    """Open a client, with an `http_client` if one is needed, to trust the server's TLS or for aiohttp.

    If `is_renewed`, each call creates a client, because one with `auto` that has fallen back does not return.
    """
    client_class: Any = InsightsClient if kind == "sync" else AsyncInsightsClient
    http_class = {"sync": httpx.Client, "aiohttp": HttpxAiohttpClient}.get(kind, httpx.AsyncClient)
    with contextlib.ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal("trio" if kind == "trio" else "asyncio"))
        wrap: Any = (lambda manager: manager) if kind == "sync" else portal.wrap_async_context_manager
        if tls or is_renewed or kind == "aiohttp":
            # A new context trusts nobody, and takes no time to load.
            verify = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            options["http_client"] = stack.enter_context(wrap(http_class(verify=verify, trust_env=False)))
        client = stack.enter_context(wrap(client_class(TOKEN, **options)))

        def get(tweet_ids: Sequence[str]) -> Outcome:
            method, call = (client_class(TOKEN, **options) if is_renewed else client).get_28hr, (tweet_ids, METRICS)
            try:
                return cast(Outcome, method(*call) if kind == "sync" else portal.call(method, *call))
            except Exception as error:
                return error

        yield get


def find_flaws(outcome: Outcome, tweet_ids: Sequence[str], sent: Response | None = None) -> Iterator[str]:
    """Yield the flaws of the outcome of a call for these IDs. Some show only if the response that was sent is known."""
    name = f"{type(outcome).__module__}.{type(outcome).__qualname__}"
    if isinstance(outcome, Insights):
        try:
            json.dumps(outcome.to_dict(), allow_nan=False)
            with contextlib.suppress(ResponseError):  # a time that is not ISO 8601
                outcome.to_rows()
        except Exception as error:
            yield f"untyped: {type(error).__name__} of a result"
        if outcome and not outcome.keys() & {*tweet_ids}:
            yield "mixed up: Posts that were not requested, and no others"
        if outcome.tweet_ids != tuple(tweet_ids):
            yield "lost: the IDs of a result are not those of the call"
        with contextlib.suppress(ValueError, RecursionError):
            content = json.loads(sent.body) if sent and "content-encoding" not in sent.headers else {}
            if isinstance(content, dict) and content and not {"data", "errors"} & content.keys():
                yield "lost: the body of an error was read as one without Posts"
    elif isinstance(outcome, XInsightsError):
        if type(outcome) is XInsightsError:  # an error in the caller's code, and there is none here
            yield f"untyped: {name} of {type(outcome.__cause__).__name__}"
        partial, pending = outcome.partial, outcome.pending
        is_whole = isinstance(partial, Insights) and Counter((*partial.tweet_ids, *pending)) == Counter(tweet_ids)
        if not is_whole or pending != tuple(each for each in tweet_ids if each in {*pending}):
            yield f"lost: `partial` and `pending` of {name} are not the IDs of the call"
        again = pickle.loads(pickled := pickle.dumps(outcome))
        if type(again) is not type(outcome) or again.args != outcome.args or vars(again) != vars(outcome):
            yield f"untyped: {name} is another error after pickle"
        if any(TOKEN in text for text in (str(outcome), repr(outcome), repr(vars(outcome)), repr(pickled))):
            yield f"mixed up: the token is in {name}"
    else:
        yield f"untyped: {name}"
