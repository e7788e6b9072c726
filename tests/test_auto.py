"""`endpoint="auto"`: a fallback to the second endpoint if X has withdrawn the first one."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from bodies import IDS
from helpers import TOKEN, get_sync

from x_insights import (
    AsyncInsightsClient,
    EndpointUnavailableError,
    ForbiddenError,
    InsightsClient,
    Metric,
    ServerError,
    XInsightsError,
)
from x_insights._endpoints import ENDPOINT_CHOICES, Page
from x_insights._pages import EndpointSelector, PageCollector
from x_insights._query import validate_query
from x_insights.testing import Sandbox

NOT_ENROLLED = (
    b'{"title": "Client Forbidden", "type": "https://api.twitter.com/2/problems/client-forbidden", "detail": "Use an'
    b' enrolled app.", "reason": "client-not-enrolled", "registration_url": "https://developer.x.com/enrol"}'
)


@pytest.fixture
def client(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url, endpoint="auto", attempts=1) as client:
        yield client


@pytest.fixture
async def async_client(sandbox, anyio_backend):
    async with AsyncInsightsClient(TOKEN, base_url=sandbox.url, endpoint="auto", attempts=1) as client:
        yield client


def list_requests(sandbox):
    return [(request.endpoint, len(request.tweet_ids)) for request in sandbox.requests]


def test_the_first_endpoint_is_used_as_long_as_it_responds(sandbox, get):
    insights = get(sandbox.url, IDS[:30], "likes", endpoint="auto")
    assert insights.endpoints == ("28hr",)
    assert insights.period is None
    assert sorted(list_requests(sandbox)) == [("28hr", 5), ("28hr", 25)]


def test_the_second_endpoint_is_used_if_the_first_is_withdrawn(sandbox, get):
    sandbox.withdraw()
    insights = get(sandbox.url, IDS, ["likes", "impressions"], endpoint="auto")
    with Sandbox() as other:
        _, other.now = insights.period
        assert insights == get(other.url, IDS, ["likes", "impressions"])
    assert insights.endpoints == ("analytics",)
    requests = [request for request in list_requests(sandbox) if request[0] == "analytics"]
    assert sorted(requests) == [("analytics", 10), *[("analytics", 100)] * 5]


def test_received_pages_are_not_requested_again(sandbox):
    def withdraw_before_third():
        if len(sandbox.requests) == 2:
            sandbox.withdraw()
        return TOKEN

    with InsightsClient(withdraw_before_third, base_url=sandbox.url, endpoint="auto") as client:
        insights = client.get_28hr(IDS[:200], "likes")
    assert list(insights) == IDS[:200]
    assert insights.endpoints == ("28hr", "analytics")
    assert list_requests(sandbox) == [("28hr", 25)] * 3 + [("analytics", 100), ("analytics", 50)]


def test_an_iteration_continues_with_the_second_endpoint(sandbox, client):
    pages = client.iter_28hr(IDS[:200], "likes")
    first = next(pages)
    sandbox.withdraw()
    rest = list(pages)
    assert [len(page) for page in (first, *rest)] == [25, 100, 75]
    assert [tweet_id for page in (first, *rest) for tweet_id in page] == IDS[:200]
    assert [page.endpoints for page in (first, *rest)] == [("28hr",), ("analytics",), ("analytics",)]
    assert rest[0].period == rest[1].period


@pytest.mark.anyio
async def test_received_concurrent_pages_keep_their_place(sandbox, async_client):
    sandbox.fail_next(status=404)  # one of four pages in flight
    insights = await async_client.get_28hr(IDS[:200], "likes")
    assert list(insights) == IDS[:200]
    requested = [tweet_id for request in sandbox.requests for tweet_id in request.tweet_ids]
    assert len(requested) == 225  # the IDs of the failed page are requested twice
    assert set(insights.endpoints) == {"28hr", "analytics"}


@pytest.mark.anyio
async def test_an_async_iteration_keeps_the_order(sandbox, async_client):
    sandbox.fail_next(status=404)
    pages = [page async for page in async_client.iter_28hr(IDS[:200], "likes")]
    assert [tweet_id for page in pages for tweet_id in page.tweet_ids] == IDS[:200]
    assert sum(len(request.tweet_ids) for request in sandbox.requests) == 225


def test_a_client_remembers_the_fallback_and_warns_once(sandbox, client, caplog):
    sandbox.withdraw()
    with caplog.at_level(logging.INFO, "x_insights"):
        for _ in range(3):
            client.get_28hr("1", "likes")
    assert list_requests(sandbox) == [("28hr", 1), *[("analytics", 1)] * 3]
    (record,) = (record for record in caplog.records if record.name == "x_insights")
    assert record.levelname == "WARNING"
    assert record.getMessage() == "X has withdrawn the endpoint '28hr': using 'analytics' from now on"


def test_the_error_of_the_second_endpoint_names_both(sandbox, get):
    sandbox.withdraw()
    sandbox.fail_next(status=404)
    sandbox.fail_next(status=403, body=NOT_ENROLLED)
    with pytest.raises(ForbiddenError) as caught:
        get(sandbox.url, IDS[:3], "likes", endpoint="auto")
    error = caught.value
    assert isinstance(error.__cause__, EndpointUnavailableError)
    first, second = str(error).split("; before that, ")
    assert first == "endpoint 'analytics': X responded with 403: Use an enrolled app."
    assert second.startswith("endpoint '28hr': X responded with 404: not found: ")
    assert (error.reason, error.registration_url) == ("client-not-enrolled", "https://developer.x.com/enrol")
    assert list(error.partial) == []
    assert error.pending == tuple(IDS[:3])


def test_after_a_403_the_next_call_tries_the_first_endpoint(sandbox, client):
    sandbox.fail_next(status=404)
    sandbox.fail_next(status=403, body=NOT_ENROLLED)
    with pytest.raises(ForbiddenError):
        client.get_28hr("1", "likes")
    assert client.get_28hr("1", "likes").endpoints == ("28hr",)


def test_an_exception_raised_in_a_fallback_stays_the_cause(sandbox, get):
    def provide_token():
        if len(sandbox.requests) == 1:
            raise LookupError("vault")
        return TOKEN

    sandbox.withdraw()
    with pytest.raises(XInsightsError, match=r"^the callable that was passed as `token` raised LookupError$") as caught:
        get(sandbox.url, "1", "likes", endpoint="auto", token=provide_token)
    assert isinstance(caught.value.__cause__, LookupError)
    assert caught.value.pending == ("1",)


def test_a_403_names_both_endpoints_if_another_call_succeeds(sandbox):
    def succeed_meanwhile(request):
        if request.url.params.get("ids") == "1":
            client.get_28hr("2", "likes")
            sandbox.fail_next(status=403, body=NOT_ENROLLED)

    sandbox.withdraw()
    with (
        httpx.Client(event_hooks={"request": [succeed_meanwhile]}) as http_client,
        InsightsClient(TOKEN, base_url=sandbox.url, endpoint="auto", http_client=http_client) as client,
        pytest.raises(ForbiddenError) as caught,
    ):
        client.get_28hr("1", "likes")
    assert isinstance(caught.value.__cause__, EndpointUnavailableError)


def test_threads_that_fall_back_at_once_log_one_warning(sandbox, client):
    class SlowHandler(logging.Handler):
        def emit(self, record):
            records.append(record)
            time.sleep(0.05)

    records, handler = [], SlowHandler(logging.WARNING)
    sandbox.withdraw()
    logging.getLogger("x_insights").addHandler(handler)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(lambda tweet_id: client.get_28hr(tweet_id, "likes"), IDS[:8]))
    finally:
        logging.getLogger("x_insights").removeHandler(handler)
    assert len(records) == 1


def test_pages_before_the_fallback_are_in_partial(sandbox):
    def withdraw_before_second():
        if len(sandbox.requests) == 1:
            sandbox.withdraw()
        if len(sandbox.requests) == 3:
            sandbox.fail_next(status=503)
        return TOKEN

    with (
        InsightsClient(withdraw_before_second, base_url=sandbox.url, endpoint="auto", attempts=1) as client,
        pytest.raises(ServerError) as caught,
    ):
        client.get_28hr(IDS[:200], "likes")
    error = caught.value
    assert list(error.partial) == IDS[:125]
    assert error.pending == tuple(IDS[125:200])
    assert error.__cause__ is None  # the second endpoint has responded, so the first one no longer matters
    assert error.partial.endpoints == ("28hr", "analytics")


def test_metrics_missing_from_the_fallback_are_left_out(sandbox):
    sandbox.withdraw()
    insights = get_sync(sandbox.url, "1", ["likes", "video_views", "media_engagements"], endpoint="auto")
    assert insights["1"]["totals"].keys() == {"Likes"}
    assert insights.unavailable == ("VideoViews", "MediaEngagements")
    other = get_sync(sandbox.url, "2", ["replies", "link_clicks", "video_views"], endpoint="auto")
    assert (insights | other).unavailable == ("VideoViews", "MediaEngagements", "LinkClicks")


def test_without_remaining_metrics_the_endpoint_is_unavailable(sandbox, client):
    sandbox.withdraw()
    with pytest.raises(EndpointUnavailableError) as caught:
        client.get_28hr("1", "video_views")
    assert list_requests(sandbox) == [("28hr", 1)]
    assert caught.value.pending == ("1",)
    assert str(caught.value).endswith("; endpoint 'analytics' has none of the requested metrics")
    assert "auto" not in str(caught.value)

    client.get_28hr("1", "likes")
    sandbox.requests.clear()
    with pytest.raises(EndpointUnavailableError, match=r"^not sent: ") as caught:
        client.get_28hr(["1", "2"], "video_views")
    assert list_requests(sandbox) == []
    assert caught.value.pending == ("1", "2")
    with pytest.raises(EndpointUnavailableError, match=r"^not sent: "):
        list(client.iter_28hr("1", "video_views"))


def test_a_rate_limit_of_one_endpoint_does_not_block_the_other(sandbox, clock):
    sandbox.rate_limit = 1
    with InsightsClient(TOKEN, base_url=sandbox.url, endpoint="auto", max_wait=1) as client:
        client.get_28hr("1", "likes")
        sandbox.withdraw()
        clock.sleep(1000)
        clock.sleeps.clear()
        assert client.get_28hr("1", "likes").endpoints == ("analytics",)
        assert clock.sleeps == []


def test_other_errors_of_the_first_endpoint_do_not_fall_back(sandbox, client):
    sandbox.fail_next(status=404, body=b'{"title": "Not Found"}')
    with pytest.raises(Exception, match="404: Not Found"):
        client.get_28hr("1", "likes")
    assert list_requests(sandbox) == [("28hr", 1)]


def test_the_api_version_is_that_of_the_last_response(sandbox, client):
    assert client.api_version is None
    client.get_28hr("1", "likes")
    assert client.api_version == "2.167"
    sandbox.fail_next(status=400, headers={"api-version": "2.168"})
    with pytest.raises(Exception, match="400") as caught:
        client.get_28hr("1", "likes")
    assert client.api_version == caught.value.api_version == "2.168"


def test_the_api_version_is_none_if_the_last_response_had_none(answer):
    with InsightsClient(TOKEN, base_url=answer(b"{}", headers={"api-version": "2.167"})) as client:
        client.get_28hr("1", "likes")
        assert client.api_version == "2.167"
        answer(b"{}")
        client.get_28hr("1", "likes")
        assert client.api_version is None


@pytest.mark.anyio
async def test_the_async_client_has_the_api_version_too(answer):
    async with AsyncInsightsClient(TOKEN, base_url=answer(b"{}", headers={"api-version": "2.167"})) as client:
        assert client.api_version is None
        await client.get_28hr("1", "likes")
        assert client.api_version == "2.167"
        answer(b"{}")
        await client.get_28hr("1", "likes")
        assert client.api_version is None


def test_a_failing_logging_filter_does_not_replace_the_error():
    def fail(record):
        raise LookupError

    query = validate_query(Metric, range(1, 201), "Likes", "Total", None)
    collector = PageCollector(EndpointSelector(ENDPOINT_CHOICES["auto"]), query)
    collector.add(next(collector.request()), EndpointUnavailableError("gone", status=404))
    assert collector.advance()
    first, second = collector.request()
    collector.add(second, ForbiddenError("no", status=403))
    logger = logging.getLogger("x_insights")
    logger.addFilter(fail)
    try:
        collector.add(first, Page("analytics"))
    finally:
        logger.removeFilter(fail)
    with pytest.raises(ForbiddenError) as caught:
        collector.finish()
    assert caught.value.pending == second.query.tweet_ids
