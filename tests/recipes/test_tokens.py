"""Tokens: the recipe refreshes each account's access token in time, and uses no refresh token twice."""

from __future__ import annotations

import asyncio
import importlib
import json
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import pytest
from documents import find_example, run
from werkzeug import Response

from x_insights import AsyncInsightsClient, InsightsClient, XInsightsError

CREDENTIALS = {"X_CLIENT_ID": "client", "X_CLIENT_SECRET": "secret"}


class TokenServer:
    """`POST /2/oauth2/token`, which accepts each refresh token once."""

    def __init__(self, httpserver):
        self.now, self.number, self.valid = 1_795_000_000, 0, set()
        self.url = httpserver.url_for("").rstrip("/")
        httpserver.expect_request("/2/oauth2/token", method="POST").respond_with_handler(self.respond)

    def time(self):
        return self.now

    def issue(self):
        self.number += 1
        self.valid.add(f"refresh-{self.number}")
        return {"access_token": f"access-{self.number}", "refresh_token": f"refresh-{self.number}", "expires_in": 7200}

    def respond(self, request):
        assert (request.authorization.username, request.authorization.password) == tuple(CREDENTIALS.values())
        assert request.form["grant_type"] == "refresh_token"
        if request.form["refresh_token"] not in self.valid:
            return Response('{"error": "invalid_request"}', 400, content_type="application/json")
        self.valid.remove(request.form["refresh_token"])
        return Response(json.dumps(self.issue()), content_type="application/json")


@pytest.fixture
def server(httpserver):
    return TokenServer(httpserver)


@pytest.fixture
def get_token(server, tmp_path, monkeypatch):
    """The callable of the recipe, with the tokens of two accounts, `access-1` and `access-2`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "user_tokens.py").write_text(find_example("# user_tokens.py").replace("https://api.x.com", server.url))
    module = importlib.import_module("user_tokens")
    monkeypatch.setattr(module, "time", server)
    with closing(sqlite3.connect("tokens.db")) as database, database:
        for account in ("first", "second"):
            module.store_tokens(database, account, server.issue())
    yield module.get_token
    del sys.modules["user_tokens"]


def test_tokens_are_refreshed_before_they_expire_and_stored(server, get_token):
    tokens = []
    for seconds in (0, 7100, 100, 7100, 7100):
        server.now += seconds
        tokens.append(get_token("first"))
    assert tokens == ["access-1", "access-1", "access-3", "access-3", "access-4"]
    assert server.valid == {"refresh-2", "refresh-4"}


def test_threads_that_need_a_token_at_once_share_a_refresh(server, get_token):
    server.now += 7200
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(get_token, ["first"] * 16)) == {"access-3"}


def test_the_recipe_of_two_accounts_refreshes_a_rejected_token(server, get_token, sandbox, capsys):
    sandbox.revoke("access-2")
    run(find_example("partial(get_token, account)"), sandbox)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("first {'20': {'totals': {'Impressions': ")
    assert second.startswith("second {'1000': {'totals': {'Impressions': ")
    assert get_token("second") == "access-3"


def test_a_failed_refresh_is_the_cause_of_the_error(server, get_token, sandbox):
    server.now += 7200
    server.valid.clear()
    client = InsightsClient(partial(get_token, "first"), base_url=sandbox.url)
    with client, pytest.raises(XInsightsError, match="HTTPStatusError") as caught:
        client.get_28hr("20", "likes")
    assert caught.value.__cause__.response.status_code == 400
    assert not sandbox.requests


def test_the_async_client_refreshes_in_a_thread(server, get_token, sandbox):
    async def main():
        async with AsyncInsightsClient(partial(asyncio.to_thread, get_token, "first"), base_url=sandbox.url) as client:
            return await client.get_28hr("20", "likes")

    server.now += 7200
    assert list(asyncio.run(main())) == ["20"]
    assert server.valid == {"refresh-2", "refresh-3"}
