"""One exchange with X: the request for a page, and the page or the error that comes of it."""

import itertools
from urllib.parse import urlencode

import httpx
import msgspec

from ._body import ACCEPT_ENCODING, MAX_SIZE, decode_body, is_too_large
from ._endpoints import Page
from ._error_response import create_api_error
from ._errors import ResponseError, XInsightsError
from ._failure import get_secret, redact
from ._options import Options
from ._pages import Batch

# How much of a body is searched for a problem and for the token, in bytes. No problem of X's is longer.
_EXCERPT_SIZE = 1024 * 1024


def build_request(client: httpx.Client | httpx.AsyncClient, options: Options, batch: Batch) -> httpx.Request:
    """Build the request for one page with the client that will send it, but with our own address and timeout."""
    arguments = batch.endpoint.build_request(batch.query, batch.tweet_ids)
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
    status, secret = response.status_code, get_secret(response.request)
    body = response.content if raw is None else decode_body(response.headers, raw)
    failure = None
    if is_too_large(body):
        failure = f"is larger than {MAX_SIZE // 1024**2} MiB"
    elif 200 <= status < 300:
        try:
            page = batch.endpoint.parse_page(body, batch.query, batch.tweet_ids)
            _validate_page(page, batch, body)
        except RecursionError:
            failure = "is nested too deeply"
        except ValueError as error:  # includes msgspec's errors, and bytes that are not UTF-8
            failure = f"does not match X's document: {error}"
        else:
            for partial in page.errors:
                partial["message"] = redact(partial["message"], secret)
                partial["type"] = partial["type"] and redact(partial["type"], secret)
                partial["tweet_ids"] = [redact(tweet_id, secret) for tweet_id in partial["tweet_ids"]]
            return page
    # A proxy or a debugging server may have echoed the token.
    excerpt = body[: max(_EXCERPT_SIZE, 500 * 6 * len(secret))]  # JSON may take six characters for each of the token
    text = redact(excerpt.decode("utf-8", "replace"), secret)
    if failure:
        return ResponseError(f"the body of the {status} response {failure}", body=text[:500])
    headers = {name: redact(value, secret) for name, value in response.headers.items()}
    return create_api_error(batch.endpoint, status, headers, text)


def _validate_page(page: Page, batch: Batch, body: bytes) -> None:
    """Raise ValueError if a body of the right shape does not respond to the request."""
    if page.totals or page.series:
        # A server or proxy that sends a response twice shifts every later one on the connection.
        for tweet_id, _ in itertools.chain(page.totals, page.series):
            if tweet_id in batch.tweet_ids:
                return
        raise ValueError("it measures other Posts, and none of those that were requested")
    if not page.errors:
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if members and members.keys().isdisjoint(("data", "errors")):  # the body of an error
            raise ValueError("it has neither `data` nor `errors`")
