from __future__ import annotations

from functools import partial

import anyio
import pytest
import stamina

from x_insights import AsyncInsightsClient, InsightsClient
from x_insights.testing import Sandbox

TOKEN = "SECRET-0123456789"


@pytest.fixture(autouse=True)
def _no_pauses():
    """Retries do not wait, unless a test asks for `pauses`."""
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
def pauses(_no_pauses):
    with stamina.set_testing(False):
        yield


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


def get_sync(url, tweet_ids, metrics, granularity="Total", *, fields=None, **options):
    with InsightsClient(options.pop("token", TOKEN), base_url=url, **options) as client:
        return client.get_28hr(tweet_ids, metrics, granularity, fields=fields)


def get_async(backend, url, tweet_ids, metrics, granularity="Total", *, fields=None, **options):
    async def main():
        async with AsyncInsightsClient(options.pop("token", TOKEN), base_url=url, **options) as client:
            return await client.get_28hr(tweet_ids, metrics, granularity, fields=fields)

    return anyio.run(main, backend=backend)


GET = {"sync": get_sync, "asyncio": partial(get_async, "asyncio"), "trio": partial(get_async, "trio")}


@pytest.fixture(params=GET)
def get(request):
    """`get_28hr` of either client, with its options as keywords."""
    return GET[request.param]


@pytest.fixture
def answer(httpserver):
    """Make X's answer to everything; give its address."""

    def answer(body=b"", status=200, headers=None, content_type="application/json"):
        httpserver.clear()
        expected = httpserver.expect_request("/2/insights/28hr")
        expected.respond_with_data(body, status, headers, content_type=content_type)
        return httpserver.url_for("").rstrip("/")

    return answer
