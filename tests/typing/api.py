"""The typing of the whole public API: checked by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, assert_type

import httpx
import httpx2

import x_insights
from x_insights import (
    ALL_METRICS,
    ANALYTICS_METRICS,
    VIDEO_METRICS,
    ApiError,
    AsyncInsightsClient,
    AsyncPageIterator,
    AuthenticationError,
    Bucket,
    EndpointUnavailableError,
    ForbiddenError,
    Granularity,
    Insights,
    InsightsClient,
    InsightsDict,
    InvalidRequestError,
    Metric,
    PageIterator,
    PartialError,
    RateLimit,
    RateLimitError,
    ResponseError,
    Row,
    ServerError,
    TransportError,
    TweetInsights,
    UsageCapError,
    XInsightsError,
)
from x_insights.testing import ReceivedRequest, Sandbox

assert_type(x_insights.__version__, str)
_unknown = x_insights.Metrics  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
assert_type(ALL_METRICS, tuple[Metric, ...])
assert_type(VIDEO_METRICS, tuple[Metric, ...])
assert_type(ANALYTICS_METRICS, tuple[Metric, ...])


class Signer(httpx.Auth): ...


class Signer2(httpx2.Auth): ...


class Index:
    def __index__(self) -> int:
        return 20


async def token() -> str:
    return "token"


def synchronous(http_client: httpx.Client, successor: httpx2.Client, wrong: httpx.AsyncClient) -> None:
    InsightsClient()
    InsightsClient(lambda: "token", base_url="https://api.x.com", timeout=httpx.Timeout(5), attempts=1, max_wait=0)
    InsightsClient("token", deadline=None)
    InsightsClient("t", endpoint="analitics")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    InsightsClient(Signer(), http_client=http_client, timeout=5, endpoint="auto")
    InsightsClient(Signer2(), http_client=successor, timeout=httpx2.Timeout(5)).with_token(Signer2())
    InsightsClient(http_client=wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    InsightsClient(http_client=httpx2.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    InsightsClient(token)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with InsightsClient("token") as client:
        assert_type(client, InsightsClient)
        assert_type(client.get_28hr("20", Metric.LIKES), Insights)
        assert_type(client.get_28hr(["20", 20], ["likes", Metric.LIKES], Granularity.HOURLY, fields="errors"), Insights)
        assert_type(client.iter_28hr(range(60), ALL_METRICS, "Hourly", fields=["errors"]), PageIterator)
        client.get_28hr("20", "likes", "Hour")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        client.get_28hr("20", "likes", fields="error")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        start = datetime(2026, 11, 1, tzinfo=UTC)
        assert_type(client.get_historical("20", "likes", start), Insights)
        assert_type(client.get_historical("20", "likes", start, "2026-11-08T00:00:00Z", "daily"), Insights)
        assert_type(client.iter_historical(["20"], [Metric.LIKES, "Bookmarks"], start, fields="errors"), PageIterator)
        pages = client.iter_28hr("20", "likes")
        assert_type(list(pages), list[Insights])
        assert_type(len(pages), int)
        _iterator: Iterator[Insights] = pages
        pages.close()
        assert_type(client.with_token(Signer()), InsightsClient)
        client.with_token(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        assert_type(client.rate_limit, RateLimit | None)
        assert_type(client.api_version, str | None)
        assert_type(client.get_28hr([Index(), "020"], "likes"), Insights)
        client.get_28hr([1.5], "likes")  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
        client.close()


async def asynchronous(http_client: httpx.AsyncClient, successor: httpx2.AsyncClient, wrong: httpx2.Client) -> None:
    AsyncInsightsClient(token, http_client=http_client, max_concurrency=8, endpoint="analytics")
    AsyncInsightsClient(Signer2(), http_client=successor, timeout=httpx2.Timeout(5)).with_token(Signer2())
    AsyncInsightsClient(http_client=wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    async with AsyncInsightsClient(lambda: "token") as client:
        assert_type(client, AsyncInsightsClient)
        AsyncInsightsClient("token", deadline=0.5)
        assert_type(await client.get_28hr("20", Metric.LIKES), Insights)
        assert_type(await client.get_historical("20", "likes", "2026-11-01T00:00:00Z"), Insights)
        assert_type(client.iter_historical("20", "likes", "2026-11-01T00:00:00Z"), AsyncPageIterator)
        pages = client.iter_28hr("20", "likes")
        assert_type(pages, AsyncPageIterator)
        assert_type([insights async for insights in pages], list[Insights])
        assert_type(len(pages), int)
        _iterator: AsyncIterator[Insights] = pages
        await pages.aclose()
        assert_type(client.with_token(token), AsyncInsightsClient)
        assert_type(client.rate_limit, RateLimit | None)
        assert_type(client.api_version, str | None)
        await client.close()


def results(insights: Insights) -> None:
    whole = insights.to_dict()
    assert_type(whole, InsightsDict)
    assert_type(whole["tweets"], dict[str, TweetInsights])
    assert_type(whole["errors"], list[PartialError])
    assert_type(whole["missing"], list[str])
    assert_type(whole["endpoints"], list[str])
    assert_type(whole["period"], list[str] | None)
    assert_type(whole["unavailable"], list[str])
    tweet = insights["20"]
    assert_type(tweet, TweetInsights)
    assert_type(insights[20], TweetInsights)
    assert_type(insights.get(20), TweetInsights | None)
    assert_type(insights.get("20", 0), TweetInsights | int)
    assert_type(tweet["totals"], dict[str, int | float | None])
    assert_type(tweet["series"], list[Bucket])
    assert_type(tweet["series"][0]["metrics"]["Likes"], int | float | None)
    assert_type(tweet["series"][0]["time"], str | None)
    (row,) = insights.to_rows()
    assert_type(row, Row)
    assert_type(row["time"], datetime | None)
    assert_type(insights.to_arrow(), Any)
    assert_type(insights.errors, list[PartialError])
    assert_type(insights.missing, list[str])
    assert_type(insights.tweet_ids, tuple[str, ...])
    assert_type(insights.endpoints, tuple[str, ...])
    assert_type(insights.period, tuple[datetime, datetime] | None)
    assert_type(insights.unavailable, tuple[str, ...])
    assert_type(insights | insights, Insights)
    assert_type(insights.raise_for_errors(), Insights)


def errors(error: XInsightsError, limit: RateLimitError, forbidden: ForbiddenError, cap: UsageCapError) -> None:
    assert_type(error.retryable, bool)
    assert_type(error.partial, Insights | None)
    assert_type(error.pending, tuple[str, ...])
    assert_type(limit.retry_at, datetime | None)
    assert_type(limit.retry_after, float | None)
    assert_type(limit.rate_limit, RateLimit | None)
    assert_type(limit.status, int | None)
    assert_type(limit.request_id, str | None)
    assert_type(limit.api_version, str | None)
    assert_type(forbidden.reason, str | None)
    assert_type(cap.period, str | None)
    _every: list[type[XInsightsError]] = [InvalidRequestError, ApiError, TransportError, ResponseError]
    _statuses: list[type[ApiError]] = [AuthenticationError, EndpointUnavailableError, ServerError]
    _refused: type[ValueError] = InvalidRequestError


def kit() -> None:
    with Sandbox(rate_limit=1, window=1.0, latency=0.1) as sandbox:
        assert_type(sandbox, Sandbox)
        assert_type(sandbox.url, str)
        assert_type(sandbox.requests, list[ReceivedRequest])
        sandbox.forbid("20", 20)
        sandbox.hide(20)
        sandbox.withdraw()
        sandbox.revoke("token")
        sandbox.fail_next(2, status=503, body=b"", headers={"Retry-After": "1"})
        sandbox.truncate_next()
        sandbox.drop_next(times=2)
