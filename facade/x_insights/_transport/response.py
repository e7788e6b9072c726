"""Read a response: return its page, or the error that it is."""

import contextlib
import socket
import zlib
from collections.abc import Callable, Iterable

import httpx
import msgspec

from .._endpoints import Batch, Page
from .._errors import ResponseError, XInsightsError
from .._types import PartialError
from .api_errors import create_api_error
from .auth import create_redactor
from .rate_limit import LimitHeaders

ACCEPT_ENCODING = "gzip, deflate"
"""The encodings to request: those whose decoder can be bounded."""
MAX_SIZE = 64 * 1024 * 1024
"""The largest body in bytes, both raw and decoded."""
_MAX_ENCODINGS = 3  # decoding each takes time; no server uses more than one, and a proxy may add another
# The `wbits` of zlib to try, in order. Some servers send "deflate" without zlib's header (RFC 9110, section 8.4.1.2).
_WINDOW_BITS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
_MAX_POSTS = 1_000  # in a page, which has at most a hundred
# msgspec's message for a JSON text that ends early, for which it has no class.
_ENDS_EARLY = "Input data was truncated"
# The bytes of a body that are searched for a problem and the token. They fill an error's `body` even with echoes alone.
_EXCERPT_SIZE = 1024 * 1024


def is_too_large(body: bytes | bytearray) -> bool:
    """Return whether a body is larger than `MAX_SIZE`."""
    return len(body) > MAX_SIZE


def read_response(
    batch: Batch, response: httpx.Response, limits: LimitHeaders, raw: bytearray | None
) -> Page | XInsightsError:
    """Return the page in a response, or the error that it is.

    `raw` is the undecoded body, None if the caller's own code has read the response. The error is not raised here,
    because a traceback would show local variables that hold the token or its echo.
    """
    status, max_values = response.status_code, batch.endpoint.compute_max_values(batch.query)
    body = response.content if raw is None else _decode_body(response.headers, raw)
    failure, is_cut = None, False
    if is_too_large(body):
        failure = f"is larger than {MAX_SIZE // 1024**2} MiB"
    # Two values take three bytes at least, such as `{},`, so that most bodies need not be searched.
    elif 2 * len(body) > 3 * max_values and len(body) - len(body.translate(None, b"{[,")) > max_values:
        failure = f"has more than {max_values:,} JSON values, which no page needs"
    elif 200 <= status < 300:
        try:
            page = batch.endpoint.parse_page(body, batch.query)
            _validate_page(page, batch, body)
        except RecursionError:
            failure = "is nested too deeply"
        except (ValueError, msgspec.MsgspecError) as error:  # bytes that are not UTF-8 are a ValueError
            is_cut = str(error) == _ENDS_EARLY
            failure = "is empty or truncated" if is_cut else f"does not match X's document: {error}"
            if body[:500].lstrip().startswith(b"<"):
                failure = "is HTML, not JSON: it is from a proxy or a login page"
        else:
            if page.errors:
                _redact_errors(page.errors, create_redactor(response.request))
            return page
    redact = create_redactor(response.request)  # a proxy or a debugging server may have echoed the token
    text = redact(body[:_EXCERPT_SIZE].decode("utf-8", "replace"))
    if failure:
        failed = ResponseError(f"the body of the {status} response {failure}", body=text[:500])
        failed.retryable = is_cut
        return failed
    headers = {name: redact(value) for name, value in response.headers.items()}
    return create_api_error(batch.endpoint, status, headers, limits, text)


def discard_connection(response: httpx.Response) -> None:
    """Shut down the connection of a response that cannot be trusted, so that httpx opens another one.

    After a duplicated response, every later response on the connection would belong to the previous request. HTTP/2
    has no such order, and other requests share its connection. Not all transports give access to theirs.
    """
    stream = response.extensions.get("network_stream") if response.http_version == "HTTP/1.1" else None
    if stream and (connection := stream.get_extra_info("socket")):
        with contextlib.suppress(OSError, TypeError):  # closed already, or uvloop's, which has no such method
            connection.shutdown(socket.SHUT_RDWR)


def _decode_body(headers: httpx.Headers, raw: bytes | bytearray) -> bytes | bytearray:
    """Decompress a body. Return it unchanged if it is not encoded as `Content-Encoding` says.

    Of a body that is too large, only a little more than `MAX_SIZE` is decoded.
    """
    if is_too_large(raw) or "Content-Encoding" not in headers:
        return raw
    body, encodings = raw, headers["Content-Encoding"].lower().split(",")
    if len(encodings) > _MAX_ENCODINGS:
        return raw
    for encoding in reversed(encodings):
        decoded = _decompress(body, encoding.strip())
        if decoded is None:
            return raw
        body = decoded
    return body


def _decompress(body: bytes | bytearray, encoding: str) -> bytes | bytearray | None:
    """Return the decoded body, or None if it is not in this encoding."""
    if encoding in ("identity", ""):
        return body
    for window_bits in _WINDOW_BITS.get(encoding, ()):
        with contextlib.suppress(zlib.error):
            return zlib.decompressobj(window_bits).decompress(body, MAX_SIZE + 1)
    return None


def _validate_page(page: Page, batch: Batch, body: bytes | bytearray) -> None:
    """Raise ValueError if a body of the right shape does not respond to the request."""
    tweet_ids = {item[0] for item in (*page.totals, *page.series)}
    if len(tweet_ids) > _MAX_POSTS:
        raise ValueError(f"it measures {len(tweet_ids):,} Posts, far more than were requested")
    # A server or proxy that sends a response twice shifts every later one on the connection.
    if tweet_ids and tweet_ids.isdisjoint(batch.query.tweet_ids):
        raise ValueError("it measures other Posts, and none of those that were requested")
    if not tweet_ids and not page.errors:
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if members and members.keys().isdisjoint(("data", "errors")):  # the body of an error
            raise ValueError("it has neither `data` nor `errors`")


def _redact_errors(errors: Iterable[PartialError], redact: Callable[[str], str]) -> None:
    for error in errors:
        error["message"] = redact(error["message"])
        error["type"] = error["type"] and redact(error["type"])
        error["tweet_ids"] = [redact(tweet_id) for tweet_id in error["tweet_ids"]]
