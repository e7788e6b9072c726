"""Telemetry: each request has a span, and no span has the token."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from documents import find_example, run
from helpers import TOKEN
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from x_insights import AsyncInsightsClient, AuthenticationError, InsightsClient

PATH = "/2/insights/28hr"


@pytest.fixture(scope="module")
def exporter():
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def spans(exporter):
    exporter.clear()
    return exporter.get_finished_spans


def urls(spans):
    return [span.attributes["http.url"].partition("?")[0] for span in spans]


def test_a_request_has_a_span(spans, sandbox):
    run(find_example("import HTTPXClientInstrumentor"), sandbox)
    assert urls(spans()) == [sandbox.url + PATH]
    assert "ACCESS_TOKEN" not in "".join(span.to_json() for span in spans())


def test_every_attempt_has_a_span_without_the_token(spans, sandbox):
    sandbox.fail_next()
    sandbox.drop_next()
    with httpx.Client() as http_client:
        HTTPXClientInstrumentor.instrument_client(http_client)
        with InsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client) as client:
            client.get_28hr(range(1000, 1030), "likes")
            sandbox.fail_next(status=401)
            with pytest.raises(AuthenticationError):
                client.get_28hr("20", "likes")
    assert [span.attributes.get("http.status_code") for span in spans()] == [503, None, 200, 200, 401]
    assert "RemoteProtocolError" in spans()[1].to_json()
    assert TOKEN not in "".join(span.to_json() for span in spans())


def test_requests_of_the_async_client_have_spans(spans, sandbox):
    async def main():
        async with httpx.AsyncClient() as http_client:
            HTTPXClientInstrumentor.instrument_client(http_client)
            async with AsyncInsightsClient(lambda: TOKEN, base_url=sandbox.url, http_client=http_client) as client:
                await client.get_28hr(range(1000, 1060), "likes")

    asyncio.run(main())
    assert urls(spans()) == [sandbox.url + PATH] * 3
    assert TOKEN not in "".join(span.to_json() for span in spans())
