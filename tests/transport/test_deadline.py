"""The deadline of a page: it bounds whatever trickles in, and not the waits that X asks for."""

from __future__ import annotations

import itertools
import socket
import threading
import time

import anyio
import httpx
import pytest
from bodies import IDS
from helpers import assert_plain, get_sync

from x_insights import AsyncInsightsClient, Insights, ServerError, TransportError
from x_insights._transport import Options
from x_insights._transport.retry import Budget

HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# A client without a deadline would wait this long, in seconds.
LONGEST_TRICKLE = 30
# Each is what comes first, and what then comes again and again.
TRICKLES = {
    "nothing but headers": (HEADERS, b"X-Header: 1\r\n"),
    "one header": (HEADERS + b"X-Header: ", b"1"),
    "informational responses": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "body": (HEADERS + b"Content-Length: 1000000\r\n\r\n", b" "),
    "chunks": (HEADERS + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "size of a chunk": (HEADERS + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
}


@pytest.fixture
def serve_trickle(serve_connections):
    """A function that starts a server, which sends `first` and then `part` again and again. It returns its address."""
    stopped = threading.Event()

    def serve(first, part, interval=0.02):
        def treat(connection):
            connection.recv(65536)
            connection.sendall(first)
            for _ in range(int(LONGEST_TRICKLE / interval)):
                if stopped.wait(interval):
                    return
                connection.sendall(part)

        return f"http://{serve_connections(treat)}"

    yield serve
    stopped.set()


@pytest.mark.parametrize("name", TRICKLES)
def test_response_that_trickles_in_is_given_up(get, serve_trickle, name):
    with pytest.raises(TransportError) as caught:
        get(serve_trickle(*TRICKLES[name]), [1, 2], "likes", deadline=0.2)
    error = caught.value
    assert str(error) == "no complete response within the deadline of 0.2 s"
    assert error.retryable
    assert isinstance(error.partial, Insights)
    assert error.pending == ("1", "2")
    assert_plain(error)


@pytest.mark.parametrize("name", ["informational responses", "chunks"])
def test_flood_is_given_up(get, serve_trickle, name):
    first, part = TRICKLES[name]
    with pytest.raises(TransportError, match=r"deadline of 0\.3 s"):
        get(serve_trickle(first, part * 50, 0.001), [1, 2], "likes", deadline=0.3)


def test_silent_server_is_given_up_at_the_deadline(get):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(TransportError, match="deadline"):
            get(url, [1, 2], "likes", deadline=0.2, timeout=httpx.Timeout(None))


def test_without_a_deadline_timeouts_are_those_of_the_caller(get, sandbox):
    assert len(get(sandbox.url, IDS[:30], "likes", deadline=None)) == 30
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(TransportError, match="ReadTimeout"):
            get(url, "1", "likes", deadline=None, timeout=0.1, attempts=1)


@pytest.mark.usefixtures("clock")
def test_waits_that_x_asks_for_are_not_counted(get, sandbox):
    sandbox.fail_next(status=429, headers={"Retry-After": "50"})
    sandbox.fail_next(status=503, headers={"Retry-After": "50"})
    assert len(get(sandbox.url, "1", "likes", deadline=30)) == 1


def test_pause_that_does_not_fit_is_not_begun(sandbox, clock):
    sandbox.fail_next(9)
    with pytest.raises(ServerError):
        get_sync(sandbox.url, "1", "likes", deadline=12, attempts=10)
    # The pauses grow: 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5 and 5 s, each with up to a second more, but at most 5.
    assert 3 < len(sandbox.requests) < 9
    assert sum(clock.sleeps) < 12


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_token_callable_is_bounded_in_the_async_client(backend, sandbox):
    async def main():
        async with AsyncInsightsClient(anyio.sleep_forever, base_url=sandbox.url, deadline=0.2) as client:
            await client.get_28hr([1, 2], "likes")

    with pytest.raises(TransportError, match="deadline") as caught:
        anyio.run(main, backend=backend)
    assert caught.value.pending == ("1", "2")


def create_budget(timeout, deadline):
    options = Options("https://x", timeout, attempts=3, max_wait=60, deadline=deadline, endpoint="28hr")
    return Budget(options, can_renew_token=False)


@pytest.mark.parametrize("deadline", [5, None])
def test_timeout_of_each_operation_is_the_rest_of_the_deadline(monkeypatch, deadline):
    now = itertools.count(100)
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    timeouts = create_budget(httpx.Timeout(3.5, pool=None), deadline).create_timeouts()
    if deadline is None:
        assert timeouts == httpx.Timeout(3.5, pool=None).as_dict()
        return
    assert timeouts["pool"] == 4
    with socket.socket() as each:
        taken = []
        for _ in range(3):
            each.settimeout(timeouts["read"])
            taken.append(each.gettimeout())
        assert taken == [3, 2, 1]
        with pytest.raises(TimeoutError):
            each.settimeout(timeouts["read"])


def test_timeout_that_is_not_whole_is_rounded_up():
    timeouts = create_budget(httpx.Timeout(2.5, connect=None), 1e12).create_timeouts()
    assert timeouts["read"].__index__() == 3
    assert timeouts["connect"].__index__() == 1_000_000
    assert timeouts["pool"] == 2.5


def test_wait_for_the_pool_is_never_zero():
    budget = create_budget(10, 1e-9)
    assert budget.has_ended()
    assert budget.create_timeouts()["pool"] == 0.001


def test_deadline_is_that_of_all_attempts(clock):
    budget = create_budget(5, 10)
    clock.sleep(6)
    assert budget.find_pause(ServerError("", status=503)) is not None
    assert budget.compute_remaining() == 4
    clock.sleep(3.99)
    assert not budget.has_ended()
    clock.sleep(0.01)
    assert budget.has_ended()
    assert budget.find_pause(ServerError("", status=503)) is None


@pytest.mark.parametrize("wait", [None, 5])
def test_no_attempt_is_begun_after_the_deadline(clock, wait):
    error = ServerError("", status=503)
    error.retry_after = wait
    budget = create_budget(5, 10)
    clock.sleep(10)
    assert budget.find_pause(error) is None
