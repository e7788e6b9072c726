"""The access token: no error and no client shows it, and no redirect takes it elsewhere."""

from __future__ import annotations

import contextlib
import copy
import gc
import gzip
import json
import pickle
from functools import partial

import anyio
import httpx
import pytest
from bodies import build_body
from helpers import TOKEN, assert_plain, get_sync

from x_insights import ApiError, AsyncInsightsClient, InsightsClient, ResponseError
from x_insights._transport.auth import Credentials

UNPICKLABLE = (TypeError, AttributeError, pickle.PicklingError)


def provide_token():
    return TOKEN


async def provide_token_async():
    return TOKEN


def find_own_objects(thing):
    """Yield a client and everything that it holds and that is of a class of this library, however deep."""
    if isinstance(thing, dict):
        for value in thing.values():
            yield from find_own_objects(value)
    elif type(thing).__module__.partition(".")[0] == "x_insights":
        yield thing
        for held in gc.get_referents(thing):
            yield from find_own_objects(held)


def assert_hides_token(client):
    """Assert that a client does not show its token when it, or an object that it holds, is printed or pickled."""
    objects = list(find_own_objects(client))
    assert any(isinstance(each, Credentials) for each in objects)  # the one that has the token
    for each in objects:
        pickled = b""
        with contextlib.suppress(*UNPICKLABLE):
            pickled = pickle.dumps(each)
        for text in (repr(each), str(each), repr(pickled)):
            assert TOKEN not in text
    assert TOKEN not in repr(vars(client))
    with pytest.raises(UNPICKLABLE) as caught:
        pickle.dumps(client)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("token", [TOKEN, provide_token])
def test_client_hides_its_token(answer, token):
    with InsightsClient(token, base_url=answer(b"{}")) as client:
        assert_hides_token(client)
        client.get_28hr("1", "likes")
        assert_hides_token(client)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("token", [TOKEN, provide_token, provide_token_async])
def test_async_client_hides_its_token(answer, token, backend):
    async def main():
        async with AsyncInsightsClient(token, base_url=answer(b"{}")) as client:
            assert_hides_token(client)
            await client.get_28hr("1", "likes")
            assert_hides_token(client)

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("status", [200, 400, 401, 402, 403, 404, 429, 503])
def test_echoed_token_is_replaced(fetch_failing, status):
    error = fetch_failing(f'{{"title": "You sent {TOKEN}", "data": "{TOKEN}"', status)
    assert error.body == '{"title": "You sent [token]", "data": "[token]"'
    error = fetch_failing({"title": f"You sent {TOKEN}", "data": [TOKEN]}, status)
    assert json.loads(error.body) == {"title": "You sent [token]", "data": ["[token]"]}
    if status != 200:
        assert error.title == "You sent [token]"
        assert str(error) == f"X responded with {status}: You sent [token]"
        assert error.problems == ({"title": "You sent [token]", "data": ["[token]"]},)


@pytest.mark.parametrize("status", [200, 400])
def test_token_is_replaced_before_the_body_is_truncated(fetch_failing, status):
    assert fetch_failing("x" * 495 + TOKEN, status).body == "x" * 495 + "[toke"


@pytest.mark.parametrize("status", [200, 400])
def test_token_is_replaced_in_an_encoded_body(fetch_failing, status):
    content = gzip.compress(f'"{TOKEN}"'.encode())
    assert fetch_failing(content, status, {"Content-Encoding": "gzip"}).body == '"[token]"'


def test_token_is_replaced_if_json_escapes_it_with_backslashes(answer):
    token = 'a/b"c\\d-0123'
    echo = json.dumps({"title": token}).replace("/", "\\/")
    with pytest.raises(ApiError) as caught:
        get_sync(answer(echo, 400), "1", "likes", token=token)
    assert caught.value.title == "[token]"
    assert caught.value.body == '{"title": "[token]"}'


def test_token_is_replaced_in_headers(answer):
    headers = {"x-transaction-id": f"1-{TOKEN}", "api-version": f"2-{TOKEN}"}
    with InsightsClient(TOKEN, base_url=answer(b"{}", 400, headers)) as client:
        with pytest.raises(ApiError) as caught:
            client.get_28hr("1", "likes")
        assert caught.value.request_id == "1-[token]"
        assert client.api_version == caught.value.api_version == "2-[token]"


