"""The validated options of a client."""

import ipaddress
import math
from typing import Any

import attrs
import httpx

from .._endpoints import ENDPOINT_CHOICES, Endpoint
from .._errors import InvalidRequestError
from .._validation import format_value, validate_count
from .http_library import Timeout, is_instance


def _validate_base_url(base_url: str) -> str:
    """Return the address without a trailing slash. Over http, the token would travel in the clear."""
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError):
        raise InvalidRequestError(f"base_url is {format_value(base_url)}, which is not a URL") from None
    if {"@", "?", "#"} & set(str(base_url)):  # httpx drops an empty user info
        raise InvalidRequestError("base_url must not contain user info, a query or a fragment")
    if not url.host or not (url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host))):
        raise InvalidRequestError(f"base_url is {format_value(base_url)}: use https; http is accepted on loopback only")
    if url.port is not None and not 0 <= url.port <= 65535:
        raise InvalidRequestError(f"base_url is {format_value(base_url)}: a port is at most 65535")
    return str(url).rstrip("/")


def _validate_timeout(timeout: float | Timeout) -> httpx.Timeout:
    seconds: dict[str, Any] = timeout.as_dict() if is_instance(timeout, httpx.Timeout) else {"timeout": timeout or 0}
    if not all(each is None or (_is_number(each) and each > 0) for each in seconds.values()):
        message = f"timeout is {format_value(timeout)}: pass a positive number of seconds or an httpx.Timeout"
        raise InvalidRequestError(message)
    return httpx.Timeout(**seconds)


def _validate_attempts(attempts: int) -> int:
    return validate_count("attempts", attempts)


def _validate_max_wait(max_wait: float) -> float:
    if not _is_number(max_wait) or max_wait < 0:
        raise InvalidRequestError(f"max_wait is {format_value(max_wait)}: pass a number of seconds, 0 or more")
    return max_wait


def _validate_deadline(deadline: float | None) -> float | None:
    if deadline is not None and (not _is_number(deadline) or deadline <= 0):
        raise InvalidRequestError(f"deadline is {format_value(deadline)}: pass a positive number of seconds or None")
    return deadline


def _validate_endpoint(endpoint: str) -> tuple[Endpoint, ...]:
    if not isinstance(endpoint, str) or endpoint not in ENDPOINT_CHOICES:
        raise InvalidRequestError(f"endpoint is {format_value(endpoint)}: pass one of {', '.join(ENDPOINT_CHOICES)}")
    return ENDPOINT_CHOICES[endpoint]


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # an int beyond the range of a float
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@attrs.frozen(eq=False, repr=False)
class Options:
    """What a client is created with, apart from its connections. Raises InvalidRequestError if an option is invalid."""

    base_url: str = attrs.field(converter=_validate_base_url)
    timeout: httpx.Timeout = attrs.field(converter=_validate_timeout)
    attempts: int = attrs.field(converter=_validate_attempts)
    max_wait: float = attrs.field(converter=_validate_max_wait)
    deadline: float | None = attrs.field(converter=_validate_deadline)
    endpoints: tuple[Endpoint, ...] = attrs.field(converter=_validate_endpoint, alias="endpoint")
    """The endpoints, in the order in which they are tried."""
