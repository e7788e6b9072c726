"""One exchange with X: the request for a page, and the page or the error that comes of it."""

import contextlib
import itertools
import socket
from collections.abc import Callable, Iterable
from urllib.parse import urlencode

import httpx
import msgspec

from .._endpoints import Batch, Page
from .._errors import ResponseError, XInsightsError
from .._types import PartialError
from .api_errors import create_api_error
from .body import ACCEPT_ENCODING, MAX_SIZE, decode_body, is_too_large
from .options import Options
from .secret import create_redactor, get_secret

# How much of a body is searched for a problem and for the token, in bytes. No problem of X's is longer.
_EXCERPT_SIZE = 1024 * 1024


def build_request(client: httpx.Client | httpx.AsyncClient, options: Options, batch: Batch) -> httpx.Request:
    """Build the request for one page with the client that will send it, but with our own address and timeout."""
    arguments = batch.endpoint.build_request(batch.query)
    url = options.base_url + arguments["url"]
    if client.params:  # parameters of the caller's own client, which httpx merges with ours
        request = client.build_request(arguments["method"], url, params=arguments["params"], timeout=options.timeout)
    else:
        # httpx parses the URL three times if it is given as an object, which is a tenth of the cost of a Total page.
        url = f"{url}?{urlencode(arguments['params'], safe=',')}"
        request = client.build_request(arguments["method"], url, timeout=options.timeout)
    request.headers["Accept-Encoding"] = ACCEPT_ENCODING
    return request


def read_response(batch: Batch, response: httpx.Response, raw: bytes | None) -> Page | XInsightsError:
    """Return the page in a response, or its error. `raw` is the body as it came, None if the response has read it.

    The error is not raised here, because a traceback would show local variables that hold the token or its echo.
    """
    status = response.status_code
    body = response.content if raw is None else decode_body(response.headers, raw)
    failure = None
    if is_too_large(body):
        failure = f"is larger than {MAX_SIZE // 1024**2} MiB"
    elif 200 <= status < 300:
        try:
            page = batch.endpoint.parse_page(body, batch.query)
            _validate_page(page, batch, body)
        except RecursionError:
            failure = "is nested too deeply"
        except ValueError as error:  # includes msgspec's errors, and bytes that are not UTF-8
            failure = f"does not match X's document: {error}"
        else:
            if page.errors:
                _redact_errors(page.errors, create_redactor(get_secret(response.request)))
            return page
    # A proxy or a debugging server may have echoed the token.
    secret = get_secret(response.request)
    excerpt = body[: max(_EXCERPT_SIZE, 500 * 6 * len(secret))]  # JSON may take six characters for each of the token
    redact = create_redactor(secret)
    text = redact(excerpt.decode("utf-8", "replace"))
    if failure:
        return ResponseError(f"the body of the {status} response {failure}", body=text[:500])
    headers = {name: redact(value) for name, value in response.headers.items()}
    return create_api_error(batch.endpoint, status, headers, text)


def give_up_connection(response: httpx.Response) -> None:
    """Shut down the connection of a response that cannot be trusted, so that httpx opens another one.

    If a server or proxy has sent a response twice, every later one on the connection would be that to another request.
    Other requests share a connection of HTTP/2, which has no such order. Not all transports give access to theirs.
    """
    stream = response.extensions.get("network_stream") if response.http_version == "HTTP/1.1" else None
    if stream and (connection := stream.get_extra_info("socket")):
        with contextlib.suppress(OSError, TypeError):  # closed already, or uvloop's, which has no such method
            connection.shutdown(socket.SHUT_RDWR)


def _redact_errors(errors: Iterable[PartialError], redact: Callable[[str], str]) -> None:
    for error in errors:
        error["message"] = redact(error["message"])
        error["type"] = error["type"] and redact(error["type"])
        error["tweet_ids"] = [redact(tweet_id) for tweet_id in error["tweet_ids"]]


def _validate_page(page: Page, batch: Batch, body: bytes) -> None:
    """Raise ValueError if a body of the right shape does not respond to the request."""
    if page.totals or page.series:
        # A server or proxy that sends a response twice shifts every later one on the connection.
        for tweet_id, *_ in itertools.chain(page.totals, page.series):
            if tweet_id in batch.query.tweet_ids:
                return
        raise ValueError("it measures other Posts, and none of those that were requested")
    if not page.errors:
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if members and members.keys().isdisjoint(("data", "errors")):  # the body of an error
            raise ValueError("it has neither `data` nor `errors`")