def test_token_is_replaced_in_partial_errors(answer):
    error = {"error": f"no {TOKEN}", "tweets": [TOKEN]}
    content = {"data": [{"errors": [error]}], "errors": [{"detail": f"bad {TOKEN}", "type": f"about:{TOKEN}"}]}
    insights = get_sync(answer(json.dumps(content)), "1", "likes")
    assert insights.errors == [
        {"message": "no [token]", "tweet_ids": ["[token]"], "type": None, "status": None},
        {"message": "bad [token]", "tweet_ids": [], "type": "about:[token]", "status": None},
    ]


def test_token_is_compared_as_text_and_not_as_a_pattern(answer):
    with pytest.raises(ApiError) as caught:
        get_sync(answer(b"a.cdefgh, abcdefgh, A.CDEFGH", 400), "1", "likes", token="a.cdefgh")
    assert caught.value.body == "[token], abcdefgh, A.CDEFGH"


@pytest.mark.parametrize("token", ["a", "likes", "abcdefg"])
def test_short_token_is_left_because_it_would_garble_words(answer, token):
    with pytest.raises(ApiError) as caught:
        get_sync(answer(f'{{"title": "{token} is a word"}}', 400), "1", "likes", token=token)
    assert caught.value.title == f"{token} is a word"


def test_token_of_a_callable_is_replaced(answer):
    with pytest.raises(ApiError) as caught:
        get_sync(answer(f'{{"title": "{TOKEN}"}}', 400), "1", "likes", token=provide_token)
    assert caught.value.title == "[token]"
    assert_plain(caught.value)


def test_signature_in_another_header_leaves_the_body_alone(answer):
    class Signer(httpx.Auth):
        def auth_flow(self, request):
            request.headers["X-Signature"] = TOKEN
            yield request

    with pytest.raises(ApiError, match="400") as caught:
        get_sync(answer(b"why", 400), "1", "likes", token=Signer())
    assert caught.value.body == "why"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(fetch_failing, httpserver, status):
    error = fetch_failing(b"", status, {"Location": httpserver.url_for("/elsewhere")})
    assert type(error) is ApiError
    assert error.status == status
    assert [request.path for request, _ in httpserver.log] == ["/2/insights/28hr"]


def get_with_own_client(url):
    with (
        httpx.Client(follow_redirects=True) as http_client,
        InsightsClient(TOKEN, base_url=url, http_client=http_client) as client,
    ):
        client.get_28hr("1", "likes")


def get_with_own_async_client(backend, url):
    async def main():
        async with (
            httpx.AsyncClient(follow_redirects=True) as http_client,
            AsyncInsightsClient(TOKEN, base_url=url, http_client=http_client) as client,
        ):
            await client.get_28hr("1", "likes")

    anyio.run(main, backend=backend)


@pytest.mark.parametrize(
    "get_with_own_client",
    [get_with_own_client, partial(get_with_own_async_client, "asyncio"), partial(get_with_own_async_client, "trio")],
    ids=["sync", "asyncio", "trio"],
)
def test_redirect_is_not_followed_by_a_client_of_the_caller_either(answer, httpserver, get_with_own_client):
    url = answer(b"", 307, {"Location": httpserver.url_for("/elsewhere")})
    with pytest.raises(ApiError, match=r"^X responded with 307: Temporary Redirect$"):
        get_with_own_client(url)
    assert [request.path for request, _ in httpserver.log] == ["/2/insights/28hr"]


def test_time_that_echoes_the_token_is_not_in_the_error(answer):
    body = build_body(buckets=[("20", TOKEN, {"Likes": 1})])
    insights = get_sync(answer(json.dumps(body)), "20", "likes", "Hourly")
    with pytest.raises(ResponseError, match="a time of the Post 20 is not ISO 8601") as caught:
        insights.to_rows()
    for text in (repr(caught.value), repr(vars(caught.value)), repr(pickle.dumps(caught.value))):
        assert TOKEN not in text


@pytest.mark.parametrize("client_class", [InsightsClient, AsyncInsightsClient])
@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.deepcopy])
def test_client_says_why_it_cannot_be_pickled(client_class, duplicate):
    with pytest.raises(TypeError, match="a client holds an access token and cannot be pickled"):
        duplicate(client_class(provide_token))
