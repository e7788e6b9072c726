from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import anyio
import anyio.from_thread
import certifi
import pytest
import trio
from helpers import GET, OWN, assert_plain, get_sync
from hypothesis import HealthCheck, settings

from x_insights import AsyncInsightsClient, Insights, InsightsClient, XInsightsError
from x_insights._transport import rate_limit, retry
from x_insights.testing import Sandbox, skip_waits

# The scripts for maintainers need the packages of another group, which `nox -s tests` installs as well.
collect_ignore = [] if find_spec("griffe") and find_spec("ruamel") else ["spec", "test_spec.py", "test_release.py"]

# How fast the machine is must not decide whether a test passes.
settings.register_profile("tests", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")


@pytest.fixture(scope="session", autouse=True)
def _one_certificate(tmp_path_factory):
    """Let httpx load one certificate instead of all for each new client, which is most of the time of many tests."""
    end = "-----END CERTIFICATE-----\n"
    first, _, _ = Path(certifi.where()).read_text("utf-8").partition(end)
    file = tmp_path_factory.mktemp("certificates") / "one.pem"
    file.write_text(first + end, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certifi, "where", lambda: str(file))
        patch.setenv("SSL_CERT_FILE", str(file))  # used instead, unless `trust_env` is False
        yield


@pytest.fixture(autouse=True)
def _measured_processes(request):
    """Let coverage measure the processes of tests marked as `measured` only, because it doubles their time."""
    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("measured"):
            patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        yield


@pytest.fixture(autouse=True)
def _no_waits():
    """Skip all waits, unless a test uses `clock`."""
    with skip_waits():
        yield


class Clock:
    """A clock that only sleeping moves, and moves at once."""

    def __init__(self):
        self.now = 1000.0
        self.sleeps = []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        if seconds:
            self.sleeps.append(seconds)
            self.now += seconds

    async def sleep_async(self, seconds):
        self.sleep(seconds)
        await anyio.lowlevel.checkpoint()


@pytest.fixture
def clock(_no_waits, monkeypatch):
    """Turn on all waits, by a clock that takes no time. Its `sleeps` lists them."""
    clock = Clock()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    for library in (anyio, asyncio, trio):
        monkeypatch.setattr(library, "sleep", clock.sleep_async)
    for module in (rate_limit, retry):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(retry, "_skips", [])
    return clock


@pytest.fixture
def serve_connections():
    """A function that starts a server, which treats each connection with a function on its own thread.

    It returns `host:port`.
    """
    threads = []

    def start(function, *arguments):
        threads.append(threading.Thread(target=function, args=arguments))
        threads[-1].start()

    def run(treat, connection):
        connection.settimeout(10)
        with connection, contextlib.suppress(OSError):
            treat(connection)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept(treat):
            with contextlib.suppress(OSError):
                while True:
                    start(run, treat, server.accept()[0])

        def serve(treat):
            start(accept, treat)
            return f"127.0.0.1:{server.getsockname()[1]}"

        yield serve
        server.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(params=GET)
def kind(request):
    """Which client sends, and over what."""
    return request.param


@pytest.fixture
def get(kind):
    """`get_28hr` of either client, with the client's options as keyword arguments."""
    return GET[kind]


@pytest.fixture(params=OWN)
def open_client(request):
    """Create a client of each kind. Returns it, and a function that runs its methods."""
    if request.param == "sync":
        yield lambda *args, **options: (InsightsClient(*args, **options), lambda method, *call: method(*call))
        return
    with anyio.from_thread.start_blocking_portal(request.param) as portal:
        yield lambda *args, **options: (AsyncInsightsClient(*args, **options), portal.call)


@pytest.fixture
def answer(httpserver):
    """A function that sets the response to every request and returns the server's address."""

    def set_response(body=b"", status=200, headers=None, content_type="application/json"):
        httpserver.clear()
        expected = httpserver.expect_request("/2/insights/28hr")
        expected.respond_with_data(body, status, headers, content_type=content_type)
        return httpserver.url_for("").rstrip("/")

    return set_response


@pytest.fixture
def fetch_failing(answer):
    """A function that calls a client against a response that makes it fail, and returns the error."""

    def fetch(content=b"", status=200, headers=None, **options):
        body = content if isinstance(content, bytes | str) else json.dumps(content)
        url = answer(body, status, headers, **options)
        with pytest.raises(XInsightsError) as caught:
            get_sync(url, [1, 2], "likes", max_wait=0)
        assert_plain(caught.value)
        assert isinstance(caught.value.partial, Insights)
        assert caught.value.pending == ("1", "2")
        return caught.value

    return fetch
