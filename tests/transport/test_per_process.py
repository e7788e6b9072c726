"""Processes and event loops: a client works after a fork, and in one event loop after another."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import anyio
import anyio.from_thread
import anyio.to_thread
import httpx
import pytest
from bodies import build_body
from helpers import TOKEN

from x_insights import AsyncInsightsClient, InsightsClient, XInsightsError
from x_insights._transport import AsyncTransport
from x_insights._transport.per_process import PerProcess

# What each script begins with. They run in separate processes, because a fork copies the threads' locks of pytest.
HEAD = """
import asyncio, multiprocessing, os, sys, threading
import httpx
from x_insights import AsyncInsightsClient, InsightsClient, XInsightsError
url = sys.argv[1]

def fork(function, count=1):
    "Call a function in so many processes at once. Returns their exit codes."
    children = []
    for number in range(count):
        child = os.fork()
        if not child:
            code = 1
            try:
                function(number)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
"""


class Handler(BaseHTTPRequestHandler):
    """Keeps connections alive, which the sandbox does not, and measures the requested Posts."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # it would delay each body by 40 ms

    def do_GET(self):
        (tweet_ids,) = parse_qs(urlsplit(self.path).query)["tweet_ids"]
        body = json.dumps(build_body([(tweet_id, {}) for tweet_id in tweet_ids.split(",")])).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def url():
    """The address of a server that keeps connections alive."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def run(url):
    """A function that runs a script with the address of the server. It must succeed."""

    def run_script(script):
        # Python 3.12 and later warn of a fork in a process with threads, which is what one of the tests is about.
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", HEAD + textwrap.dedent(script), url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""

    return run_script


def test_processes_that_share_a_client_get_their_own_responses(run):
    run("""
        client = InsightsClient("any-token", base_url=url)
        assert len(client.get_28hr(1, "likes")) == 1

        def fetch(process):
            for number in range(30):
                tweet_id = str(1000 * (process + 1) + number)
                assert list(client.get_28hr(tweet_id, "likes")) == [tweet_id]

        assert fork(fetch, 4) == [0] * 4
        fetch(9)  # the parent's connection is still its own
        with multiprocessing.get_context("fork").Pool(3) as pool:
            pool.map(fetch, range(3))
        client.close()
    """)


def test_closing_a_client_in_a_forked_process_leaves_the_parents(run):
    run("""
        client = InsightsClient("any-token", base_url=url)
        client.get_28hr(1, "likes")
        assert fork(lambda _: client.close()) == [0]
        assert len(client.get_28hr(1, "likes")) == 1

        client.close()
        def fails(_):
            try:
                client.get_28hr(1, "likes")
            except RuntimeError as error:
                assert "closed" in str(error)
            else:
                raise AssertionError
        fails(0)
        assert fork(fails) == [0]
    """)


def test_processes_that_share_an_async_client_get_their_own(run):
    run("""
        client = AsyncInsightsClient("any-token", base_url=url)

        async def fetch(process):
            for number in range(10):
                ids = [str(1000 * (process + 1) + 50 * number + each) for each in range(50)]
                assert list(await client.get_28hr(ids, "likes")) == ids

        asyncio.run(fetch(9))
        assert fork(lambda process: asyncio.run(fetch(process)), 3) == [0] * 3
    """)


def test_http_client_is_rejected_in_a_forked_process(run):
    run("""
        with httpx.Client() as http_client:
            client = InsightsClient("any-token", base_url=url, http_client=http_client)
            client.get_28hr(1, "likes")

            def is_refused(_):
                try:
                    client.get_28hr([1, 2], "likes")
                except XInsightsError as error:
                    assert "another process" in str(error)
                    assert error.pending == ("1", "2")
                else:
                    raise AssertionError

            assert fork(is_refused) == [0]
            client.get_28hr(1, "likes")
    """)


def test_lock_that_a_thread_held_at_the_fork_does_not_block(run):
    run("""
        entered, leave, forked = threading.Event(), threading.Event(), False

        def token():
            entered.set()
            if not forked:
                leave.wait()
            return "any-token"

        client = InsightsClient(token, base_url=url)
        thread = threading.Thread(target=client.get_28hr, args=(1, "likes"))
        thread.start()
        entered.wait()
        forked = True  # for the child; the parent's thread waits already
        assert fork(lambda _: client.get_28hr(2, "likes")) == [0]
        leave.set()
        thread.join()
    """)


APP = """
import os
from x_insights import InsightsClient

client = InsightsClient("any-token", base_url=os.environ["SERVER"])
client.get_28hr(1, "likes")

def app(environ, start_response):
    start_response("200 OK", [])
    return [",".join(client.get_28hr(environ["QUERY_STRING"], "likes")).encode()]
