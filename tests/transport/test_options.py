"""Client options: what is rejected when a client is created."""

from __future__ import annotations

import sys

import httpx
import pytest

from x_insights import AsyncInsightsClient, InsightsClient, InvalidRequestError, XInsightsError

CLIENTS = (InsightsClient, AsyncInsightsClient)
HTTPS_ONLY = "use https; http is accepted on loopback only"
TOO_MUCH = "base_url must not contain user info, a query or a fragment"
SECONDS = "pass a positive number of seconds or an httpx.Timeout"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_url": "http://api.x.com"}, f"base_url is 'http://api.x.com': {HTTPS_ONLY}"),
        ({"base_url": "http://127.0.0.1.x.com"}, f"base_url is 'http://127.0.0.1.x.com': {HTTPS_ONLY}"),
        ({"base_url": "http://10.0.0.1"}, f"base_url is 'http://10.0.0.1': {HTTPS_ONLY}"),
        ({"base_url": "ftp://api.x.com"}, f"base_url is 'ftp://api.x.com': {HTTPS_ONLY}"),
        ({"base_url": "api.x.com"}, f"base_url is 'api.x.com': {HTTPS_ONLY}"),
        ({"base_url": "https://"}, f"base_url is 'https://': {HTTPS_ONLY}"),
        ({"base_url": "https://user:word@api.x.com"}, TOO_MUCH),
        ({"base_url": "https://@api.x.com"}, TOO_MUCH),
        ({"base_url": "https://api.x.com?"}, TOO_MUCH),
        ({"base_url": "https://api.x.com?a=b"}, TOO_MUCH),
        ({"base_url": "https://api.x.com#a"}, TOO_MUCH),
        ({"base_url": "https://a:b:c"}, "base_url is 'https://a:b:c', which is not a URL"),
        ({"base_url": "https://a:65536"}, "base_url is 'https://a:65536': a port is at most 65535"),
        ({"base_url": "https://a:-1"}, "base_url is 'https://a:-1': a port is at most 65535"),
        ({"base_url": 7}, "base_url is 7, which is not a URL"),
        ({"timeout": 0}, f"timeout is 0: {SECONDS}"),
        ({"timeout": -1}, f"timeout is -1: {SECONDS}"),
        ({"timeout": None}, f"timeout is None: {SECONDS}"),
        ({"timeout": float("nan")}, f"timeout is nan: {SECONDS}"),
        ({"timeout": True}, f"timeout is True: {SECONDS}"),
        ({"timeout": 10**400}, f"timeout is 1{'0' * 17}...{'0' * 19}: {SECONDS}"),
        ({"timeout": httpx.Timeout(float("nan"))}, f"timeout is Timeout(timeout=nan): {SECONDS}"),
        ({"timeout": httpx.Timeout("5")}, f"timeout is Timeout(timeout=5): {SECONDS}"),
        ({"timeout": httpx.Timeout(5, read=0)}, f"timeout is Timeout(conne...ite=5, pool=5): {SECONDS}"),
        ({"deadline": 0}, "deadline is 0: pass a positive number of seconds or None"),
        ({"deadline": float("inf")}, "deadline is inf: pass a positive number of seconds or None"),
        ({"deadline": "5"}, "deadline is '5': pass a positive number of seconds or None"),
        ({"attempts": 0}, "attempts is 0: pass an int of at least 1"),
        ({"attempts": 2.5}, "attempts is 2.5: pass an int of at least 1"),
        ({"attempts": True}, "attempts is True: pass an int of at least 1"),
        ({"max_wait": -1}, "max_wait is -1: pass a number of seconds, 0 or more"),
        ({"max_wait": "60"}, "max_wait is '60': pass a number of seconds, 0 or more"),
        ({"max_wait": float("inf")}, "max_wait is inf: pass a number of seconds, 0 or more"),
    ],
)
def test_invalid_client_options_are_rejected(options, message):
    for client_class in CLIENTS:
        with pytest.raises(InvalidRequestError) as caught:
            client_class("any-token", **options)
        assert str(caught.value) == message
        assert isinstance(caught.value, ValueError)
        assert isinstance(caught.value, XInsightsError)


@pytest.mark.parametrize(
    ("client_class", "expected", "http_client"),
    [(InsightsClient, "Client", "client"), (AsyncInsightsClient, "AsyncClient", httpx.Client)],
)
def test_an_http_client_of_another_type_is_rejected(client_class, expected, http_client):
    with pytest.raises(
        InvalidRequestError, match=rf"^http_client is .*: pass an httpx\.{expected} or an httpx2\.{expected}$"
    ):
        client_class("any-token", http_client=http_client)


@pytest.mark.parametrize("http_client", [None, httpx.Client()])
def test_an_auth_of_another_library_is_rejected(http_client):
    auth = type("Auth", (), {"__module__": "httpx2"})()  # tests/recipes/test_httpx2.py has a real one
    with pytest.raises(InvalidRequestError, match="token is an Auth of another library"):
        InsightsClient(auth, http_client=http_client)
    client = InsightsClient("any-token", http_client=http_client)
    with pytest.raises(InvalidRequestError, match="token is an Auth of another library"):
        client.with_token(auth)


def test_an_invalid_max_concurrency_is_rejected():
    with pytest.raises(InvalidRequestError, match=r"^max_concurrency is 0: pass an int of at least 1$"):
        AsyncInsightsClient("any-token", max_concurrency=0)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "[::1]"])
def test_http_is_accepted_on_loopback(host):
    for client_class in CLIENTS:
        client_class("any-token", base_url=f"http://{host}:1")


@pytest.mark.parametrize("value", [None, "", " ", "a b", "token\n", "tökén", 7, b"token"])
def test_an_invalid_token_is_rejected_without_being_shown(value, monkeypatch):
    monkeypatch.delenv("X_ACCESS_TOKEN", raising=False)
    for client_class in CLIENTS:
        with pytest.raises(InvalidRequestError, match="access token") as caught:
            client_class(value)
        if value is None:
            assert "X_ACCESS_TOKEN" in str(caught.value)
        elif value and value != " ":
            assert str(value) not in str(caught.value)


@pytest.mark.parametrize("client_class", [InsightsClient, AsyncInsightsClient])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *([] if httpx.__version__ < "0.28" else [("SSL_CERT_FILE", "/does/not/exist.pem")]),  # 0.27 ignores it
        ("SSL_CERT_FILE", __file__),
        ("HTTPS_PROXY", "http://a:b:c"),
        ("https_proxy", "ftp://proxy"),
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
    ],
)
def test_an_invalid_environment_is_rejected(client_class, name, value, monkeypatch):
    monkeypatch.setitem(sys.modules, "socksio", None)
    for each in ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(each, raising=False)
        monkeypatch.delenv(each.lower(), raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidRequestError, match=r"^cannot open connections: check SSL_CERT_FILE, ") as caught:
        client_class("any-token")
    assert "HTTPS_PROXY" in str(caught.value)
    assert "httpx[socks]" in str(caught.value)
    assert caught.value.__cause__ is None
    client_class("any-token", base_url="http://localhost")  # reads none of them
