"""Bodies: their size is bounded, both raw and decoded, and so are the memory and time they take, at any status."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib

import anyio
import httpx
import pytest
from bodies import build_body
from helpers import GET, TOKEN, assert_plain, get_sync
from werkzeug import Response

import x_insights
from x_insights import AuthenticationError, InsightsClient, ResponseError

PAGE = json.dumps(build_body([("1", {})])).encode()


def deflate_raw(content):
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(content) + compressor.flush()


ENCODINGS = {
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    " Deflate ": deflate_raw,
    "identity": bytes,
    "": bytes,
    "gzip, identity": gzip.compress,
    "deflate, gzip": lambda content: gzip.compress(zlib.compress(content)),
    "gzip, deflate, gzip": lambda content: gzip.compress(zlib.compress(gzip.compress(content))),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_encoding_is_decoded(answer, encoding):
    url = answer(ENCODINGS[encoding](PAGE), headers={"Content-Encoding": encoding})
    assert list(get_sync(url, "1", "likes")) == ["1"]


@pytest.mark.parametrize("encoding", ["br", "gzip, br", "gzip, gzip", "compress"])
def test_body_in_another_encoding_is_read_as_it_came(answer, encoding):
    assert list(get_sync(answer(PAGE, headers={"Content-Encoding": encoding}), "1", "likes")) == ["1"]


def test_body_in_many_encodings_is_not_decoded(fetch_failing):
    content = PAGE
    for _ in range(4):
        content = gzip.compress(content)
    error = fetch_failing(content, headers={"Content-Encoding": "gzip, gzip, gzip, gzip"})
    assert type(error) is ResponseError
    assert "JSON is malformed" in str(error)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_body_of_a_401_with_a_wrong_encoding_is_read_as_it_came(answer, encoding):
    url = answer(b'{"title": "Unauthorized"}', 401, {"Content-Encoding": encoding})
    with pytest.raises(AuthenticationError) as caught:
        get_sync(url, "1", "likes", token=lambda: TOKEN)
    assert caught.value.title == "Unauthorized"


@pytest.fixture
def _small_bound(monkeypatch):
    monkeypatch.setattr(x_insights._transport.response, "MAX_SIZE", 2**20)


@pytest.mark.usefixtures("_small_bound")
@pytest.mark.parametrize("status", [200, 400, 429, 503])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_body_that_is_too_large_is_a_response_error(fetch_failing, httpserver, status, encoding):
    content = ENCODINGS[encoding](PAGE + b" " * 2**20)
    error = fetch_failing(content, status, {"Content-Encoding": encoding})
    assert type(error) is ResponseError
    assert str(error) == f"the body of the {status} response is larger than 1 MiB"
    assert error.body == (PAGE + b" " * 500)[:500].decode()
    assert len(httpserver.log) == 1


@pytest.mark.usefixtures("_small_bound")
def test_body_of_the_largest_size_is_read(answer):
    assert list(get_sync(answer(PAGE.ljust(2**20)), "1", "likes")) == ["1"]


@pytest.mark.usefixtures("_small_bound")
def test_body_that_a_hook_has_read_is_bounded_too(answer):
    url = answer(PAGE + b" " * 2**20)
    hooks = {"response": [lambda response: response.read()]}
    with httpx.Client(event_hooks=hooks) as http_client, pytest.raises(ResponseError, match="larger"):
        get_sync(url, "1", "likes", http_client=http_client)


# A body of the largest number of values that a page of the last 28 hours may have, and one more.
VALUES = {"objects": b"{}," * 499_998, "lists": b"[]," * 499_998, "numbers": b"1," * 999_996}
TOO_MANY = "has more than 1,000,000 JSON values, which no page needs"


@pytest.mark.parametrize("kind", VALUES)
def test_body_with_too_many_values_is_a_response_error(fetch_failing, answer, kind):
    content = b'{"data": [], "new": [%b1]}' % VALUES[kind]
    assert get_sync(answer(content), "1", "likes").missing == ["1"]
    for status in (200, 503):
        error = fetch_failing(content.replace(b"1]", b"1,1]"), status)
        assert type(error) is ResponseError
        assert str(error) == f"the body of the {status} response {TOO_MANY}"
        assert not error.retryable


def test_number_of_values_is_bounded_by_the_requested_period(httpserver):
    def fetch(years, content):
        httpserver.clear()
        httpserver.expect_request("/2/tweets/analytics").respond_with_data(content)
        with InsightsClient(TOKEN, base_url=httpserver.url_for("").rstrip("/")) as client:
            return client.get_historical("1", "likes", f"{2026 - years}-01-01T00Z", "2026-01-01T00Z", "Hourly")

    # Each bucket of a page with one metric has four values: two objects and two commas.
    century = b'{"data": [], "new": [%b1]}' % (b"1," * 4 * 100 * 8766)
    assert fetch(100, century).missing == ["1"]
    with pytest.raises(ResponseError, match="more than 1,000,000 JSON values"):
        fetch(1, century)
    with pytest.raises(ResponseError, match="more than 3,600,000 JSON values"):
        fetch(200, century.replace(b"[1,", b"[" + b"1," * 100_000))
    with pytest.raises(ResponseError, match=r"length <= 500000 - at `\$\.data`"):
        fetch(100, b'{"data": [%b{"id": "1"}]}' % (b'{"id": "1"},' * 500_000))


@pytest.mark.usefixtures("_small_bound")
@pytest.mark.parametrize("repeats", [1, 1000])
def test_token_is_replaced_in_a_body_that_is_too_large(fetch_failing, repeats):
    error = fetch_failing(f"{TOKEN} " * repeats + " " * 2**20, 400)
    assert error.body.startswith("[token] ")
    assert TOKEN[:7] not in error.body


# A separate process, because other tests have raised the memory of this one. The ID is the status of the response.
CHILD = """
import resource, sys
url, sys.path[:0] = sys.argv[1], sys.argv[2:]
from helpers import GET
from x_insights import ResponseError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for kind, status in (("sync", 503), ("asyncio", 200), ("sync", 401), ("trio", 401), ("aiohttp", 200)):
    try:
        GET[kind](url, status, "likes", max_wait=0, token=lambda: "any-token")
    except ResponseError as error:
        assert str(error) == f"the body of the {status} response is larger than 64 MiB"
        print(kind, status, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_gzip_bombs_take_memory_of_the_order_of_the_bound(httpserver):
    # Half a MiB that becomes 512 MiB. What follows a full flush does not depend on what is before it.
    compressor = zlib.compressobj(wbits=31)
    first, again = (compressor.compress(bytes(2**24)) + compressor.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    bomb = first + again * 31

    def respond(request):
        return Response(bomb, int(request.args["tweet_ids"]), {"Content-Encoding": "gzip"})

    httpserver.expect_request("/2/insights/28hr").respond_with_handler(respond)
    command = [sys.executable, "-c", CHILD, httpserver.url_for("").rstrip("/"), *sys.path]
    lines = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.splitlines()
    assert len(lines) == 5
    assert all(int(line.split()[2]) < 3 * 64 * 1024 for line in lines), lines


@pytest.mark.parametrize("kind", ["sync", "asyncio"])
def test_endless_body_is_given_up(kind):
    poured = []

    def pour():
        for number in range(200):
            poured.append(number)
            yield b" " * 2**20

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            return pour()

        async def __aiter__(self):
            for part in pour():
                await anyio.lowlevel.checkpoint()
                yield part

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Stream()))
    http_client = (httpx.Client if kind == "sync" else httpx.AsyncClient)(transport=transport)
    with pytest.raises(ResponseError, match="larger than 64 MiB") as caught:
        GET[kind]("https://x", "1", "likes", http_client=http_client)
    assert len(poured) < 70
    assert_plain(caught.value)
