"""The pytest fixture and the command that run the sandbox."""

from __future__ import annotations

import re
import signal
import threading
import time

import httpx
import pytest

from x_insights import InsightsClient
from x_insights.testing import Sandbox
from x_insights.testing.__main__ import main


def test_the_fixture_is_available_without_an_import(x_insights_sandbox):
    with InsightsClient("any-token", base_url=x_insights_sandbox.url) as client:
        assert client.get_28hr("20", "likes")["20"]["totals"]
    assert len(x_insights_sandbox.requests) == 1


def test_the_command_says_that_its_port_is_in_use(sandbox, capsys):
    port = sandbox.url.rpartition(":")[2]
    with pytest.raises(SystemExit) as caught:
        main(["--port", port])
    assert caught.value.code == 1
    assert capsys.readouterr().err.endswith(f"port {port} of 127.0.0.1 is in use: pass another --port\n")


def test_the_command_responds_logs_and_ends_with_ctrl_c(capsys, caplog):
    responses = []

    def visit():
        while not (output := capsys.readouterr().out):
            time.sleep(0.01)
        (url,) = re.findall(r"http://\S+28hr", output)
        query = "tweet_ids=20&granularity=Total&requested_metrics=Likes"
        responses.append(httpx.get(f"{url}?{query}", headers={"Authorization": "Bearer SECRET"}))
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    # A shell starts background commands with SIGINT ignored. The tests may be one of them.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        assert main(["--port", "0"]) == 0
    finally:
        signal.signal(signal.SIGINT, before)
    visitor.join()
    assert responses[0].json()["data"]
    assert "GET /2/insights/28hr?tweet_ids=20&" in caplog.text
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--port", "99999", "--port is 99999: pass 0 to 65535"),
        ("--rate-limit", "-5", "rate_limit: pass 0 or more"),
        ("--latency", "-0.5", "latency: pass 0 or more"),
        ("--window", "long", "invalid float value: 'long'"),
    ],
)
def test_the_command_rejects_invalid_options(capsys, option, value, message):
    with pytest.raises(SystemExit) as caught:
        main([f"{option}={value}"])
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_a_port_in_use_is_an_os_error(sandbox):
    port = int(sandbox.url.rpartition(":")[2])
    with pytest.raises(OSError, match=f"port {port} of 127.0.0.1 is in use"), Sandbox(port=port):
        pass


def test_a_body_that_is_not_bytes_is_rejected(sandbox):
    with pytest.raises(TypeError, match="body is of type dict: pass bytes"):
        sandbox.fail_next(body={"title": "Forbidden"})


def test_repr_of_a_sandbox_has_its_address(sandbox):
    assert repr(sandbox) == f"<Sandbox at {sandbox.url}>"
