"""The endpoints of the sandbox: the parameters of a request, and the body of its response."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
from werkzeug.wrappers import Request

from ._figures import compute_figures, divide_period

PERIOD = timedelta(hours=28)
# Totals of a longer period are cheap, but a series could fill the memory.
MAX_SERIES = timedelta(days=366)
# The fields of analytics that are not metrics.
STRUCTURE = ("id", "timestamp", "timestamped_metrics")


@attrs.frozen
class ReceivedRequest:
    """One request received by the sandbox."""

    endpoint: str
    """`28hr`, `analytics`, or empty for another path."""
    tweet_ids: tuple[str, ...]
    metrics: tuple[str, ...]
    granularity: str
    fields: tuple[str, ...]
    """`engagement.fields` of `28hr`, or `analytics.fields`, which include the metrics."""
    headers: Mapping[str, str]
    """All headers except `Authorization`."""


@attrs.frozen
class SandboxEndpoint:
    """One endpoint of the sandbox."""

    name: str
    ids: str
    """The name of the parameter with the IDs."""
    metrics: str
    """The name of the parameter with the metrics."""
    fields: str
    problems: str
    """The address of its problem types, from the discriminator of `Problem` in X's document."""
    create_body: Callable[[Request, ReceivedRequest, Sequence[str], Sequence[str], datetime], dict[str, Any]]
    """Create the response body from the request, its parameters, the measured and the forbidden IDs, and the time."""


def parse_request(request: Request) -> ReceivedRequest:
    """Parse the parameters of a request."""
    headers = {name: value for name, value in request.headers.items() if name != "Authorization"}
    endpoint = ENDPOINTS.get(request.path)
    if endpoint is None:
        return ReceivedRequest("", (), (), "", (), headers)
    tweet_ids, metrics, fields = (
        tuple(item for value in request.args.getlist(name) for item in value.split(",") if item)
        for name in (endpoint.ids, endpoint.metrics, endpoint.fields)
    )
    metrics = tuple(metric for metric in metrics if metric not in STRUCTURE)
    return ReceivedRequest(endpoint.name, tweet_ids, metrics, request.args.get("granularity", ""), fields, headers)


def parse_period(request: Request) -> tuple[datetime, datetime]:
    """Parse the start and the end of a valid request to `analytics`. Return them in UTC."""
    # RFC 3339 allows lower case, which Python does not parse.
    start, end = (datetime.fromisoformat(request.args[name].upper()) for name in ("start_time", "end_time"))
    return start.astimezone(UTC), end.astimezone(UTC)


def create_not_enrolled_problem(endpoint: SandboxEndpoint) -> dict[str, Any]:
    """Create the problem for an app whose plan does not include the endpoint. X sends it without a `status`."""
    return {
        "client_id": "20",
        "detail": "When authenticating requests to the X API v2 endpoints, you must use keys and tokens from a "
        "developer App that is attached to a Project.",
        "registration_url": "https://developer.x.com/en/docs/projects/overview",
        "title": "Client Forbidden",
        "required_enrollment": "Appropriate Level of API Access",
        "reason": "client-not-enrolled",
        "type": f"{endpoint.problems}/client-forbidden",
    }


def create_not_found_problem(endpoint: SandboxEndpoint, tweet_id: str) -> dict[str, Any]:
    """Create the partial error for a Post that does not exist."""
    return _create_problem(endpoint, tweet_id, "resource-not-found", "Not Found Error", "1 Tweet ID(s) are unavailable")


def _create_problem(endpoint: SandboxEndpoint, tweet_id: str, name: str, title: str, detail: str) -> dict[str, Any]:
    return {
        "title": title,
        "detail": detail,
        "type": f"{endpoint.problems}/{name}",
        "parameter": endpoint.ids,
        "resource_type": "tweet",
        "resource_id": tweet_id,
        "value": tweet_id,
    }


def _create_28hr_body(
    _: Request, received: ReceivedRequest, measured: Sequence[str], forbidden: Sequence[str], now: datetime
) -> dict[str, Any]:
    fields = received.fields or ("errors", "measurement")
    engagement: dict[str, Any] = {}
    if measured and "measurement" in fields:
        engagement["measurement"] = _create_measurement(received, measured, now)
    if forbidden and "errors" in fields:
        message = f"Forbidden to access tweets: {', '.join(forbidden)}"
        engagement["errors"] = [{"error": message, "tweets": forbidden}]
    # X omits empty objects and arrays.
    return {"data": [engagement]} if engagement else {}


def _create_measurement(received: ReceivedRequest, measured: Sequence[str], now: datetime) -> dict[str, Any]:
    end = now.replace(tzinfo=now.tzinfo or UTC)
    times, hours = divide_period(end - PERIOD, end, received.granularity)
    timestamps = [_format_time(time) for time in times]

    def compute_values(tweet_id: str) -> list[list[dict[str, Any]]]:
        return [
            [{"metric_type": metric, "metric_value": count} for metric, count in counts.items()]
            for counts in compute_figures(tweet_id, received.metrics, hours)
        ]

    if received.granularity == "Total":
        return {"metrics_total": [{"tweet_id": each, "value": compute_values(each)[0]} for each in measured]}
    return {
        "metrics_time_series": [
            {"tweet_id": each, "value": {"metric_values": values, "timestamp": {"iso8601_time": timestamp}}}
            for each in measured
            for timestamp, values in zip(timestamps, compute_values(each), strict=True)
        ]
    }


def _create_analytics_body(
    request: Request, received: ReceivedRequest, measured: Sequence[str], forbidden: Sequence[str], _: datetime
) -> dict[str, Any]:
    times, hours = divide_period(*parse_period(request), received.granularity)
    timestamps = [_format_time(time) for time in times]
    data: list[dict[str, Any]] = []
    for tweet_id in measured:
        buckets = zip(timestamps, compute_figures(tweet_id, received.metrics, hours), strict=True)
        if "timestamped_metrics" in received.fields:
            metrics = [{"timestamp": timestamp, "metrics": counts} for timestamp, counts in buckets]
            data.append({"id": tweet_id, "timestamped_metrics": metrics})
        elif "timestamp" in received.fields:
            data += [{"id": tweet_id, "timestamp": timestamp, **counts} for timestamp, counts in buckets]
        else:
            data += [{"id": tweet_id, **counts} for _, counts in buckets]
    errors = [
        _create_problem(
            ANALYTICS,
            tweet_id,
            "not-authorized-for-resource",
            "Authorization Error",
            f"Forbidden to access tweets: {tweet_id}",
        )
        for tweet_id in forbidden
    ]
    return {**({"data": data} if data else {}), **({"errors": errors} if errors else {})}


def _format_time(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


INSIGHTS_28HR = SandboxEndpoint(
    "28hr",
    "tweet_ids",
    "requested_metrics",
    "engagement.fields",
    "https://api.twitter.com/2/problems",
    _create_28hr_body,
)
ANALYTICS = SandboxEndpoint(
    "analytics", "ids", "analytics.fields", "analytics.fields", "https://api.x.com/2/problems", _create_analytics_body
)
ENDPOINTS = {"/2/insights/28hr": INSIGHTS_28HR, "/2/tweets/analytics": ANALYTICS}
