"""Error responses of X, converted to the exceptions of this library."""

from collections.abc import Mapping
from http.client import responses
from typing import Any

import msgspec

from .. import _errors as errors
from .._endpoints import Endpoint
from .rate_limit import LimitHeaders

_CLASSES = {401: errors.AuthenticationError, 403: errors.ForbiddenError, 429: errors.RateLimitError}


def create_api_error(
    endpoint: Endpoint, status: int, headers: Mapping[str, str], limits: LimitHeaders, body: str
) -> errors.ApiError:
    """Return the error for a status other than 2xx. The status selects the class; the body only explains it."""
    problem = _parse_problem(body)
    nested = problem.get("errors")
    nested = [item for item in nested if isinstance(item, dict)] if isinstance(nested, list) else []
    title, detail, problem_type = (_get_text(problem, name) for name in ("title", "detail", "type"))
    error_class = _select_class(status, problem_type, body)
    reason = detail or title or _get_text(nested[0] if nested else {}, "message") or responses.get(status)
    if error_class is errors.EndpointUnavailableError:
        reason = f"not found: X has withdrawn the endpoint, or `base_url` does not point to X{endpoint.advice}"
    elif endpoint.extra_scopes and (status == 401 or (status == 403 and not _get_text(problem, "reason"))):
        scopes = " and ".join(("tweet.read", *endpoint.extra_scopes))
        reason = f"{reason} (the endpoint {endpoint.name!r} requires a token with the scopes {scopes})"
    error = error_class(
        f"X responded with {status}: {reason or 'no reason given'}",
        status=status,
        title=title,
        detail=detail,
        type=problem_type,
        request_id=headers.get("x-transaction-id"),
        api_version=headers.get("api-version"),
        problems=nested or ([problem] if problem else []),
        body=body[:500],
    )
    if status in (408, 425):  # a proxy gave up an idle connection, or the request was sent too early
        error.retryable = True
    error.retry_after = limits.retry_after
    if isinstance(error, errors.ForbiddenError):
        error.reason, error.registration_url = _get_text(problem, "reason"), _get_text(problem, "registration_url")
    elif isinstance(error, errors.UsageCapError):
        error.period, error.scope = _get_text(problem, "period"), _get_text(problem, "scope")
    elif isinstance(error, errors.RateLimitError):
        if error.retry_after is None:
            error.retry_after = limits.reset_after
        if error.retry_after is not None:
            error.retry_at = limits.compute_retry_at(error.retry_after)
        error.rate_limit = limits.rate_limit
    return error


def _select_class(status: int, problem_type: str | None, body: str) -> type[errors.ApiError]:
    # X has problem types under two hosts, api.twitter.com and api.x.com, so only the last segment is compared.
    if status == 402 or (status == 429 and (problem_type or "").rpartition("/")[2] == "usage-capped"):
        return errors.UsageCapError
    if status == 404 and not body.strip():
        return errors.EndpointUnavailableError
    if status >= 500:
        return errors.ServerError
    return _CLASSES.get(status, errors.ApiError)


def _parse_problem(body: str) -> dict[str, Any]:
    """Return the body if it is a JSON object. Its content type is ignored, because X sends problems under several."""
    try:
        content = msgspec.json.decode(body)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return {}
    return _prune(content, 6) if isinstance(content, dict) else {}


def _prune(value: Any, depth: int) -> Any:
    """Return the value without deeper nesting, which no problem of X has, and in which pickle and copy would fail."""
    if isinstance(value, dict):
        return {key: _prune(item, depth - 1) for key, item in value.items()} if depth else {}
    if isinstance(value, list):
        return [_prune(item, depth - 1) for item in value] if depth else []
    return value


def _get_text(problem: Mapping[str, Any], name: str) -> str | None:
    value = problem.get(name)
    return value if isinstance(value, str) else None
