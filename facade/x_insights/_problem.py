"""Problem: an error response of X's, read into the error class that it calls for."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import responses
from typing import Any

import msgspec

from ._errors import (
    ApiError,
    AuthenticationError,
    EndpointUnavailableError,
    ForbiddenError,
    RateLimitError,
    ServerError,
    UsageCapError,
)
from ._rate_limit import rate_limit, reset_after, retry_after, retry_at


def api_error(status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
    """The error that a status other than 2xx stands for. The status decides; the body, of whatever kind, explains."""
    problem = _problem(body)
    nested = problem.get("errors")
    nested = [item for item in nested if isinstance(item, dict)] if isinstance(nested, list) else []
    title, detail, kind = (_text(problem, name) for name in ("title", "detail", "type"))
    error_class = _error_class(status, (kind or "").rpartition("/")[2], body)
    reason = detail or title or _text(nested[0] if nested else {}, "message") or responses.get(status) or "no reason"
    if error_class is EndpointUnavailableError:
        reason = "there is no such path; X may have withdrawn the endpoint, or `base_url` is not X's"
    error = error_class(
        f"X answered {status}: {reason}",
        status=status,
        title=title,
        detail=detail,
        type=kind,
        request_id=headers.get("x-transaction-id"),
        problems=nested or ([problem] if problem else []),
        body=excerpt(body),
    )
    error.retry_after = retry_after(headers)
    if isinstance(error, ForbiddenError):
        error.reason, error.registration_url = _text(problem, "reason"), _text(problem, "registration_url")
    elif isinstance(error, UsageCapError):
        error.period, error.scope = _text(problem, "period"), _text(problem, "scope")
    elif isinstance(error, RateLimitError):
        if error.retry_after is None:
            error.retry_after = reset_after(headers)
        if error.retry_after is not None:
            error.retry_at = retry_at(headers, error.retry_after)
        error.rate_limit = rate_limit(headers)
    return error


def excerpt(body: bytes) -> str:
    """The first 500 characters."""
    return body[:2000].decode("utf-8", "replace")[:500]


def _error_class(status: int, kind: str, body: bytes) -> type[ApiError]:
    # X writes problem types under two hosts, api.twitter.com and api.x.com: only the last segment tells.
    if status == 402 or (status == 429 and kind == "usage-capped"):
        return UsageCapError
    if status == 404 and not body.strip():
        return EndpointUnavailableError
    if status >= 500:
        return ServerError
    known = {401: AuthenticationError, 403: ForbiddenError, 429: RateLimitError}
    return known.get(status, ApiError)


def _problem(body: bytes) -> dict[str, Any]:
    """The body where it is a JSON object; its content type is not trusted, since X sends problems under several."""
    try:
        content = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return {}
    return _pruned(content, 6) if isinstance(content, dict) else {}


def _pruned(value: Any, depth: int) -> Any:
    """The value without what is nested deeper: no problem of X's is, and pickle and copy fail far down."""
    if isinstance(value, dict):
        return {key: _pruned(item, depth - 1) for key, item in value.items()} if depth else {}
    if isinstance(value, list):
        return [_pruned(item, depth - 1) for item in value] if depth else []
    return value


def _text(problem: Mapping[str, Any], name: str) -> str | None:
    value = problem.get(name)
    return value if isinstance(value, str) else None