"""


def test_gunicorn_with_preload_serves_each_request_its_response(url, tmp_path):
    (tmp_path / "app.py").write_text(APP, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        os.set_inheritable(server.fileno(), True)
        command = [sys.executable, "-m", "gunicorn", "--preload", "-w", "3", "-b", f"fd://{server.fileno()}", "app:app"]
        environment = {**os.environ, "SERVER": url}
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, close_fds=False, stderr=subprocess.PIPE, text=True
        )
        try:
            address = f"http://127.0.0.1:{server.getsockname()[1]}/"

            def fetch(tweet_id):
                return httpx.get(f"{address}?{tweet_id}", timeout=60, trust_env=False).text == tweet_id

            with ThreadPoolExecutor(6) as pool:
                assert all(pool.map(fetch, map(str, range(100, 200))))
        finally:
            process.send_signal(signal.SIGTERM)
            _, printed = process.communicate(timeout=60)
    assert "Traceback" not in printed


@pytest.fixture
def _collect_connections():
    """Delete the connections of event loops that have ended, which nothing can close, while warnings are ignored."""
    gc.freeze()  # so that the objects of earlier tests are not visited, which takes 0.1 s
    yield
    gc.collect()
    gc.unfreeze()


def leaves_connections(test):
    for mark in (
        pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
        pytest.mark.usefixtures("_collect_connections"),
    ):
        test = mark(test)
    return test


@leaves_connections
@pytest.mark.parametrize("backends", [["asyncio"] * 3, ["trio"] * 3, ["asyncio", "trio", "asyncio"]])
def test_async_client_works_in_one_event_loop_after_another(url, backends):
    asked = []

    async def token():
        asked.append(None)
        await anyio.sleep(0.05)  # so that other pages wait for the lock
        return TOKEN

    client = AsyncInsightsClient(token, base_url=url)

    async def main():
        assert len(await client.get_28hr(range(1, 101), "likes")) == 100

    for backend in backends:
        anyio.run(main, backend=backend)
    assert len(asked) == 3
    anyio.run(client.close, backend=backend)
    with pytest.raises(RuntimeError, match="closed"):
        anyio.run(main, backend=backend)


@leaves_connections
def test_client_that_was_closed_in_another_event_loop_is_closed(url):
    client = AsyncInsightsClient(TOKEN, base_url=url)

    async def main():
        await client.get_28hr(1, "likes")
        with anyio.from_thread.start_blocking_portal() as portal:
            await anyio.to_thread.run_sync(portal.call, client.close)
        with pytest.raises(RuntimeError, match="closed"):
            await client.get_28hr(1, "likes")

    asyncio.run(main())


@leaves_connections
def test_iteration_goes_on_in_another_event_loop(url):
    client = AsyncInsightsClient(TOKEN, base_url=url)
    pages = client.iter_28hr(range(1, 201), "likes")

    async def fetch():
        return list(await anext(pages))

    assert [asyncio.run(fetch())[0] for _ in range(8)] == [str(number) for number in range(1, 201, 25)]
    with pytest.raises(StopAsyncIteration):
        asyncio.run(fetch())


def test_process_has_loaded_what_a_connection_needs_before_a_fork():
    # A thread that imports this module at the fork would hold its lock in the child for ever.
    code = "import x_insights, sys; sys.exit('encodings.idna' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@leaves_connections
def test_event_loop_that_was_cancelled_leaves_no_lock_behind(url):
    async def token():
        if first:
            await anyio.sleep_forever()
        return TOKEN

    client = AsyncInsightsClient(token, base_url=url)

    async def main():
        with anyio.move_on_after(0.1 if first else None):
            return await client.get_28hr(range(1, 101), "likes")

    first = True
    assert asyncio.run(main()) is None
    first = False
    assert len(asyncio.run(main())) == 100


@leaves_connections
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_http_client_is_rejected_in_another_event_loop(url, backend):
    http_client = httpx.AsyncClient()
    client = AsyncInsightsClient(TOKEN, base_url=url, http_client=http_client)

    async def main():
        return await client.get_28hr([1, 2], "likes")

    assert len(anyio.run(main, backend=backend)) == 2
    with pytest.raises(XInsightsError, match="another process or event loop") as caught:
        anyio.run(main, backend=backend)
    assert caught.value.pending == ("1", "2")


def test_client_is_created_outside_of_any_event_loop_and_closed_unused():
    asyncio.run(AsyncInsightsClient(TOKEN).close())
    InsightsClient(TOKEN).close()


def test_threads_that_come_first_get_the_same_value(monkeypatch):
    ready = threading.Barrier(8)
    shared = PerProcess(object, object())
    monkeypatch.setattr(os, "getpid", lambda: -1)

    def get(_):
        ready.wait()
        return shared.get()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(get, range(8)))) == 1


def test_value_that_another_thread_stores_meanwhile_is_kept():
    class Racing(dict):
        def get(self, place):
            found = super().get(place)
            self.setdefault(place, first)
            return found

    first, shared = object(), PerProcess(object)
    shared._values = Racing()
    assert shared.get() is first


@leaves_connections
def test_async_client_has_one_pool_per_event_loop(url, monkeypatch):
    created = []

    class Client(httpx.AsyncClient):
        def __init__(self, **options):
            created.append(None)
            super().__init__(**options)

    async def main():
        await client.get_28hr(1, "likes")

    monkeypatch.setattr(AsyncTransport, "client_class", Client)
    client = AsyncInsightsClient(TOKEN, base_url=url)
    for loops in (1, 2, 3):
        asyncio.run(main())
        assert len(created) == loops  # the first one is that of the constructor
