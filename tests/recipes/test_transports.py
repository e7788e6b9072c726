"""Transports: the recipes for httpx-aiohttp, and for httpx2, in a process where it replaces httpx."""

from __future__ import annotations

import subprocess
import sys

from documents import find_example, run

CHILD = """
import asyncio, socket, warnings
warnings.simplefilter("error")
example, url = {example!r}, {url!r}
exec(example.replace('"ACCESS_TOKEN"', f'"ACCESS_TOKEN", base_url="{{url}}"'))

import httpx
from x_insights import AsyncInsightsClient, TransportError

assert httpx is httpx2
with socket.create_server(("127.0.0.1", 0)) as server:
    refused = f"http://127.0.0.1:{{server.getsockname()[1]}}"

async def get(url):
    async with AsyncInsightsClient("ACCESS_TOKEN", base_url=url, attempts=1) as client:
        return await client.get_28hr("20", "impressions")

print(list(asyncio.run(get(url))))
with InsightsClient("ACCESS_TOKEN", base_url=refused, attempts=1) as client:
    for call in (lambda: client.get_28hr("20", "impressions"), lambda: asyncio.run(get(refused))):
        try:
            call()
        except TransportError as error:
            print(type(error).__name__, error.pending, error.retryable, "ConnectError" in str(error))
"""


def test_the_library_runs_over_aiohttp(sandbox, capsys):
    run(find_example("HttpxAiohttpClient"), sandbox)
    assert len(sandbox.requests) == 3
    assert capsys.readouterr().out == "<Insights of 60 Posts, 0 errors, 0 missing>\n"


def test_the_library_runs_over_httpx2(sandbox):
    code = CHILD.format(example=find_example("httpx2.alias_httpx()"), url=sandbox.url)
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert child.returncode == 0, child.stderr
    *_, in_sync, first, second = child.stdout.splitlines()
    assert in_sync == "['20']"
    assert first == second == "TransportError ('20',) True True"
    assert [request.tweet_ids for request in sandbox.requests] == [("20",), ("20",)]
